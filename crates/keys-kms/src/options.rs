//! How KMS is reached.

use std::num::NonZeroU32;
use std::time::Duration;

use secrecy::SecretString;

pub struct KmsOptions {
    /// Where credentials are asked for. A key's own region is in its ARN. Absent: as the SDK finds
    /// it.
    pub region: Option<String>,
    /// Another endpoint than the region's own. Without TLS only on this machine.
    pub endpoint: Option<String>,
    pub credentials: KmsCredentials,
    /// How long one call may take with its repetitions; an attempt has half of it. A signature waits
    /// as long for its turn.
    pub timeout: Duration,
    /// How many signatures this process asks for in a second, at most. AWS allows an account a number
    /// for all keys on curves, which everything in the account shares.
    pub signatures_per_second: NonZeroU32,
    /// How many of them are under way at the same time, at most.
    pub signatures_at_once: NonZeroU32,
}

pub enum KmsCredentials {
    /// As the SDK finds them: environment, profile, web identity, container, instance.
    Chain,
    /// These. For tests: what is written down does not expire.
    Fixed {
        access_key_id: String,
        secret_access_key: SecretString,
    },
}

impl Default for KmsOptions {
    fn default() -> Self {
        Self {
            region: None,
            endpoint: None,
            credentials: KmsCredentials::Chain,
            timeout: Duration::from_secs(5),
            signatures_per_second: const { NonZeroU32::new(100).unwrap() },
            signatures_at_once: const { NonZeroU32::new(32).unwrap() },
        }
    }
}
