//! The Secrets of the control plane.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use vaultpilot_operator::bootstrap::{BootstrapError, Options, Outcome, Part, run};
use vaultpilot_operator::real::SystemEntropy;

use crate::house::House;

const NS: &str = "vaultpilot-system";

fn options() -> Options {
    Options {
        namespace: NS.to_owned(),
        prefix: "vaultpilot".to_owned(),
        control_api_service: "control-api".to_owned(),
        cluster_domain: "cluster.local".to_owned(),
        names: vec!["api.example.com".to_owned()],
        operator: "vaultpilot-operator".to_owned(),
        skip: Vec::new(),
    }
}

async fn bootstrap(
    house: &House,
    options: &Options,
) -> Result<BTreeMap<String, Outcome>, BootstrapError> {
    let clock = house.clock.as_ref();
    let outcomes = run(house.api.client(), options, clock, &SystemEntropy).await?;
    Ok(outcomes.into_iter().collect())
}

fn data(house: &House, secret: &str, key: &str) -> String {
    let secret = house.api.get("secrets", NS, secret).unwrap();
    let text = secret["data"][key].as_str().unwrap();
    String::from_utf8(STANDARD.decode(text).unwrap()).unwrap()
}

fn all(house: &House) -> BTreeMap<String, Value> {
    let names = house.api.names("secrets").into_iter();
    names
        .map(|name| {
            (
                name.clone(),
                house.api.get("secrets", NS, &name).unwrap()["data"].clone(),
            )
        })
        .collect()
}

#[tokio::test]
async fn what_is_missing_is_made_once() {
    let house = House::new();
    let first = bootstrap(&house, &options()).await.unwrap();
    assert_eq!(first.len(), 8);
    assert!(
        first.values().all(|outcome| *outcome == Outcome::Made),
        "{first:?}"
    );
    for (secret, key) in [("kek", "kek"), ("pepper", "pepper"), ("context", "context")] {
        let text = data(&house, &format!("vaultpilot-{secret}"), key);
        assert_eq!(text.len(), 64, "{secret}");
        assert!(
            text.bytes()
                .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)),
            "{secret}"
        );
    }
    let kek = data(&house, "vaultpilot-kek", "kek");
    assert_ne!(kek, data(&house, "vaultpilot-pepper", "pepper"));
    assert_eq!(
        data(&house, "vaultpilot-postgres", "app-password").len(),
        43
    );
    assert_eq!(
        data(&house, "vaultpilot-postgres", "owner-user"),
        "vaultpilot"
    );
    let made = all(&house);
    house.api.take_writes();
    let second = bootstrap(&house, &options()).await.unwrap();
    assert!(
        second.values().all(|outcome| *outcome == Outcome::Kept),
        "{second:?}"
    );
    assert_eq!(house.api.take_writes(), Vec::<String>::new());
    assert_eq!(all(&house), made);
}

#[tokio::test]
async fn certificates_are_renewed_by_their_authority_and_nothing_else_is() {
    let house = House::new();
    bootstrap(&house, &options()).await.unwrap();
    let before = all(&house);
    house.clock.forward(59 * 86_400);
    bootstrap(&house, &options()).await.unwrap();
    assert_eq!(all(&house), before);
    house.clock.forward(3 * 86_400);
    let outcomes = bootstrap(&house, &options()).await.unwrap();
    let renewed: Vec<&str> = outcomes
        .iter()
        .filter(|(_, outcome)| **outcome == Outcome::Renewed)
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(
        renewed,
        ["vaultpilot-control-api-tls", "vaultpilot-operator-tls"]
    );
    let after = all(&house);
    for (name, data) in &before {
        let is_certificate = renewed.contains(&name.as_str());
        assert_eq!(after[name] != *data, is_certificate, "{name}");
        assert_eq!(after[name]["ca.crt"], data["ca.crt"], "{name}");
    }
}

#[tokio::test]
async fn the_certificates_are_good_for_what_they_are_for() {
    let house = House::new();
    bootstrap(&house, &options()).await.unwrap();
    let server_ca = data(&house, "vaultpilot-server-ca", "ca.crt");
    let client_ca = data(&house, "vaultpilot-client-ca", "ca.crt");
    assert_ne!(server_ca, client_ca);
    assert_eq!(
        data(&house, "vaultpilot-control-api-tls", "ca.crt"),
        server_ca
    );
    assert_eq!(
        data(&house, "vaultpilot-control-api-tls", "client-ca.crt"),
        client_ca
    );
    assert_eq!(data(&house, "vaultpilot-operator-tls", "ca.crt"), server_ca);
    handshake(&house, "control-api.vaultpilot-system.svc").unwrap();
    handshake(&house, "control-api.vaultpilot-system.svc.cluster.local").unwrap();
    handshake(&house, "api.example.com").unwrap();
    assert!(handshake(&house, "elsewhere.example.com").is_err());
}

/// Both sides in memory, each with what its Secret gives it.
fn handshake(house: &House, name: &str) -> Result<(), rustls::Error> {
    use rustls::pki_types::pem::PemObject as _;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
    use rustls::server::WebPkiClientVerifier;
    use std::sync::Arc;

    let chain = |secret: &str, key: &str| -> Vec<CertificateDer<'static>> {
        let text = data(house, secret, key);
        CertificateDer::pem_slice_iter(text.as_bytes())
            .map(Result::unwrap)
            .collect()
    };
    let key = |secret: &str| {
        PrivateKeyDer::from_pem_slice(data(house, secret, "tls.key").as_bytes()).unwrap()
    };
    let roots = |secret: &str, key: &str| {
        let mut roots = rustls::RootCertStore::empty();
        for one in chain(secret, key) {
            roots.add(one).unwrap();
        }
        Arc::new(roots)
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let now = Arc::new(At(1_772_400_000));
    let server = "vaultpilot-control-api-tls";
    let client = "vaultpilot-operator-tls";
    let clients = WebPkiClientVerifier::builder_with_provider(
        roots(server, "client-ca.crt"),
        provider.clone(),
    )
    .build()
    .unwrap();
    let accepting = rustls::ServerConfig::builder_with_details(provider.clone(), now.clone())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(clients)
        .with_single_cert(chain(server, "tls.crt"), key(server))
        .unwrap();
    let calling = rustls::ClientConfig::builder_with_details(provider, now)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots(client, "ca.crt"))
        .with_client_auth_cert(chain(client, "tls.crt"), key(client))
        .unwrap();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let mut calling = rustls::ClientConnection::new(Arc::new(calling), name)?;
    let mut accepting = rustls::ServerConnection::new(Arc::new(accepting))?;
    for _ in 0..10 {
        let mut wire = Vec::new();
        calling.write_tls(&mut wire).unwrap();
        accepting.read_tls(&mut wire.as_slice()).unwrap();
        accepting.process_new_packets()?;
        let mut wire = Vec::new();
        accepting.write_tls(&mut wire).unwrap();
        calling.read_tls(&mut wire.as_slice()).unwrap();
        calling.process_new_packets()?;
    }
    assert!(!calling.is_handshaking() && !accepting.is_handshaking());
    Ok(())
}

#[derive(Debug)]
struct At(u64);

impl rustls::time_provider::TimeProvider for At {
    fn current_time(&self) -> Option<rustls::pki_types::UnixTime> {
        let since = std::time::Duration::from_secs(self.0);
        Some(rustls::pki_types::UnixTime::since_unix_epoch(since))
    }
}

#[tokio::test]
async fn a_secret_that_lacks_a_key_stops_everything_before_the_first_write() {
    let house = House::new();
    house.api.put(json!({ "apiVersion": "v1", "kind": "Secret",
        "metadata": { "name": "vaultpilot-kek", "namespace": NS }, "data": { "other": "eA==" } }));
    let error = bootstrap(&house, &options()).await.unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("Secret vaultpilot-kek is there and has no key kek"),
        "{error}"
    );
    assert_eq!(house.api.take_writes(), Vec::<String>::new());
}

#[tokio::test]
async fn what_others_made_is_kept() {
    let house = House::new();
    house.api.put(json!({ "apiVersion": "v1", "kind": "Secret",
        "metadata": { "name": "vaultpilot-kek", "namespace": NS }, "data": { "kek": "dGhlaXJz" } }));
    let certificate = json!({ "tls.crt": "YQ==", "tls.key": "YQ==", "ca.crt": "YQ==" });
    house.api.put(json!({ "apiVersion": "v1", "kind": "Secret",
        "metadata": { "name": "vaultpilot-operator-tls", "namespace": NS }, "data": certificate }));
    house.clock.forward(1000 * 86_400);
    let outcomes = bootstrap(&house, &options()).await.unwrap();
    assert_eq!(outcomes["vaultpilot-kek"], Outcome::Kept);
    assert_eq!(outcomes["vaultpilot-operator-tls"], Outcome::Kept);
    assert_eq!(data(&house, "vaultpilot-kek", "kek"), "theirs");
}

#[tokio::test]
async fn what_is_skipped_is_not_made() {
    let house = House::new();
    let skip = vec![Part::Tls, Part::Kek, Part::Postgres];
    let outcomes = bootstrap(&house, &Options { skip, ..options() })
        .await
        .unwrap();
    let names: Vec<&String> = outcomes.keys().collect();
    assert_eq!(names, ["vaultpilot-context", "vaultpilot-pepper"]);
}
