//! AWS KMS, for tenants whose keys are wrapped by it, and for wallets whose keys live in it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vaultpilot_policy::document::Span;

use super::rule::is_http;
use super::{Rule, Section};

/// Credentials come as the SDK finds them: environment, web identity, container, instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AwsKms {
    /// Such as `eu-central-1`. Absent: no tenant's keys are in AWS KMS.
    pub region: Option<String>,
    /// Another endpoint than the region's own, such as one of a private network.
    pub endpoint: Option<String>,
    /// How long one call may take, with its repetitions.
    pub timeout: Span,
    /// Signatures a second, at most, with keys that live in KMS. AWS allows an account 300 operations
    /// a second with such keys in most regions; the processes of a house share them.
    pub signatures_per_second: u32,
}

impl AwsKms {
    pub const fn is_configured(&self) -> bool {
        self.region.is_some()
    }
}

impl Default for AwsKms {
    fn default() -> Self {
        Self {
            region: None,
            endpoint: None,
            timeout: Span::seconds(5),
            signatures_per_second: 100,
        }
    }
}

impl Section for AwsKms {
    fn validate(&self) -> Vec<(&'static str, Rule)> {
        let mut broken = Vec::new();
        match &self.region {
            Some(region) if region.is_empty() => broken.push(("region", Rule::Empty)),
            None if self.endpoint.is_some() => {
                let unless = "aws_kms.region is given";
                broken.push(("endpoint", Rule::Useless { unless }));
            }
            _ => {}
        }
        if self.endpoint.as_deref().is_some_and(|url| !is_http(url)) {
            broken.push(("endpoint", Rule::NotHttp));
        }
        let given = self.timeout.duration().as_secs();
        let (least, most) = (1, 60);
        if !(least..=most).contains(&given) {
            broken.push(("timeout", Rule::OutOfRange { given, least, most }));
        }
        let given = u64::from(self.signatures_per_second);
        let (least, most) = (1, 10_000);
        if !(least..=most).contains(&given) {
            broken.push((
                "signatures_per_second",
                Rule::OutOfRange { given, least, most },
            ));
        }
        broken
    }
}
