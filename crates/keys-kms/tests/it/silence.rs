//! No key in the clear reaches a log, whatever the log is set to.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_kms::Client;
use aws_sdk_kms::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_kms::primitives::Blob;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tracing::Level;
use vaultpilot_ports::keys::{RootUnwrapper as _, RootWrapper as _};
use vaultpilot_secret::Secret;
use vaultpilot_testkit::kms::ADMIN;

use crate::ground::{REGION, aws, connect, kek, seed, server};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        log.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn listen(&self) -> tracing::subscriber::DefaultGuard {
        let log = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(Level::TRACE)
            .with_ansi(false)
            .with_writer(move || log.clone())
            .finish();
        tracing::subscriber::set_default(subscriber)
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

/// As KMS is told, and as a person or `Debug` would write it.
fn shows(text: &str, seed: &Secret) -> bool {
    let bytes = seed.bytes();
    let hex = hex::encode(bytes);
    let parts = STANDARD.encode(bytes);
    // Base64 in whole groups of four, so that a part of it is found too.
    text.contains(&parts[..16])
        || text.contains(&parts[16..32])
        || text.to_lowercase().contains(&hex[..32])
        || text.contains(&format!("{:?}", &bytes[..8]).replace(['[', ']'], ""))
}

#[tokio::test]
async fn neither_wrapping_nor_unwrapping_is_heard_of() {
    let root = aws(&server().root_key(REGION).await);
    let kms = connect().await;
    let (seed, context) = (seed(), kek());
    let log = Log::default();
    let guard = log.listen();
    tracing::trace!("the log listens");
    let sealed = kms.wrapper().wrap(&root, &context, &seed).await.unwrap();
    let opened = kms.unwrapper().unwrap(&root, &context, &sealed).await;
    let moved = kms.unwrapper().rewrap(&root, &context, &sealed).await;
    drop(guard);
    assert!(opened.unwrap().bytes() == seed.bytes() && moved.is_ok());
    let text = log.text();
    assert!(text.contains("the log listens"));
    assert!(!shows(&text, &seed), "a key in the clear is in the log");
    assert!(!text.contains("KMS."), "nor anything else of the calls");
}

/// Were this to fail, nothing could be heard of the SDK at all, and the test above would show nothing.
#[tokio::test]
async fn the_sdk_itself_is_heard_with_the_bodies_of_answers() {
    let root = server().root_key(REGION).await;
    let credentials = Credentials::new(ADMIN, "only-for-tests", None, None, "test");
    let config = aws_sdk_kms::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .endpoint_url(server().endpoint())
        .credentials_provider(credentials)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    let client = Client::from_conf(config);
    let seed = seed();
    let log = Log::default();
    let guard = log.listen();
    let call = client.encrypt().key_id(&root);
    let call = call.plaintext(Blob::new(seed.bytes()));
    call.send().await.unwrap();
    drop(guard);
    let text = log.text();
    assert!(text.contains("KMS.Encrypt") && text.contains("CiphertextBlob"));
}

#[test]
fn a_key_would_be_found_however_it_is_written() {
    let seed = seed();
    let bytes = seed.bytes();
    for text in [
        STANDARD.encode(bytes),
        format!("{:?}", Blob::new(bytes.as_slice()).as_ref()),
        hex::encode_upper(bytes),
    ] {
        assert!(shows(&text, &seed), "{text}");
    }
    assert!(!shows("nothing", &seed));
}
