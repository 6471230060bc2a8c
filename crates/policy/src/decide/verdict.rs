//! Everything that was said for and against, until the end.

use std::collections::BTreeMap;

use vaultpilot_core::{Asset, BaseUnits};

use super::approval;
use crate::{
    ApprovalTerms, Decision, GrantedApproval, Outcome, Policy, PolicyVersion, Reason, ReasonCode,
    RuleRef,
};

#[derive(Debug, Default)]
pub(crate) struct Verdict {
    denies: Vec<Reason>,
    asks: Vec<Reason>,
    terms: Option<ApprovalTerms>,
    matched: Vec<RuleRef>,
    ceilings: Ceilings,
    quiet_ceilings: Ceilings,
}

/// The largest amount of each asset that no rule met so far objects to.
type Ceilings = BTreeMap<Asset, (BaseUnits, u8)>;

impl Verdict {
    pub(crate) fn deny(&mut self, reason: Reason) {
        self.denies.push(reason);
    }

    pub(crate) fn ask(&mut self, reason: Reason, terms: ApprovalTerms) {
        self.asks.push(reason);
        self.terms = Some(match self.terms.take() {
            Some(so_far) => approval::tighter(so_far, terms),
            None => terms,
        });
    }

    /// Says which rule allowed something.
    pub(crate) fn matched(&mut self, policy: &Policy, rule: String) {
        self.matched.push(RuleRef {
            policy: policy.name.clone(),
            rule,
        });
    }

    /// Above this amount some rule denies.
    pub(crate) fn ceiling(&mut self, asset: Asset, amount: BaseUnits, decimals: u8) {
        lower(&mut self.ceilings, asset, amount, decimals);
    }

    /// Above this amount a person is asked.
    pub(crate) fn quiet_ceiling(&mut self, asset: Asset, amount: BaseUnits, decimals: u8) {
        lower(&mut self.quiet_ceilings, asset, amount, decimals);
    }

    pub(crate) fn finish(
        self,
        version: PolicyVersion,
        granted: Option<&GrantedApproval>,
    ) -> Decision {
        let Self {
            denies,
            asks,
            terms,
            matched,
            ceilings,
            quiet_ceilings,
        } = self;
        let (outcome, reasons, rules) = if !denies.is_empty() {
            let reasons = told(denies, &ceilings);
            let rules = rules(&reasons);
            (Outcome::Deny, reasons, rules)
        } else if let Some(terms) = terms {
            let asks = told(asks, &quiet_ceilings);
            let rules = matched.into_iter().chain(rules(&asks)).collect();
            let granted =
                granted.is_some_and(|had| had.satisfies(terms.quorum, terms.code, &terms.of));
            if granted {
                (Outcome::Allow, Vec::new(), rules)
            } else {
                (Outcome::NeedsApproval(terms), asks, rules)
            }
        } else {
            (Outcome::Allow, Vec::new(), matched)
        };
        Decision {
            outcome,
            policy_version: version,
            matched_rules: sorted(rules),
            reasons,
        }
    }
}

fn lower(ceilings: &mut Ceilings, asset: Asset, amount: BaseUnits, decimals: u8) {
    let ceiling = ceilings.entry(asset).or_insert((amount, decimals));
    ceiling.0 = ceiling.0.min(amount);
}

/// Sorts the reasons, and says which amount would pass when the amount is all that is wrong.
fn told(reasons: Vec<Reason>, ceilings: &Ceilings) -> Vec<Reason> {
    let mut reasons = sorted(reasons);
    let passing = |reason: &Reason| {
        let (amount, decimals) = ceilings.get(&reason.asset?)?;
        let only_amount = is_about_amount(reason) && !amount.is_zero();
        only_amount.then(|| amount.format(*decimals))
    };
    let texts: Option<Vec<String>> = reasons.iter().map(passing).collect();
    for (reason, text) in reasons.iter_mut().zip(texts.unwrap_or_default()) {
        reason.would_pass = Some(text);
    }
    reasons
}

fn is_about_amount(reason: &Reason) -> bool {
    match reason.code {
        ReasonCode::PerTxLimit
        | ReasonCode::RollingLimit
        | ReasonCode::InsufficientFunds
        | ReasonCode::ApprovalRequired => true,
        // Without a number of what could go, the balance was not known.
        ReasonCode::ReserveFloor => reason.remaining.is_some(),
        _ => false,
    }
}

fn rules(reasons: &[Reason]) -> Vec<RuleRef> {
    let rule = |reason: &Reason| {
        Some(RuleRef {
            policy: reason.policy.clone()?,
            rule: reason.rule.clone()?,
        })
    };
    reasons.iter().filter_map(rule).collect()
}

fn sorted<T: Ord>(mut items: Vec<T>) -> Vec<T> {
    items.sort_unstable();
    items.dedup();
    items
}
