//! Over TLS, to the one who shows the right certificate, into a namespace.

use std::path::PathBuf;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use vaultpilot_keys_vault::{VaultAuth, VaultOptions, VaultOptionsError, VaultRoots};
use vaultpilot_testkit::OpenBaoServer;
use vaultpilot_testkit::postgres::Identity;

use crate::ground::{Ground, denied, options, unavailable, works};

fn identity() -> Identity {
    let names = vec!["127.0.0.1".to_owned()];
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(names).unwrap();
    Identity {
        certificate: cert.pem(),
        key: signing_key.serialize_pem(),
    }
}

#[tokio::test]
async fn only_a_vault_whose_certificate_is_expected_is_spoken_to() {
    let identity = identity();
    let server = OpenBaoServer::start(Some(&identity)).await;
    let ground = Ground::on(&server);
    let (token, file) = ground.token("execute", &[]);
    let roots = |ca: Option<&str>| {
        let mut options = options(server.address(), VaultAuth::Token { file: file.clone() });
        options.ca_file = ca.map(|pem| ground.file("ca.pem", pem));
        VaultRoots::new(&options).unwrap()
    };
    let management = ground.management();
    let right = roots(Some(&identity.certificate));
    assert_eq!(works(&right, &management).await, Ok(true));
    // Neither somebody else's signature nor one of those the machine trusts.
    let other = self::identity().certificate;
    for ca in [Some(other.as_str()), None] {
        let detail = unavailable(works(&roots(ca), &management).await);
        assert!(
            detail.contains("shows a certificate that is not signed"),
            "{detail}"
        );
        assert!(!detail.contains(&token));
    }

    // Namespaces: the engine, the policy and the token are those of one.
    ground.bao(&["namespace", "create", "team"]);
    let text = crate::ground::EXECUTE;
    server
        .try_bao(
            &["policy", "write", "-namespace=team", "execute", "-"],
            text,
        )
        .unwrap();
    ground.bao(&["secrets", "enable", "-namespace=team", "transit"]);
    ground.bao(&[
        "write",
        "-namespace=team",
        "transit/keys/tenant-acme",
        "derived=true",
    ]);
    let token = ground.bao(&[
        "token",
        "create",
        "-namespace=team",
        "-field=token",
        "-policy=execute",
    ]);
    let file = ground.file("team", &token);
    let mut options = options(server.address(), VaultAuth::Token { file });
    options.ca_file = Some(ground.file("ca.pem", &identity.certificate));
    let acme = crate::ground::management("transit", "tenant-acme");
    let outside = VaultRoots::new(&options).unwrap();
    denied(works(&outside, &acme).await);
    options.namespace = Some("team".to_owned());
    let inside = VaultRoots::new(&options).unwrap();
    assert_eq!(works(&inside, &acme).await, Ok(true));
}

fn refused(change: impl FnOnce(&mut VaultOptions)) -> VaultOptionsError {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let file = PathBuf::from("/run/token");
    let mut options = options("https://vault.example.org:8200", VaultAuth::Token { file });
    VaultRoots::new(&options).unwrap();
    change(&mut options);
    VaultRoots::new(&options).err().unwrap()
}

#[test]
fn options_that_lead_nowhere_are_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "no certificate").unwrap();
    let kubernetes = |mount: &str, role: &str| VaultAuth::Kubernetes {
        mount: mount.to_owned(),
        role: Some(role.to_owned()),
        token_file: PathBuf::from("/run/token"),
    };
    let errors = [
        refused(|options| "http://vault.example.org".clone_into(&mut options.address)),
        refused(|options| options.timeout = std::time::Duration::ZERO),
        refused(|options| options.namespace = Some("a/../b".to_owned())),
        refused(|options| options.ca_file = Some(folder.path().join("none.pem"))),
        refused(|options| options.ca_file = Some(empty.clone())),
        refused(|options| options.auth = kubernetes("../sys", "execute")),
        refused(|options| options.auth = kubernetes("kubernetes", "")),
    ];
    let shown: Vec<String> = errors.iter().map(ToString::to_string).collect();
    let place = folder.path().display();
    assert_eq!(
        shown,
        [
            "address of vault is neither https nor on this machine".to_owned(),
            "timeout of vault is zero".to_owned(),
            "namespace of vault is unusable".to_owned(),
            format!("certificates in {place}/none.pem cannot be read"),
            format!("{place}/empty.pem has no certificates in it"),
            "mount of the login method is unusable".to_owned(),
            "role of the login method is unusable".to_owned(),
        ]
    );
}
