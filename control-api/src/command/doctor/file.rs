//! Secrets and certificates: are they there, are they what they should be, how long are they good.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use vaultpilot_config::{Grpc, HostedConfig};
use vaultpilot_core::Clock as _;
use vaultpilot_keys::LocalRootWrapper;

use super::check::Check;
use super::why;
use crate::grpc::{Tls, certificates};
use crate::house::secret;
use crate::machine::{OsEntropy, SystemClock};
use validity::not_after;

mod validity;

const MOUNT: &str = "mount the Secret with defaultMode 0440 and an fsGroup";
const RENEW: &str = "renew the certificate; it is taken up without a restart";
/// Less than this left is told.
const SOON_S: i64 = 7 * 86_400;

pub(super) fn checks(config: &HostedConfig) -> Vec<Check> {
    let keys = &config.keys;
    let mut checks = vec![kek(&keys.kek_file)];
    for (name, path) in [
        ("pepper", &keys.pepper_file),
        ("context key", &keys.context_file),
    ] {
        checks.push(match secret::bytes(path) {
            Ok(_) => Check::good(name, "is 32 bytes"),
            Err(error) => Check::bad(name, why(&error), MOUNT),
        });
    }
    checks.extend(tls(&config.grpc));
    checks
}

fn kek(path: &Path) -> Check {
    match LocalRootWrapper::mounted(path, Arc::new(OsEntropy)) {
        Ok(wrapper) => Check::good("key encryption key", format!("is root {}", wrapper.root())),
        Err(error) => Check::bad("key encryption key", why(&error), MOUNT),
    }
}

fn tls(grpc: &Grpc) -> Vec<Check> {
    if let Err(error) = Tls::open(grpc) {
        let next = "check grpc.cert_file, grpc.key_file and grpc.client_ca_file";
        return vec![Check::bad("TLS of the gRPC door", why(&error), next)];
    }
    let files = [
        ("server certificate", &grpc.cert_file),
        ("client CA", &grpc.client_ca_file),
    ];
    files
        .into_iter()
        .map(|(name, path)| lasting(name, path))
        .collect()
}

fn lasting(name: &str, path: &Path) -> Check {
    let read = std::fs::read(path).map_err(|error| why(&error));
    let chain = read.and_then(|pem| certificates(&pem, path).map_err(|error| why(&error)));
    let first = match chain.as_deref() {
        Ok([first, ..]) => first,
        Ok([]) => return Check::bad(name, "holds no certificate", RENEW),
        Err(error) => return Check::bad(name, error, RENEW),
    };
    judge(name, first, SystemClock.now().as_second())
}

fn judge(name: &str, certificate: &CertificateDer<'_>, now_s: i64) -> Check {
    let Some(until) = not_after(certificate) else {
        return Check::warning(name, "does not say how long it is good", RENEW);
    };
    let left = until.as_second().saturating_sub(now_s);
    let days = left / 86_400;
    if left <= 0 {
        Check::bad(name, format!("is over since {until}"), RENEW)
    } else if left < SOON_S {
        Check::warning(
            name,
            format!("is good for {days} days, until {until}"),
            RENEW,
        )
    } else {
        Check::good(name, format!("is good for {days} days, until {until}"))
    }
}
