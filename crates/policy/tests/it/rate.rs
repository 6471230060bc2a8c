//! The rate book against a naive recount, through the gate.

use std::time::Duration;

use proptest::{collection::vec, prelude::*, sample::select};
use vaultpilot_core::{Timestamp, Tool, clock};
use vaultpilot_policy::{Document, Facts, PolicySet, RateBook, ReasonCode, admit};

use crate::{
    random::now,
    script::{agent, decimals, label},
};

/// Every call that arrived, for all time.
struct Arrived {
    at: Timestamp,
    agent: &'static str,
    wallet: &'static str,
    tool: Tool,
}

fn guard(first: (u32, u64), second: (u32, u64)) -> PolicySet {
    let text = format!(
        r#"
apiVersion: vaultpilot.io/v1alpha1
kind: Policy
metadata: {{ name: guard }}
spec:
  selector: {{ wallets: ["*"], agents: ["*"] }}
  tools:
    allow: ["get_*"]
    rateLimits:
      - {{ tools: ["*"], maxCalls: {}, window: {}s, per: agent }}
      - {{ tools: [transfer, get_balances], maxCalls: {}, window: {}s, per: wallet }}
"#,
        first.0, first.1, second.0, second.1
    );
    PolicySet::new(vec![
        Document::from_yaml(&text)
            .unwrap()
            .compile(&decimals)
            .unwrap(),
    ])
}

fn over(
    calls: &[Arrived],
    now: Timestamp,
    (max, window): (u32, u64),
    fits: impl Fn(&Arrived) -> bool,
) -> bool {
    let start = clock::before(now, Duration::from_secs(window));
    let before = calls
        .iter()
        .filter(|call| call.at > start && fits(call))
        .count();
    before >= usize::try_from(max).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn rates_agree_with_a_naive_recount(
        first in (0u32..6, 1u64..40), second in (0u32..4, 1u64..40),
        calls in vec((0u64..9, select(vec!["bot", "clerk"]), select(vec!["treasury", "petty"]),
            select(vec![Tool::Transfer, Tool::GetBalances, Tool::GetGas])), 1..120),
    ) {
        let set = guard(first, second);
        let mut book = RateBook::new();
        let mut arrived: Vec<Arrived> = Vec::new();
        let mut at = now();
        for (wait, name, wallet, tool) in calls {
            at = clock::after(at, Duration::from_secs(wait));
            let by_agent = over(&arrived, at, first, |call| call.agent == name);
            let counts = |tool: Tool| tool != Tool::GetGas;
            let by_wallet = counts(tool)
                && over(&arrived, at, second, |call| counts(call.tool) && call.wallet == wallet);
            let (caller, place) = (agent(name), label(wallet));
            let facts = Facts { wallet: Some(&place), ..Facts::new(at, &caller, tool) };
            let decision = admit(&set, &facts, &mut book);
            let mut limited: Vec<&str> = decision.reasons.iter()
                .filter(|reason| reason.code == ReasonCode::RateLimited)
                .filter_map(|reason| reason.rule.as_deref())
                .collect();
            limited.sort_unstable();
            let mut expected = vec![];
            if by_agent { expected.push("tools.rateLimits[0]"); }
            if by_wallet { expected.push("tools.rateLimits[1]"); }
            prop_assert_eq!(limited, expected);
            prop_assert_eq!(decision.is_allow(), !by_agent && !by_wallet && tool != Tool::Transfer);
            arrived.push(Arrived { at, agent: name, wallet, tool });
        }
    }
}
