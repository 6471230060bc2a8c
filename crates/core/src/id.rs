//! Typed ids: a prefix that tells what it names, and a ULID that sorts by time.

use serde::{Deserialize, Serialize};
use ulid::Ulid;

use crate::{Clock, Entropy};

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("id is not {prefix}_ followed by 26 characters of a ULID")]
pub struct IdError {
    pub prefix: &'static str,
}

fn ulid(clock: &dyn Clock, entropy: &dyn Entropy) -> Ulid {
    let mut bytes = [0u8; 16];
    entropy.fill(&mut bytes[6..]);
    let millis = u64::try_from(clock.now().as_millisecond()).unwrap_or_default();
    bytes[..6].copy_from_slice(&millis.to_be_bytes()[2..]);
    Ulid::from_bytes(bytes)
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Ulid);

        impl $name {
            pub const PREFIX: &'static str = $prefix;

            /// Makes a new id from the clock and entropy handed in.
            pub fn new(clock: &dyn Clock, entropy: &dyn Entropy) -> Self {
                Self(ulid(clock, entropy))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!($prefix, "_{}"), self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let error = IdError { prefix: $prefix };
                let ulid = text.strip_prefix(concat!($prefix, "_")).ok_or(error)?;
                // ULID text is case-insensitive; ours is one string per id, so that it can be a key.
                if ulid.len() != 26 || ulid.bytes().any(|b| b.is_ascii_lowercase()) {
                    return Err(error);
                }
                Ulid::from_string(ulid).map(Self).map_err(|_| error)
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

ids! {
    /// A tenant: the border nothing crosses.
    TenantId = "tnt";
    /// A wallet: one key, one address.
    WalletId = "wal";
    /// A policy document.
    PolicyId = "pol";
    /// An import, export or rotation of keys.
    KeyTaskId = "ktk";
    /// An API key (not a signing key).
    KeyId = "key";
    /// An intent to move value, and the transaction it becomes.
    IntentId = "txn";
    /// A question put to a person.
    ApprovalId = "apr";
    /// A strategy: a payment on a schedule.
    StrategyId = "str";
    /// One run of a strategy.
    RunId = "run";
    /// An audit entry.
    AuditId = "evt";
}

#[cfg(test)]
mod tests;
