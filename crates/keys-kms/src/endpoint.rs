//! An endpoint that was configured: TLS, or this machine.

use std::net::IpAddr;

use crate::KmsError;

/// # Errors
/// When it is no address, or one that keys would cross the network to in the clear.
pub(crate) fn check(endpoint: &str) -> Result<(), KmsError> {
    let (tls, rest) = if let Some(rest) = endpoint.strip_prefix("https://") {
        (true, rest)
    } else if let Some(rest) = endpoint.strip_prefix("http://") {
        (false, rest)
    } else {
        return Err(KmsError::Endpoint);
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host(authority).ok_or(KmsError::Endpoint)?;
    if tls || is_here(host) {
        Ok(())
    } else {
        Err(KmsError::Plaintext)
    }
}

/// Without a port; an address of IPv6 without its brackets. Whoever puts a name and a password before
/// the host is answered `None`: what looks like a host there is none.
fn host(authority: &str) -> Option<&str> {
    if authority.contains('@') {
        return None;
    }
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?.0,
        None => authority.split(':').next()?,
    };
    (!host.is_empty()).then_some(host)
}

fn is_here(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_cross_the_network_under_tls_only() {
        for good in [
            "https://kms.eu-central-1.amazonaws.com",
            "https://vpce-1.kms.eu-central-1.vpce.amazonaws.com:443/",
            "http://127.0.0.1:4566",
            "http://localhost",
            "http://[::1]:4566/",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for open in [
            "http://kms.eu-central-1.amazonaws.com",
            "http://10.0.0.1:4566",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com/",
        ] {
            assert_eq!(check(open), Err(KmsError::Plaintext), "{open}");
        }
        for bad in [
            "",
            "kms.eu-central-1.amazonaws.com",
            "ftp://127.0.0.1",
            "https://",
            "http://:80",
            "http://[::1",
            "http://127.0.0.1@example.com",
        ] {
            assert_eq!(check(bad), Err(KmsError::Endpoint), "{bad}");
        }
    }
}
