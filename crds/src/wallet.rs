//! A wallet: an address whose key the control API holds. No key material is in the object.

mod approval;
mod key_source;
mod recipients;
mod spend_limit;
mod status;

use kube::{CustomResource, KubeSchema};
use serde::{Deserialize, Serialize};

use crate::reference::NameRef;
use crate::tenant::DeletionPolicy;
use crate::value::{ChainId, Network, Sentence, Span};

pub use approval::WalletApproval;
pub use key_source::{KeySource, KeySourceType};
pub use recipients::WalletRecipients;
pub use spend_limit::SpendLimit;
pub use status::{Balance, Budget, LastTransaction, WalletStatus};

/// An address that agents of the tenant pay from, within limits.
#[derive(CustomResource, KubeSchema, Debug, Clone, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "vaultpilot.io",
    version = "v1alpha1",
    kind = "Wallet",
    plural = "wallets",
    shortname = "vpw",
    category = "vaultpilot",
    namespaced,
    status = "WalletStatus",
    derive = "PartialEq",
    doc = "An address that agents of the tenant pay from, within limits. Its name is the wallet's label.",
    printcolumn(name = "Address", type_ = "string", json_path = ".status.address"),
    printcolumn(
        name = "Ready",
        type_ = "string",
        json_path = ".status.conditions[?(@.type==\"Ready\")].status"
    ),
    printcolumn(name = "Frozen", type_ = "boolean", json_path = ".spec.frozen"),
    printcolumn(name = "Funded", type_ = "boolean", json_path = ".status.funded"),
    printcolumn(name = "Policy", type_ = "string", json_path = ".status.policyHash"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp"),
    validation = Rule::new("self.metadata.name.size() <= 56")
        .message("a wallet's name has at most 56 characters, so that wallet-<name> is the name of its policy"),
    validation = Rule::new("!self.metadata.name.contains('.')")
        .message("a wallet's name has no dots: it is the wallet's label")
)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = Rule::new("oldSelf.chains.all(c, c in self.chains)")
        .message("chains can be added, not removed: coins may lie on them")
        .field_path(".chains")
        .reason(Reason::FieldValueForbidden),
    validation = Rule::new("self.keySource == oldSelf.keySource")
        .message("keySource is immutable: a wallet keeps its key for life")
        .field_path(".keySource")
        .reason(Reason::FieldValueForbidden),
    validation = Rule::new("self.frozen || !has(self.freezeReason)")
        .message("freezeReason belongs to a frozen wallet"),
    validation = Rule::new("!has(self.spendLimits) || self.spendLimits.all(l, l.chain in self.chains)")
        .message("a spend limit speaks of a chain that is in chains"),
    validation = Rule::new("has(self.spendLimits) && self.spendLimits.size() > 0 || !has(self.recipients) && !has(self.approval) && !has(self.allowedCidrs)")
        .message("recipients, approval and allowedCidrs narrow spendLimits, which are missing")
)]
pub struct WalletSpec {
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 128))]
    pub display_name: Option<Sentence>,
    /// The chains the wallet is used on. Chains can be added, not removed.
    #[schemars(length(min = 1, max = 32), extend("x-kubernetes-list-type" = "set"))]
    pub chains: Vec<ChainId>,
    /// Where the key comes from. It cannot be changed.
    #[serde(default)]
    pub key_source: KeySource,
    /// A frozen wallet signs nothing.
    #[serde(default)]
    pub frozen: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 512))]
    pub freeze_reason: Option<Sentence>,
    /// While true, deleting the object is refused.
    #[serde(default = "yes")]
    pub deletion_protection: bool,
    /// What becomes of the wallet when the object is deleted. Its key stays, wrapped.
    #[serde(default)]
    pub deletion_policy: DeletionPolicy,
    /// Policies of this namespace that hold for the wallet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32), extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"]))]
    pub policy_refs: Vec<NameRef>,
    /// The most that may be spent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64), extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["chain", "asset"]))]
    pub spend_limits: Vec<SpendLimit>,
    /// Who may be paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipients: Option<WalletRecipients>,
    /// How people are asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<WalletApproval>,
    /// Where callers may come from; anywhere when absent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64), extend("x-kubernetes-list-type" = "set"))]
    #[x_kube(validation = Rule::new("self.all(n, n.contains('/') ? isCIDR(n) : isIP(n))")
        .message("allowedCidrs holds networks such as 10.0.0.0/8, or addresses"))]
    pub allowed_cidrs: Vec<Network>,
    /// Whether test coins may be asked for, on chains with a faucet.
    #[serde(default)]
    pub faucet: bool,
    /// How often balances are read for the status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balance_refresh: Option<Span>,
}

fn yes() -> bool {
    true
}
