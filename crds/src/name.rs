//! Names that more than one program must agree on.

pub const GROUP: &str = "vaultpilot.io";
pub const VERSION: &str = "v1alpha1";

/// On a namespace: whose it is. Only the operator may set it.
pub const TENANT_LABEL: &str = "vaultpilot.io/tenant";
/// On what the operator made: the label Kubernetes recommends, and its value.
pub const MANAGED_BY_LABEL: &str = "app.kubernetes.io/managed-by";
pub const MANAGED_BY: &str = "vaultpilot-operator";
/// `"true"`: the operator leaves the object alone.
pub const PAUSED_ANNOTATION: &str = "vaultpilot.io/paused";
/// What a deleted object waits for.
pub const FINALIZER: &str = "vaultpilot.io/protect";
/// The namespace of a tenant that names none is this and the tenant's name.
pub const NAMESPACE_PREFIX: &str = "vp-";
/// So that what is named after a tenant is a name too.
pub const TENANT_NAME_MAX: usize = 56;
/// Where the control plane is, unless its chart is told otherwise.
pub const SYSTEM_NAMESPACE: &str = "vaultpilot-system";
/// Whom the API server knows the operator as, unless its chart is told otherwise. The chart
/// replaces this text in the admission policies.
pub const OPERATOR_USER: &str = "system:serviceaccount:vaultpilot-system:vaultpilot-operator";
