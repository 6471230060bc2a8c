//! Who stands at the gRPC door: a pod of one tenant, the operator, or nobody.
//!
//! Nothing here can be switched off: the only verifier of the product asks the cluster.

mod account;
mod context;
mod known;
mod namespace;
mod token_review;

use async_trait::async_trait;
use secrecy::SecretString;
use vaultpilot_core::Timestamp;

pub use account::Account;
pub use context::{ContextRefused, LIFETIME, Seal, Sealed};
pub use known::KnownTokens;
pub use namespace::{KnownNamespaces, Tenancy};
pub use token_review::{TokenReviews, TokenReviewsError};

/// A running pod, as the cluster vouches for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workload {
    pub account: Account,
    /// The pod the token was made for, where the cluster tells.
    pub pod: Option<String>,
    /// When the token is over, where it tells.
    pub expires_at: Option<Timestamp>,
}

/// Nobody can say whose a token is; not that it is nobody's.
#[derive(Debug, thiserror::Error)]
#[error("the cluster cannot be asked whose a token is")]
pub struct VerifierDown(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Tells whose a token is.
#[async_trait]
pub trait TokenVerifier: Send + Sync {
    /// `None` for a token that is forged, over, made for somebody else or of something deleted.
    ///
    /// # Errors
    /// When it cannot be told now. Whoever asked is not let in.
    async fn verify(&self, token: &SecretString) -> Result<Option<Workload>, VerifierDown>;
}
