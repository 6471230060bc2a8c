//! Certificates of a server and of a client.

use rcgen::{
    CertificateParams, DnType, ExtendedKeyUsagePurpose, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use vaultpilot_core::{Timestamp, clock};

use super::authority::Authority;

const LIFE_DAYS: u32 = 90;

#[derive(Debug, thiserror::Error)]
#[error("certificate cannot be made")]
pub struct CertificateError(#[from] rcgen::Error);

#[derive(Debug)]
pub(super) struct Leaf {
    pub(super) name: String,
    pub(super) names: Vec<String>,
    pub(super) purpose: Use,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Use {
    Server,
    Client,
}

pub(super) struct Issued {
    pub(super) certificate: String,
    pub(super) key: String,
    /// RFC 3339
    pub(super) not_after: String,
}

pub(super) fn issue(
    leaf: &Leaf,
    authority: &Authority,
    now: Timestamp,
) -> Result<Issued, CertificateError> {
    let issuer_key = KeyPair::from_pem(&authority.key)?;
    let issuer = Issuer::from_ca_cert_pem(&authority.certificate, issuer_key)?;
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(leaf.names.clone())?;
    params
        .distinguished_name
        .push(DnType::CommonName, &leaf.name);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![match leaf.purpose {
        Use::Server => ExtendedKeyUsagePurpose::ServerAuth,
        Use::Client => ExtendedKeyUsagePurpose::ClientAuth,
    }];
    params.use_authority_key_identifier_extension = true;
    let until = clock::after(now, clock::days(LIFE_DAYS));
    live(&mut params, now, until);
    let certificate = params.signed_by(&key, &issuer)?;
    Ok(Issued {
        certificate: certificate.pem(),
        key: key.serialize_pem(),
        not_after: start_of_day(until).to_string(),
    })
}

/// Whether less than a third of a life is left. What cannot be read is due.
pub(super) fn is_due(not_after: &str, now: Timestamp) -> bool {
    let third = clock::days(LIFE_DAYS / 3);
    not_after
        .parse::<Timestamp>()
        .map_or(true, |until| clock::after(now, third) > until)
}

/// From yesterday on, for clocks that are behind, until the day of `until` begins.
pub(super) fn live(params: &mut CertificateParams, now: Timestamp, until: Timestamp) {
    let ymd = |at: Timestamp| {
        let date = jiff::tz::TimeZone::UTC.to_datetime(at).date();
        let part = |number: i8| u8::try_from(number).unwrap_or(1);
        (i32::from(date.year()), part(date.month()), part(date.day()))
    };
    let (year, month, day) = ymd(clock::before(now, clock::days(1)));
    params.not_before = date_time_ymd(year, month, day);
    let (year, month, day) = ymd(until);
    params.not_after = date_time_ymd(year, month, day);
}

fn start_of_day(at: Timestamp) -> Timestamp {
    let second = at.as_second();
    Timestamp::from_second(second - second.rem_euclid(86_400)).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use vaultpilot_core::{Timestamp, clock};

    use super::is_due;

    #[test]
    fn a_certificate_is_renewed_when_two_thirds_of_its_life_are_over() {
        let until = "2026-04-01T00:00:00Z";
        let end: Timestamp = until.parse().unwrap();
        assert!(!is_due(until, clock::before(end, clock::days(31))));
        assert!(is_due(until, clock::before(end, clock::days(29))));
        assert!(is_due(until, clock::after(end, clock::days(1))));
        assert!(is_due("soon", end));
    }
}
