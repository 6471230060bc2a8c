//! What the compiler makes of `vaultpilot/v1/*.proto`.

#![expect(
    clippy::allow_attributes,
    clippy::doc_markdown,
    clippy::default_trait_access,
    clippy::too_many_lines,
    clippy::missing_const_for_fn,
    reason = "generated"
)]

tonic::include_proto!("vaultpilot.v1");

/// The whole contract with its comments, for reflection.
pub const FILE_DESCRIPTOR_SET: &[u8] = tonic::include_file_descriptor_set!("vaultpilot.v1");
