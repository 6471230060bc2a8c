//! An authority that signs nothing but certificates of this control plane.

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair, KeyUsagePurpose};
use vaultpilot_core::{Timestamp, clock};

use super::certificate::{CertificateError, live};

const LIFE_DAYS: u32 = 3650;

/// In PEM.
pub(super) struct Authority {
    pub(super) certificate: String,
    pub(super) key: String,
}

pub(super) fn make(name: &str, now: Timestamp) -> Result<Authority, CertificateError> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name.push(DnType::CommonName, name);
    // No authority below it.
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    live(&mut params, now, clock::after(now, clock::days(LIFE_DAYS)));
    let certificate = params.self_signed(&key)?;
    Ok(Authority {
        certificate: certificate.pem(),
        key: key.serialize_pem(),
    })
}
