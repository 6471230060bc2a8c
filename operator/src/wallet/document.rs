//! Limits of a wallet as the policy they are: a document of the wallet's own layer, which can only
//! narrow what the tenant's policies allow.

use serde::de::DeserializeOwned;
use serde_json::json;
use vaultpilot_core::Label;
use vaultpilot_crds::wallet::{SpendLimit, WalletSpec};
use vaultpilot_policy::Document;
use vaultpilot_policy::document::{
    Account, AmountText, ApprovalRule, AssetRule, Metadata, Network, NetworkRules, NewRecipient,
    Pattern, RecipientRules, Require, RollingRule, Selector, Span, Spec, ToolPattern, ToolRules,
    When,
};

use super::validate::Invalid;

const DAY: Span = Span::seconds(24 * 3_600);

#[derive(Debug, thiserror::Error)]
#[error("{what}: {why}")]
pub struct DocumentFault {
    what: String,
    why: String,
}

/// What the document of a wallet is called.
///
/// # Errors
/// When the wallet's name is too long to have `wallet-` in front.
pub fn name_of_document(wallet: &Label) -> Result<Label, DocumentFault> {
    let name = format!("wallet-{wallet}");
    name.parse().map_err(|_| DocumentFault {
        what: format!("policy {name}"),
        why: "a name has at most 63 characters; give the wallet one of at most 56".to_owned(),
    })
}

/// # Errors
/// When something is written that limits nothing, or that no document can say.
pub fn document(name: &Label, spec: &WalletSpec) -> Result<Option<Document>, Invalid> {
    if spec.spend_limits.is_empty() {
        let recipients = spec
            .recipients
            .as_ref()
            .is_some_and(|list| !list.allow.is_empty() || !list.deny.is_empty());
        for (field, written) in [
            ("recipients", recipients),
            ("approval", spec.approval.is_some()),
            ("allowedCidrs", !spec.allowed_cidrs.is_empty()),
        ] {
            if written {
                return Err(Invalid::NeedsLimits { field });
            }
        }
        return Ok(None);
    }
    let limits = spec.spend_limits.iter().map(asset);
    let assets = limits.collect::<Result<Vec<AssetRule>, _>>()?;
    let document = Document {
        api_version: vaultpilot_policy::document::ApiVersion::V1Alpha1,
        kind: vaultpilot_policy::document::Kind::Policy,
        metadata: Metadata {
            name: name_of_document(name)?,
        },
        spec: Spec {
            selector: Selector {
                wallets: vec![Pattern::Exactly(name.clone())],
                agents: vec![Pattern::Any],
            },
            mode: vaultpilot_policy::document::Mode::Enforce,
            chains: spec
                .chains
                .iter()
                .map(|chain| parse("chain", chain.as_str()))
                .collect::<Result<_, _>>()?,
            // Which tools there are is for the tenant's policies to say.
            tools: ToolRules {
                allow: vec![ToolPattern("*".to_owned())],
                ..ToolRules::default()
            },
            assets,
            recipients: recipients(spec)?,
            approvals: approvals(spec)?,
            network: networks(spec)?,
            contracts: Vec::new(),
            allowances: None,
            signatures: vaultpilot_policy::document::SignatureRules::default(),
            gas: vaultpilot_policy::document::GasRules::default(),
            swap: None,
            schedule: None,
            duplicate_window: None,
        },
    };
    Ok(Some(document))
}

fn asset(limit: &SpendLimit) -> Result<AssetRule, DocumentFault> {
    let amount = |text: &Option<vaultpilot_crds::value::Amount>| {
        text.as_ref().map(|amount| AmountText(amount.to_string()))
    };
    Ok(AssetRule {
        chain: parse("chain", limit.chain.as_str())?,
        token: parse("asset", limit.asset.as_str())?,
        per_tx: amount(&limit.per_transaction),
        gas_per_tx: None,
        rolling: amount(&limit.per_day)
            .map(|max| RollingRule { window: DAY, max })
            .into_iter()
            .collect(),
        count: Vec::new(),
        reserve_floor: amount(&limit.reserve_floor),
        approval_above: amount(&limit.approval_above),
    })
}

fn recipients(spec: &WalletSpec) -> Result<RecipientRules, DocumentFault> {
    let Some(lists) = &spec.recipients else {
        return Ok(RecipientRules {
            new_recipient: NewRecipient::Allow,
            ..RecipientRules::default()
        });
    };
    let accounts = |list: &[vaultpilot_crds::value::Address]| {
        list.iter()
            .map(|one| parse::<Account>("recipient", one.as_str()))
            .collect::<Result<Vec<_>, _>>()
    };
    Ok(RecipientRules {
        allow: accounts(&lists.allow)?,
        deny: accounts(&lists.deny)?,
        // Where some are named, only those.
        new_recipient: if lists.allow.is_empty() {
            NewRecipient::Allow
        } else {
            NewRecipient::Deny
        },
        ..RecipientRules::default()
    })
}

/// A document's rule of approval is about all of its assets.
fn approvals(spec: &WalletSpec) -> Result<Vec<ApprovalRule>, Invalid> {
    let Some(approval) = &spec.approval else {
        return Ok(Vec::new());
    };
    let mut thresholds = spec.spend_limits.iter().map(|limit| &limit.approval_above);
    let first = thresholds.next().and_then(Option::as_ref);
    let Some(first) = first.filter(|first| thresholds.all(|other| other.as_ref() == Some(*first)))
    else {
        return Err(Invalid::ApprovalDiffers);
    };
    Ok(vec![ApprovalRule {
        when: When {
            amount_above: AmountText(first.to_string()),
        },
        require: Require {
            quorum: u32::try_from(approval.quorum).unwrap_or(1),
            of: approval
                .approver_groups
                .iter()
                .map(|group| format!("group:{group}"))
                .collect(),
        },
        ttl: parse("approval.ttl", approval.ttl.as_str())?,
        code: approval.confirmation_code,
    }])
}

fn networks(spec: &WalletSpec) -> Result<Option<NetworkRules>, DocumentFault> {
    if spec.allowed_cidrs.is_empty() {
        return Ok(None);
    }
    let networks = spec.allowed_cidrs.iter();
    let networks = networks.map(|one| parse::<Network>("allowedCidrs", one.as_str()));
    Ok(Some(NetworkRules {
        ip_allow: networks.collect::<Result<_, _>>()?,
    }))
}

/// As the document itself would read it.
fn parse<T: DeserializeOwned>(what: &str, text: &str) -> Result<T, DocumentFault> {
    serde_json::from_value(json!(text)).map_err(|error| DocumentFault {
        what: format!("{what} {text}"),
        why: error.to_string(),
    })
}
