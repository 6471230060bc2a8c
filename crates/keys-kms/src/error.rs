//! Why KMS cannot be used as it was configured.

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KmsError {
    #[error("endpoint of AWS KMS is no http or https address of a host")]
    Endpoint,
    /// What comes back from `Decrypt` is a key in the clear.
    #[error("endpoint of AWS KMS has no TLS and is not on this machine")]
    Plaintext,
    #[error("region of AWS KMS is empty")]
    Region,
    #[error("time-out of AWS KMS is zero")]
    Timeout,
}
