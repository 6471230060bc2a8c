//! One server for all tests, each with keys of its own.

use std::num::NonZeroU32;
use std::sync::OnceLock;
use std::time::Duration;

use vaultpilot_core::{Address, KeyManagement};
use vaultpilot_keys_kms::{Kms, KmsCredentials, KmsOptions};
use vaultpilot_ports::keys::{ExternalKeys as _, KekContext, KeyContext, KeyError, WrappedKey};
use vaultpilot_secret::Secret;
use vaultpilot_testkit::fixture::{hash, label, tenant_id, wallet_id};
use vaultpilot_testkit::{KmsServer, kms::ADMIN};

/// Where the keys of tests are. The options name another region: a key's own is in its ARN.
pub(crate) const REGION: &str = "eu-central-1";

pub(crate) fn server() -> &'static KmsServer {
    static SERVER: OnceLock<KmsServer> = OnceLock::new();
    SERVER.get_or_init(KmsServer::start)
}

pub(crate) fn options(access_key: &str) -> KmsOptions {
    KmsOptions {
        region: Some("us-east-1".to_owned()),
        endpoint: Some(server().endpoint()),
        credentials: KmsCredentials::Fixed {
            access_key_id: access_key.to_owned(),
            secret_access_key: "only-for-tests".to_owned().into(),
        },
        // Two cores may have more to do than this.
        timeout: Duration::from_secs(20),
        signatures_per_second: NonZeroU32::new(10_000).unwrap(),
        ..KmsOptions::default()
    }
}

pub(crate) async fn connect() -> Kms {
    Kms::connect(options(ADMIN)).await.unwrap()
}

pub(crate) async fn impatient(timeout: Duration) -> Kms {
    let options = KmsOptions {
        timeout,
        ..options(ADMIN)
    };
    Kms::connect(options).await.unwrap()
}

pub(crate) fn aws(key_arn: &str) -> KeyManagement {
    KeyManagement::AwsKms {
        key_arn: key_arn.to_owned(),
    }
}

pub(crate) fn kek() -> KekContext {
    KekContext {
        tenant: tenant_id(),
        version: 1,
    }
}

pub(crate) fn seed() -> Secret {
    let mut seed = Secret::empty();
    seed.bytes_mut().copy_from_slice(hash().as_slice());
    seed
}

pub(crate) fn key_context() -> KeyContext {
    KeyContext {
        tenant: tenant_id(),
        wallet: wallet_id(),
        version: 1,
    }
}

/// A key of `acme`'s, adopted.
#[derive(Clone)]
pub(crate) struct Adopted {
    pub(crate) arn: String,
    pub(crate) context: KeyContext,
    pub(crate) address: Address,
    pub(crate) key: WrappedKey,
}

/// As `acme`'s.
pub(crate) async fn adopt(
    kms: &Kms,
    context: KeyContext,
    id: &str,
) -> Result<(Address, WrappedKey), KeyError> {
    kms.keys().adopt(context, &label("acme"), id).await
}

pub(crate) async fn adopted(kms: &Kms) -> Adopted {
    let arn = server().wallet_key(REGION, "acme").await;
    let context = key_context();
    let (address, key) = adopt(kms, context, &arn).await.unwrap();
    Adopted {
        arn,
        context,
        address,
        key,
    }
}
