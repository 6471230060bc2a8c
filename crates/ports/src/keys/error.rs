//! Why a key could not be used.

/// What a caller can do about it differs: what `is_passing` says is waited for, the rest needs a
/// person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Wrong context, wrong root or altered bytes: they cannot be told apart, and need not be.
    #[error("key cannot be unwrapped")]
    NotUnwrapped,
    #[error("key is wrapped by {found}, this process unwraps {expected}")]
    Provider { expected: String, found: String },
    #[error("key belongs to another address")]
    WrongAddress,
    #[error("key envelope is unreadable")]
    Envelope,
    /// The public halves of a key-encryption key are not the ones that were made with it.
    #[error("key-encryption key of the tenant was altered")]
    KekForged,
    /// What the signing side was asked to do is not what the deciding side vouched for.
    #[error("key task was not asked for by this house, or was altered")]
    NotVouched,
    /// The key-encryption key that is named is not there.
    #[error("key-encryption key {version} of the tenant is missing")]
    KekMissing { version: u32 },
    /// Nobody told this process how to reach such a root.
    #[error("key provider {provider} is not configured here")]
    NotConfigured { provider: &'static str },
    #[error("key provider does not offer this: {what}")]
    Unsupported { what: String },
    /// What was to be imported cannot be read, or is no key. Never says what was in it.
    #[error("sealed key is unusable: {why}")]
    Sealed { why: &'static str },
    /// The key lives elsewhere and does not say that it is this tenant's.
    #[error("external key is not the tenant's: {detail}")]
    NotTheTenants { detail: String },

    /// The provider is locked, and a person must unlock it.
    #[error("key provider is sealed")]
    ProviderSealed,
    /// The provider does not let this process do that.
    #[error("key provider denied it: {detail}")]
    Denied { detail: String },
    /// The key is disabled, or about to be deleted, at the provider.
    #[error("key is disabled at its provider: {detail}")]
    Disabled { detail: String },
    #[error("key provider is throttling")]
    Throttled,
    #[error("key provider did not answer in time")]
    TimedOut,
    /// Unreachable, or answering nonsense.
    #[error("key provider is unavailable: {detail}")]
    Unavailable { detail: String },
}

impl KeyError {
    /// Whether the same call may succeed later without anybody changing what is stored here.
    pub const fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::ProviderSealed
                | Self::Denied { .. }
                | Self::Disabled { .. }
                | Self::Throttled
                | Self::TimedOut
                | Self::Unavailable { .. }
        )
    }

    /// The stable name, for faults, metrics and logs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotUnwrapped => "key_not_unwrapped",
            Self::Provider { .. } => "key_provider_mismatch",
            Self::WrongAddress => "key_wrong_address",
            Self::Envelope => "key_envelope_unreadable",
            Self::KekForged => "kek_forged",
            Self::NotVouched => "key_task_forged",
            Self::KekMissing { .. } => "kek_missing",
            Self::NotConfigured { .. } => "key_provider_not_configured",
            Self::Unsupported { .. } => "key_provider_unsupported",
            Self::Sealed { .. } => "sealed_key_unusable",
            Self::NotTheTenants { .. } => "external_key_not_the_tenants",
            Self::ProviderSealed => "key_provider_sealed",
            Self::Denied { .. } => "key_provider_denied",
            Self::Disabled { .. } => "key_disabled",
            Self::Throttled => "key_provider_throttled",
            Self::TimedOut => "key_provider_timed_out",
            Self::Unavailable { .. } => "key_provider_unavailable",
        }
    }
}
