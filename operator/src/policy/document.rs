//! A Policy is the policy document, field by field.

use serde_json::json;
use vaultpilot_crds::Policy;
use vaultpilot_policy::{Document, DocumentError};

/// # Errors
/// When it is no document: with the place and the words of the reader.
pub fn document(policy: &Policy) -> Result<Document, DocumentError> {
    let whole = json!({
        "apiVersion": "vaultpilot.io/v1alpha1",
        "kind": "Policy",
        "metadata": { "name": policy.metadata.name },
        "spec": policy.spec,
    });
    Document::from_json(&whole.to_string())
}
