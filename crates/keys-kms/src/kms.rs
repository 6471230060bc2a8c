//! The way to KMS: one HTTP client, one set of credentials, a client of the SDK for each region.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region};
use aws_sdk_kms::Client;
use aws_sdk_kms::config::{Builder, Credentials, SharedHttpClient};
use aws_sdk_kms::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use secrecy::ExposeSecret as _;
use tracing::instrument::WithSubscriber as _;
use tracing::subscriber::NoSubscriber;
use vaultpilot_ports::keys::KeyError;

use crate::arn::Arn;
use crate::native::Pace;
use crate::{KmsCredentials, KmsError, KmsKeys, KmsOptions, KmsSigner, KmsUnwrapper, KmsWrapper};
use crate::{endpoint, fault};

/// The second and the third attempt repeat what was throttled or broke on the way; more would outlive
/// the time-out.
const ATTEMPTS: u32 = 3;

/// AWS KMS, reachable. Gives the four parts that use it, each to the side that may have it.
#[derive(Clone)]
pub struct Kms {
    regions: Arc<Regions>,
    pace: Arc<Pace>,
}

struct Regions {
    base: aws_sdk_kms::Config,
    clients: Mutex<BTreeMap<String, Client>>,
}

impl Kms {
    /// Nothing is asked of KMS yet, nor are credentials looked for.
    ///
    /// # Errors
    /// When the options make no sense.
    pub async fn connect(options: KmsOptions) -> Result<Self, KmsError> {
        if let Some(endpoint) = &options.endpoint {
            endpoint::check(endpoint)?;
        }
        if options.region.as_deref() == Some("") {
            return Err(KmsError::Region);
        }
        if options.timeout.is_zero() {
            return Err(KmsError::Timeout);
        }
        let pace = Arc::new(Pace::new(&options));
        let base = configure(options).await;
        let clients = Mutex::default();
        let regions = Arc::new(Regions { base, clients });
        Ok(Self { regions, pace })
    }

    /// For the deciding side.
    pub fn wrapper(&self) -> KmsWrapper {
        KmsWrapper::new(self.clone())
    }

    /// For the executor alone.
    pub fn unwrapper(&self) -> KmsUnwrapper {
        KmsUnwrapper::new(self.clone())
    }

    /// For the deciding side.
    pub fn keys(&self) -> KmsKeys {
        KmsKeys::new(self.clone())
    }

    /// For the executor alone. All signers of one `Kms` share its pace.
    pub fn signer(&self) -> KmsSigner {
        KmsSigner::new(self.clone(), Arc::clone(&self.pace))
    }

    /// The client for the region that a key is in.
    pub(crate) fn client(&self, key: &Arn) -> Client {
        let Regions { base, clients } = self.regions.as_ref();
        let mut clients = clients.lock().unwrap_or_else(PoisonError::into_inner);
        let region = || Region::new(key.region().to_owned());
        clients
            .entry(key.region().to_owned())
            .or_insert_with(|| Client::from_conf(base.to_builder().region(region()).build()))
            .clone()
    }
}

/// Waits for an answer of KMS.
pub(crate) fn answer<T, E>(
    call: impl Future<Output = Result<T, SdkError<E>>>,
) -> impl Future<Output = Result<T, KeyError>>
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let call = quiet(call);
    async { call.await.map_err(|error| fault::of(&error)) }
}

/// The SDK traces what goes over the wire, and leaves out what it takes for secret. In the bodies of
/// `Encrypt` and `Decrypt` is a key in the clear, so it is not left to the SDK: whatever the log is set
/// to, it is told nothing of a call. Boxed, because such a call is large.
pub(crate) fn quiet<T>(call: impl Future<Output = T>) -> impl Future<Output = T> {
    Box::pin(call).with_subscriber(NoSubscriber::new())
}

/// For a call whose repetitions are not the SDK's affair.
pub(crate) fn once() -> Builder {
    Builder::new().retry_config(RetryConfig::disabled())
}

async fn configure(options: KmsOptions) -> aws_sdk_kms::Config {
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http_client())
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
        .timeout_config(timeouts(options.timeout));
    if let Some(region) = options.region {
        loader = loader.region(Region::new(region));
    }
    if let KmsCredentials::Fixed {
        access_key_id,
        secret_access_key,
    } = options.credentials
    {
        let secret = secret_access_key.expose_secret();
        loader = loader.credentials_provider(Credentials::new(
            access_key_id,
            secret,
            None,
            None,
            "configuration",
        ));
    }
    let mut builder = Builder::from(&loader.load().await);
    // Only this service's: credentials come from elsewhere.
    if let Some(endpoint) = options.endpoint {
        builder = builder.endpoint_url(endpoint);
    }
    builder.build()
}

/// rustls over ring, as everywhere in this house, with the machine's certificates and no proxy.
fn http_client() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https()
}

fn timeouts(whole: Duration) -> TimeoutConfig {
    let attempt = whole / 2;
    TimeoutConfig::builder()
        .connect_timeout(attempt)
        .operation_attempt_timeout(attempt)
        .operation_timeout(whole)
        .build()
}
