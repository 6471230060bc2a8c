//! What is wrong with one record.

use vaultpilot_core::money::AmountError;

/// Never repeats what was in the record: it may be a key in the wrong place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    #[error("two records have this name")]
    Duplicate,
    #[error("name is empty or longer than 255 characters")]
    Name,
    /// It is missing, or is of another type.
    #[error("{field} is missing or not what it should be")]
    Field { field: String },
    #[error("{field}: {source}")]
    Amount {
        field: &'static str,
        source: AmountError,
    },
    #[error("{field} is not an address with a right checksum")]
    Address { field: &'static str },
    #[error("{field} is not a date or a time")]
    Moment { field: &'static str },
    #[error("strategy is of another type than dca")]
    Kind,
    /// The text is no token at all, whatever key is tried.
    #[error("encrypted key is not a Fernet token")]
    NotAToken,
    #[error("none of the {tried} Fernet keys opens the encrypted key")]
    WrongKey { tried: usize },
    #[error("what is in the token is not 32 bytes")]
    NotAKey,
}

impl Problem {
    /// The stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Duplicate => "duplicate_record",
            Self::Name => "record_name",
            Self::Field { .. } => "record_field",
            Self::Amount { source, .. } => source.code(),
            Self::Address { .. } => "record_address",
            Self::Moment { .. } => "record_time",
            Self::Kind => "strategy_type",
            Self::NotAToken => "not_a_fernet_token",
            Self::WrongKey { .. } => "fernet_key_wrong",
            Self::NotAKey => "token_holds_no_key",
        }
    }

    pub(crate) fn field(field: impl Into<String>) -> Self {
        Self::Field {
            field: field.into(),
        }
    }
}
