//! From a spec and the namespace's policies to a wallet that can be asked for. Pure.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use vaultpilot_core::{ChainId, Label};
use vaultpilot_crds::wallet::{KeySourceType, SpendLimit, WalletSpec};
use vaultpilot_policy::Document;
use vaultpilot_ports::resource_plane::WalletKeySource;

use super::document::{DocumentFault, document};
use crate::decimal::compare;
use crate::reason::Reason;

/// A wallet that makes sense.
#[derive(Debug, Clone)]
pub struct ValidWallet {
    pub chains: Vec<ChainId>,
    pub key: WalletKeySource,
    pub frozen: Option<String>,
    /// The limits as the policy they are; none are written when absent.
    pub limits: Option<Document>,
}

#[derive(Debug, thiserror::Error)]
pub enum Invalid {
    /// The operator reads no Secret, sealed or not.
    #[error(
        "spec.keySource.type: Import is not offered by this version; bring the key in with \
         `vaultpilot wallet import` under this name, and use Generate: the wallet is adopted"
    )]
    Import,
    #[error("spec.keySource.externalKeyId: belongs to type External, which needs it")]
    ExternalKeyId,
    #[error("spec.chains: {chain} is no chain such as eip155:8453")]
    Chain { chain: String },
    #[error("spec.spendLimits of {asset} on {chain}: {message}")]
    Limits {
        chain: String,
        asset: String,
        message: String,
    },
    #[error(
        "spec.{field} needs spec.spendLimits: what is not limited there cannot be spent or narrowed here"
    )]
    NeedsLimits { field: &'static str },
    #[error(
        "spec.approval speaks for all spendLimits, so each of them needs the same approvalAbove"
    )]
    ApprovalDiffers,
    #[error("spec.policyRefs: Policy {name} is not in this namespace")]
    PolicyNotFound { name: String },
    #[error(
        "spec.policyRefs: Policy {name} does not select this wallet; add it to the Policy's selector.wallets"
    )]
    PolicyDoesNotSelect { name: String },
    #[error("spec cannot be written as a policy: {0}")]
    Document(#[from] DocumentFault),
}

impl Invalid {
    pub const fn reason(&self) -> Reason {
        match self {
            Self::Import => Reason::UnsupportedField,
            Self::Limits { .. } => Reason::InvalidLimits,
            Self::PolicyNotFound { .. } => Reason::PolicyNotFound,
            Self::PolicyDoesNotSelect { .. } => Reason::PolicyDoesNotSelect,
            _ => Reason::InvalidSpec,
        }
    }
}

/// `policies`: those of the namespace, with the wallets each selects.
///
/// # Errors
/// The first thing that is wrong.
pub fn validate(
    name: &Label,
    spec: &WalletSpec,
    policies: &BTreeMap<String, Vec<String>>,
) -> Result<ValidWallet, Invalid> {
    let key = key(spec)?;
    let chains = spec.chains.iter().map(|chain| {
        let text = chain.as_str();
        text.parse().map_err(|_| Invalid::Chain {
            chain: text.to_owned(),
        })
    });
    let chains = chains.collect::<Result<Vec<ChainId>, _>>()?;
    for limit in &spec.spend_limits {
        ordered(limit)?;
    }
    for policy in &spec.policy_refs {
        let reference = policy.name.to_string();
        let Some(wallets) = policies.get(&reference) else {
            return Err(Invalid::PolicyNotFound { name: reference });
        };
        if !wallets.iter().any(|one| one == "*" || one == name.as_str()) {
            return Err(Invalid::PolicyDoesNotSelect { name: reference });
        }
    }
    let why = spec.freeze_reason.as_ref().map(ToString::to_string);
    Ok(ValidWallet {
        chains,
        key,
        frozen: spec
            .frozen
            .then(|| why.unwrap_or_else(|| "spec.frozen".to_owned())),
        limits: document(name, spec)?,
    })
}

fn key(spec: &WalletSpec) -> Result<WalletKeySource, Invalid> {
    match spec.key_source.kind {
        KeySourceType::Generate => Ok(WalletKeySource::Generate),
        KeySourceType::Import => Err(Invalid::Import),
        KeySourceType::External => {
            let id = spec.key_source.external_key_id.as_ref();
            let id = id.ok_or(Invalid::ExternalKeyId)?.to_string();
            Ok(WalletKeySource::External { id })
        }
    }
}

/// A limit that another makes unreachable is a slip of the pen.
fn ordered(limit: &SpendLimit) -> Result<(), Invalid> {
    let wrong = |message: String| Invalid::Limits {
        chain: limit.chain.to_string(),
        asset: limit.asset.to_string(),
        message,
    };
    let approval = ("approvalAbove", &limit.approval_above);
    let transaction = ("perTransaction", &limit.per_transaction);
    let day = ("perDay", &limit.per_day);
    for ((small, least), (large, most)) in
        [(approval, transaction), (approval, day), (transaction, day)]
    {
        let (Some(least), Some(most)) = (least, most) else {
            continue;
        };
        match compare(least.as_str(), most.as_str()) {
            Some(Ordering::Greater) => {
                return Err(wrong(format!(
                    "{small} {least} is more than {large} {most}"
                )));
            }
            Some(_) => {}
            None => return Err(wrong(format!("{least} or {most} is no amount"))),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
