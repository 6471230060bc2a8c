//! TLS to the server, with an authority made here.

use std::path::PathBuf;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use tempfile::TempDir;
use tokio::sync::OnceCell;
use vaultpilot_store::{PostgresError, PostgresOptions, PostgresStore, SslMode};
use vaultpilot_testkit::PostgresServer;
use vaultpilot_testkit::postgres::{Identity, PASSWORD, SUPERUSER};

use super::ground::cause;

struct Ground {
    server: PostgresServer,
    folder: TempDir,
    /// Signed the server's certificate.
    authority: PathBuf,
    /// Did not.
    stranger: PathBuf,
}

static GROUND: OnceCell<Ground> = OnceCell::const_new();

fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

async fn ground() -> &'static Ground {
    GROUND
        .get_or_init(|| async {
            let (ours, stranger) = (authority("ours"), authority("stranger"));
            let key = KeyPair::generate().unwrap();
            let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
            let certificate = params.signed_by(&key, &ours).unwrap();
            let identity = Identity {
                certificate: certificate.pem(),
                key: key.serialize_pem(),
            };
            let folder = tempfile::tempdir().unwrap();
            let file = |name: &str, text: String| {
                let path = folder.path().join(name);
                std::fs::write(&path, text).unwrap();
                path
            };
            Ground {
                server: PostgresServer::start(Some(&identity)).await,
                authority: file("ours.pem", ours.pem()),
                stranger: file("stranger.pem", stranger.pem()),
                folder,
            }
        })
        .await
}

impl Ground {
    fn options(&self, host: &str, query: &str) -> PostgresOptions {
        let port = self.server.port();
        PostgresOptions::new(format!(
            "postgres://{SUPERUSER}:{PASSWORD}@{host}:{port}/postgres{query}"
        ))
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_shows_who_it_is() {
    let ground = ground().await;
    for query in [
        "",
        "?sslmode=verify-full",
        "?connect_timeout=5&sslmode=verify-full",
    ] {
        let options = PostgresOptions {
            root_ca: Some(ground.authority.clone()),
            ..ground.options("localhost", query)
        };
        let store = PostgresStore::connect(&options).await.unwrap();
        assert!(store.encrypted().await.unwrap(), "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_shows_another_is_refused() {
    let ground = ground().await;
    for (host, root_ca, why) in [
        ("localhost", &ground.stranger, "UnknownIssuer"),
        ("127.0.0.1", &ground.authority, "not valid for name"),
    ] {
        let options = PostgresOptions {
            root_ca: Some(root_ca.clone()),
            ..ground.options(host, "")
        };
        let error = cause(PostgresStore::connect(&options).await);
        let text = chain(&error);
        assert!(text.contains(why), "{text}");
        assert!(!format!("{error:?}").contains(PASSWORD));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn require_encrypts_and_disable_does_not() {
    let ground = ground().await;
    for (query, mode, encrypted) in [
        ("?sslmode=require", None, true),
        ("?sslmode=disable", None, false),
        ("?sslmode=disable", Some(SslMode::Require), true),
    ] {
        let options = PostgresOptions {
            ssl_mode: mode,
            ..ground.options("127.0.0.1", query)
        };
        let store = PostgresStore::connect(&options).await.unwrap();
        assert_eq!(
            store.encrypted().await.unwrap(),
            encrypted,
            "{query} {mode:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_verified_is_refused_at_once() {
    let ground = ground().await;
    let empty = ground.folder.path().join("empty.pem");
    std::fs::write(&empty, "no certificate\n").unwrap();
    let missing = ground.folder.path().join("missing.pem");
    let connect = async |query: &str, root_ca: Option<&PathBuf>| {
        let options = PostgresOptions {
            root_ca: root_ca.cloned(),
            ..ground.options("localhost", query)
        };
        cause(PostgresStore::connect(&options).await)
    };
    assert!(matches!(connect("", None).await, PostgresError::NoRootCa));
    assert!(matches!(
        connect("", Some(&empty)).await,
        PostgresError::NoCertificate { .. }
    ));
    assert!(matches!(
        connect("", Some(&missing)).await,
        PostgresError::RootCa { .. }
    ));
    for given in ["prefer", "allow", "verify-ca", ""] {
        let error = connect(&format!("?sslmode={given}"), None).await;
        assert!(
            matches!(error, PostgresError::SslMode { .. }),
            "{given}: {error:?}"
        );
    }
    let error = connect("?sslrootcert=/a.pem", None).await;
    assert!(
        matches!(error, PostgresError::UrlOption { .. }),
        "{error:?}"
    );
    for url in [
        "host=localhost user=x",
        "mysql://a@b/c",
        "postgres://a:secret@b:port/c",
        "",
    ] {
        let error = cause(PostgresStore::connect(&PostgresOptions::new(url)).await);
        assert!(matches!(error, PostgresError::Url(_)), "{url}: {error:?}");
        assert!(!chain(&error).contains("secret"), "{error:?}");
    }
}

/// A server without TLS is not talked to in the clear.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_tls_is_refused() {
    let database = super::ground::database().await;
    let options = PostgresOptions {
        ssl_mode: Some(SslMode::Require),
        ..database.options()
    };
    let error = cause(PostgresStore::connect(&options).await);
    assert!(chain(&error).contains("TLS"), "{}", chain(&error));
}
