//! Texts with a shape. The API server holds them to it; who reads them here parses them into types
//! of its own.

mod moment;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use moment::Moment;

macro_rules! texts {
    ($($(#[$about:meta])* $name:ident: $max:literal, $pattern:literal;)+) => {$(
        $(#[$about])*
        #[derive(
            Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
        )]
        #[serde(transparent)]
        #[schemars(extend("maxLength" = $max, "pattern" = $pattern))]
        pub struct $name(pub String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

texts! {
    /// A name of lower-case letters, digits and inner hyphens.
    Name: 63, "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";
    /// The name of a Kubernetes object: lower-case letters, digits, hyphens and dots.
    ObjectName: 253, "^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$";
    /// A name, or `*` for all.
    NameOrAll: 63, "^([*]|[a-z0-9]([-a-z0-9]*[a-z0-9])?)$";
    /// The name of a person or a group as the identity provider gives it.
    Person: 256, "^[^\\x00-\\x1f\\x7f]+$";
    /// A chain in CAIP-2, such as `eip155:8453`.
    ChainId: 27, "^eip155:[1-9][0-9]{0,19}$";
    /// An address such as `0x70997970C51812dc3A010C7d01b50e0d17dc79C8`.
    Address: 42, "^0x[0-9a-fA-F]{40}$";
    /// `native` or the address of an ERC-20 contract.
    Asset: 42, "^(native|0x[0-9a-fA-F]{40})$";
    /// A decimal number in token units, in quotes: `"0.5"`.
    Amount: 100, "^[0-9]+([.][0-9]+)?$";
    /// A length of time: `60s`, `30m`, `24h` or `7d`.
    Span: 11, "^[0-9]{1,10}[smhd]$";
    /// A network such as `10.0.0.0/8`.
    Cidr: 43, "^[0-9a-fA-F.:]+/[0-9]{1,3}$";
    /// A network such as `10.0.0.0/8`, or an address.
    Network: 43, "^[0-9a-fA-F.:]+(/[0-9]{1,3})?$";
    /// A URL of http or https without credentials in it.
    Url: 2048, "^https?://[^/?#@\\s]+(/[^?#\\s]*)?$";
    /// A URL of https without credentials in it.
    HttpsUrl: 2048, "^https://[^/?#@\\s]+(/[^?#\\s]*)?$";
    /// Scheme, host and port of a page in a browser, such as `https://console.example.com`.
    Origin: 512, "^https?://[^/?#@\\s]+$";
    /// A name in DNS, such as `mcp.example.com`.
    Host: 253, "^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";
    /// A path such as `/agents/acme`.
    Path: 256, "^/([A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)*)?$";
    /// A container image by digest, such as `vaultpilot/tenant-runtime@sha256:…`.
    ImageDigest: 512, "^[a-z0-9][^@\\s]*@sha256:[0-9a-f]{64}$";
    /// Processor time: `250m` is a quarter of a core.
    Cpu: 16, "^([0-9]+m|[0-9]+([.][0-9]{1,3})?)$";
    /// Memory: `128Mi`.
    Memory: 20, "^[0-9]+(Ki|Mi|Gi|Ti)?$";
    /// A tool's name, in which `*` stands for any run of characters.
    ToolPattern: 64, "^[a-z0-9_*]+$";
    /// The value of a label.
    LabelValue: 63, "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$";
    /// The key of a label, such as `kubernetes.io/os`.
    LabelKey: 317, "^([a-z0-9]([-.a-z0-9]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$";
    /// Five fields: minute, hour, day of month, month, day of week.
    Cron: 128, "^[^\\s]+( [^\\s]+){4}$";
    /// An IANA name such as `Europe/Berlin`.
    TimeZone: 64, "^[A-Za-z0-9_+/-]+$";
    /// A sentence or two.
    Sentence: 1024, "^[^\\x00-\\x1f\\x7f]*$";
    /// An id VaultPilot gave, or a digest it made.
    Id: 128, "^[A-Za-z0-9:_.-]*$";
    /// The name a key has where it lives, such as the ARN of a key of AWS KMS.
    ExternalKeyId: 256, "^[A-Za-z0-9][A-Za-z0-9:/_.-]*$";
    /// A chain's hash of a transaction.
    TransactionHash: 66, "^0x[0-9a-f]{64}$";
}

/// What an annotation says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(extend("maxLength" = 4096))]
pub struct AnnotationValue(pub String);
