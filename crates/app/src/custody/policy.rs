//! The policy that imported wallets begin with: it denies every tool, and its deny outweighs every
//! other policy's allow, until somebody deletes it.

use std::collections::{BTreeMap, BTreeSet};

use vaultpilot_audit::{Action, Draft, Outcome};
use vaultpilot_core::{Label, PolicyId};
use vaultpilot_policy::Document;
use vaultpilot_ports::Tx;
use vaultpilot_ports::store::{KeyTask, PolicyRecord};

use super::{Custody, Halt};
use crate::person::policy_apply::MAX_POLICIES;

/// The longest label.
const LONGEST: usize = 63;

impl Custody {
    /// A policy for each of these wallets, in this unit of work. None that is there is replaced.
    pub(super) async fn deny(
        &self,
        unit: &mut dyn Tx,
        task: &KeyTask,
        labels: &[Label],
    ) -> Result<Vec<Draft>, Halt> {
        let stored = unit.policy_list().await?;
        if stored.len().saturating_add(labels.len()) > MAX_POLICIES {
            return Err(Halt::Fail {
                code: "too_many_policies",
                detail: format!(
                    "a tenant has at most {MAX_POLICIES} policies, and each imported wallet gets \
                     one; import with policy keep, or fewer at once"
                ),
            });
        }
        let mut names: BTreeSet<Label> = stored.into_iter().map(|record| record.name).collect();
        let mut drafts = Vec::with_capacity(labels.len());
        for label in labels {
            let name = free_name(label, &names)?;
            let record = PolicyRecord {
                id: PolicyId::new(self.parts.clock.as_ref(), self.parts.entropy.as_ref()),
                name: name.clone(),
                document: document(&name, label)?,
                decimals: BTreeMap::new(),
                managed: None,
                updated_at: self.now(),
            };
            unit.policy_put(&record).await?;
            let draft = self.draft(&task.by, Action::PolicyApplied, Outcome::Succeeded);
            drafts.push(
                draft
                    .fact("policy", &name)
                    .fact("id", record.id)
                    .fact("task", task.id),
            );
            names.insert(name);
        }
        Ok(drafts)
    }
}

fn document(name: &Label, wallet: &Label) -> Result<Document, Halt> {
    let document = serde_json::json!({
        "apiVersion": "vaultpilot.io/v1alpha1",
        "kind": "Policy",
        "metadata": { "name": name },
        "spec": {
            "selector": { "wallets": [wallet], "agents": ["*"] },
            "tools": { "deny": ["*"] },
        },
    });
    serde_json::from_value(document).map_err(|error| Halt::Fail {
        code: "policy_invalid",
        detail: error.to_string(),
    })
}

/// `import-<label>`, or the first of `import-<label>-2`, `-3`, … that no policy has.
fn free_name(label: &Label, taken: &BTreeSet<Label>) -> Result<Label, Halt> {
    let named = |number: usize| {
        let end = match number {
            1 => String::new(),
            number => format!("-{number}"),
        };
        let room = LONGEST.saturating_sub("import-".len() + end.len());
        let begin: String = label.as_str().chars().take(room).collect();
        format!("import-{}{end}", begin.trim_end_matches('-'))
    };
    // Among one more names than there are policies, one is free.
    (1..=taken.len().saturating_add(1))
        .filter_map(|number| named(number).parse().ok())
        .find(|name| !taken.contains(name))
        .ok_or_else(|| Halt::Fail {
            code: "policy_invalid",
            detail: format!("no policy name is left for wallet {label}"),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_compiles_and_names_one_wallet() {
        let label: Label = "till".parse().unwrap_or_else(|_| unreachable!());
        let made = document(&label, &label).ok().and_then(|document| {
            let compiled = document.compile(&|_| None);
            compiled.ok()
        });
        let layer = made.map(|policy| policy.layer());
        assert_eq!(layer, Some(vaultpilot_policy::Layer::Wallet));
    }

    #[test]
    fn a_name_that_is_taken_is_left_alone() {
        let long: Label = "w".repeat(63).parse().unwrap_or_else(|_| unreachable!());
        let mut taken = BTreeSet::new();
        let mut seen = Vec::new();
        for _ in 0..3 {
            let Ok(name) = free_name(&long, &taken) else {
                break;
            };
            seen.push(name.as_str().len());
            taken.insert(name);
        }
        assert_eq!((seen, taken.len()), (vec![63, 63, 63], 3));
    }
}
