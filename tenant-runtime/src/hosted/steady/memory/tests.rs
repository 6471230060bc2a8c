use vaultpilot_core::{Tool, WalletId};
use vaultpilot_ports::control_plane::{BudgetLine, BudgetQuery, BudgetView, ListQuery, WalletView};
use vaultpilot_proto::wire::{Admission, Seen};
use vaultpilot_testkit::fixture;

use super::{admits, budget, find, wallets};

const ID: &str = "wal_01KDZV0000000000000000000A";

fn wallet() -> WalletView {
    WalletView {
        id: ID.to_owned(),
        label: "treasury".to_owned(),
        address: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8".to_owned(),
        chains: vec!["eip155:1".to_owned()],
        state: "active".to_owned(),
        state_reason: None,
        created_at: "2026-01-01T00:00:00Z".to_owned(),
    }
}

fn line(chain: &str, asset: &str) -> BudgetLine {
    BudgetLine {
        policy: "guard".to_owned(),
        rule: "assets[0].perTx".to_owned(),
        chain: chain.to_owned(),
        asset: asset.to_owned(),
        kind: "per_transaction".to_owned(),
        scope: "wallet".to_owned(),
        window_s: None,
        limit: "1".to_owned(),
        used: None,
        remaining: None,
        resets_at: None,
    }
}

fn seen() -> Seen {
    Seen {
        context: vec![1],
        caller: fixture::agent("bot").build(),
        tools: Tool::ALL.to_vec(),
        wallets: vec![wallet()],
        policies: Vec::new(),
        budgets: vec![BudgetView {
            wallet: "treasury".to_owned(),
            policy_version: "v1".to_owned(),
            lines: vec![
                line("eip155:1", "native"),
                line("eip155:1", "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"),
                line("eip155:10", "native"),
            ],
        }],
        complete: true,
        admissions: vec![
            Admission {
                wallet: None,
                tools: vec![Tool::ListWallets, Tool::Transfer],
            },
            Admission {
                wallet: Some(ID.parse::<WalletId>().unwrap()),
                tools: vec![Tool::GetWallet],
            },
        ],
    }
}

#[test]
fn a_call_is_let_in_as_it_was_told_and_not_otherwise() {
    let (seen, wallet) = (seen(), wallet());
    assert!(admits(&seen, Tool::ListWallets, None));
    assert!(!admits(&seen, Tool::ListWallets, Some(&wallet)));
    assert!(admits(&seen, Tool::GetWallet, Some(&wallet)));
    assert!(!admits(&seen, Tool::GetWallet, None));
    assert!(!admits(&seen, Tool::GetPolicy, Some(&wallet)));
    let elsewhere = WalletView {
        id: "wal_01KDZV0000000000000000000B".to_owned(),
        ..wallet
    };
    assert!(!admits(&seen, Tool::GetWallet, Some(&elsewhere)));
}

#[test]
fn nothing_that_changes_or_moves_anything_is_let_in_whatever_was_told() {
    let mut seen = seen();
    for tool in Tool::ALL {
        seen.admissions[0].tools.push(*tool);
    }
    for tool in Tool::ALL {
        let reads = tool.class() == vaultpilot_core::ToolClass::S0;
        assert_eq!(admits(&seen, *tool, None), reads, "{tool}");
    }
    seen.tools.clear();
    assert!(!admits(&seen, Tool::ListWallets, None), "not shown");
}

#[test]
fn a_wallet_is_found_by_id_and_by_label() {
    let seen = seen();
    for name in [ID, "treasury"] {
        assert_eq!(find(&seen, &name.parse().unwrap()), Some(&wallet()));
    }
    for name in ["savings", "wal_01KDZV0000000000000000000B"] {
        assert_eq!(find(&seen, &name.parse().unwrap()), None);
    }
}

#[test]
fn wallets_are_told_whole_or_not_at_all() {
    let mut seen = seen();
    let query = |cursor: Option<&str>, limit| ListQuery {
        cursor: cursor.map(str::to_owned),
        limit,
    };
    let all = wallets(&seen, &query(None, Some(1))).unwrap();
    assert_eq!((all.items, all.next_cursor), (vec![wallet()], None));
    assert!(wallets(&seen, &query(None, None)).is_some());
    assert!(wallets(&seen, &query(Some("treasury"), None)).is_none());
    assert!(wallets(&seen, &query(None, Some(0))).is_none());
    seen.complete = false;
    assert!(wallets(&seen, &query(None, None)).is_none());
}

#[test]
fn a_budget_is_told_as_far_as_it_was_asked_for() {
    let seen = seen();
    let count = |chain: Option<&str>, token: Option<&str>| {
        let query = BudgetQuery {
            wallet: "treasury".parse().unwrap(),
            chain: chain.map(|chain| chain.parse().unwrap()),
            token: token.map(|token| token.parse().unwrap()),
        };
        budget(&seen, &wallet(), &query).unwrap().lines.len()
    };
    assert_eq!(count(None, None), 3);
    assert_eq!(count(Some("eip155:1"), None), 2);
    assert_eq!(count(Some("eip155:1"), Some("native")), 1);
    let token = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
    assert_eq!(count(None, Some(token)), 1);
    assert_eq!(count(Some("eip155:8453"), None), 0);
}
