//! What people see of keys and of the work on them: never a sealed key, never an exported one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vaultpilot_audit::Actor;
use vaultpilot_ports::keys::Export;
use vaultpilot_ports::store::{KeyLevel, KeyTask, KeyTaskState, KeyWork};

use crate::Exports;

/// How the tenant's keys are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CustodyView {
    /// What wraps the tenant's keys: `local`, `vault` or `aws-kms`.
    pub provider: String,
    /// Whom keys to be imported are sealed to; absent while the root does not answer.
    pub recipient: Option<RecipientView>,
    /// Why there is no recipient.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
    /// Key-encryption keys of the tenant, by version; the last is in force.
    pub keks: Vec<KekView>,
    /// Wallet keys by what wraps them.
    pub wallet_keys: Vec<KeyCount>,
    pub exports: Exports,
    /// What is not over yet, oldest first.
    pub tasks: Vec<KeyTaskView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecipientView {
    /// `age1…`
    pub recipient: String,
    /// Of the recipient, to be compared aloud.
    pub fingerprint: String,
    /// The version of the key-encryption key it belongs to.
    pub kek: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KekView {
    pub version: u32,
    /// How often the root wrapped it anew, and once more.
    pub generation: u32,
    pub provider: String,
    /// Which key of the provider wraps it, and which version of that.
    pub root: String,
    pub created_at: String,
    /// Wallet keys under it.
    pub wallet_keys: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KeyCount {
    pub provider: String,
    /// The version of the key-encryption key; absent for keys that live elsewhere, and for those
    /// wrapped by the root itself.
    pub kek: Option<u32>,
    pub keys: u64,
}

/// A piece of work on keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KeyTaskView {
    /// `ktk_…`
    pub id: String,
    /// `import`, `export` or `rotate`
    pub kind: String,
    /// `tenant` or `root`, of a rotation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// The wallet of an export.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wallet: Option<String>,
    /// For whom a key is exported: a recipient, or `keystore`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The labels of an import.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// `awaiting_approval`, `rejected`, `expired`, `running`, `failed` or `succeeded`
    pub state: String,
    /// Whether its state changes no more.
    pub over: bool,
    /// Who asked.
    pub by: String,
    /// Who agreed, or who did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    pub done: u64,
    pub total: u64,
    /// Why it waits, if it does, or why it failed: a stable code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The wallets of an import or an export that succeeded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wallets: Vec<KeyTaskWallet>,
    /// Whether an exported key waits to be fetched.
    pub bundle: bool,
    pub created_at: String,
    pub updated_at: String,
    /// Until when somebody may agree.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KeyTaskWallet {
    /// `wal_…`
    pub id: String,
    /// EIP-55
    pub address: String,
}

pub(crate) const fn kind(work: &KeyWork) -> &'static str {
    match work {
        KeyWork::Import { .. } => "import",
        KeyWork::Export { .. } => "export",
        KeyWork::Rotate { .. } => "rotate",
    }
}

pub(crate) const fn level(level: KeyLevel) -> &'static str {
    match level {
        KeyLevel::Root => "root",
        KeyLevel::Tenant => "tenant",
    }
}

pub(crate) fn receiver(export: &Export) -> &str {
    match export {
        Export::Age { recipient } => recipient,
        Export::Keystore { .. } => "keystore",
    }
}

fn name(actor: &Actor) -> String {
    match actor {
        Actor::Agent { name, .. } | Actor::Person { name, .. } | Actor::Strategy { name, .. } => {
            name.clone()
        }
        Actor::System => "system".to_owned(),
        Actor::Unknown => "unknown".to_owned(),
    }
}

/// A reason to wait is stored as `code: sentence`.
fn split(reason: &str) -> (String, String) {
    let (code, detail) = reason.split_once(": ").unwrap_or((reason, reason));
    (code.to_owned(), detail.to_owned())
}

pub(crate) fn task(task: &KeyTask) -> KeyTaskView {
    let mut view = KeyTaskView {
        id: task.id.to_string(),
        kind: kind(&task.work).to_owned(),
        level: None,
        wallet: None,
        to: None,
        labels: Vec::new(),
        state: task.state.name().to_owned(),
        over: !matches!(
            task.state,
            KeyTaskState::AwaitingApproval { .. } | KeyTaskState::Running { .. }
        ),
        by: name(&task.by),
        decided_by: None,
        done: 0,
        total: 0,
        code: None,
        detail: None,
        wallets: Vec::new(),
        bundle: false,
        created_at: task.created_at.to_string(),
        updated_at: task.updated_at.to_string(),
        expires_at: None,
    };
    match &task.work {
        KeyWork::Import { keys, .. } => {
            view.labels = keys.iter().map(|key| key.label.to_string()).collect();
        }
        KeyWork::Export { wallet, export, .. } => {
            view.wallet = Some(wallet.to_string());
            view.to = Some(receiver(export).to_owned());
        }
        KeyWork::Rotate { level: asked } => view.level = Some(level(*asked).to_owned()),
    }
    match &task.state {
        KeyTaskState::AwaitingApproval { expires_at } => {
            view.expires_at = Some(expires_at.to_string());
        }
        KeyTaskState::Rejected { by } => view.decided_by = Some(name(by)),
        KeyTaskState::Expired => {}
        KeyTaskState::Running {
            approved_by,
            done,
            total,
            last_error,
        } => {
            view.decided_by = approved_by.as_ref().map(name);
            (view.done, view.total) = (*done, *total);
            if let Some((code, detail)) = last_error.as_deref().map(split) {
                (view.code, view.detail) = (Some(code), Some(detail));
            }
        }
        KeyTaskState::Failed { code, detail } => {
            (view.code, view.detail) = (Some(code.clone()), Some(detail.clone()));
        }
        KeyTaskState::Succeeded {
            done,
            bundle,
            addresses,
        } => {
            (view.done, view.total) = (*done, *done);
            view.bundle = bundle.is_some();
            let wallet = |(id, address): &(vaultpilot_core::WalletId, vaultpilot_core::Address)| {
                KeyTaskWallet {
                    id: id.to_string(),
                    address: address.to_checksum(None),
                }
            };
            view.wallets = addresses.iter().map(wallet).collect();
        }
    }
    view
}
