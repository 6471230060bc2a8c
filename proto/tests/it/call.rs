//! Every method of every service, once: what is asked arrives, what is answered comes back.

use std::collections::BTreeSet;
use std::sync::Arc;

use secrecy::SecretString;
use vaultpilot_core::{Managed, Quota, RequestId, ResourceKind, Scope, TenantId, Token, Tool};
use vaultpilot_policy::ReasonCode;
use vaultpilot_ports::control_plane::{
    ApprovalQuery, BudgetQuery, CreateWallet, EventQuery, FaucetRequest, ListQuery, PaymentStatus,
    ToolCall, TransactionQuery, TransferRequest, WalletRef,
};
use vaultpilot_ports::resource_plane::{PolicyWish, StrategyWish, TenantWish, WalletWish};
use vaultpilot_ports::{ControlPlane as _, Fault, ResourcePlane as _, StrategyPlane as _};
use vaultpilot_proto::client::{
    Link, RemoteControlPlane, RemoteResourcePlane, RemoteStrategyPlane, Retention,
};
use vaultpilot_proto::methods;
use vaultpilot_testkit::fixture;

use crate::house::{House, KEY, TENANT};
use crate::plane::{Planes, leased};
use crate::server::ControlPlane;

pub(crate) const RETENTION: Retention = Retention {
    salt: [7; 32],
    keep: std::time::Duration::from_mins(10),
};

pub(crate) fn key() -> SecretString {
    SecretString::from(KEY.to_owned())
}

pub(crate) async fn remote(server: &ControlPlane) -> RemoteControlPlane {
    let link = Link::open(server.endpoint()).await.unwrap();
    RemoteControlPlane::new(Arc::new(link), RETENTION)
}

pub(crate) fn payment() -> TransferRequest {
    TransferRequest {
        wallet: "treasury".parse().unwrap(),
        chain: fixture::CHAIN,
        to: crate::house::WALLET.parse().unwrap(),
        token: Token::Native,
        amount: "1.25".to_owned(),
        request_id: Some("request-0000000000000001".parse::<RequestId>().unwrap()),
        dry_run: false,
        memo: Some("rent ☂".to_owned()),
        confirm_duplicate_of: Some("txn_01KDZV0000000000000000000B".parse().unwrap()),
    }
}

/// Asks the same of both, and compares answers and what was heard.
macro_rules! same {
    ($server:expr, $direct:expr, $remote:expr, $caller:expr, $method:ident($($argument:expr),*)) => {
        let here = $direct.$method(&$caller $(, $argument)*).await.unwrap();
        let there = $remote.$method(&$caller $(, $argument)*).await.unwrap();
        assert_eq!(here, there, stringify!($method));
        if stringify!($method) != "tools" {
            assert_eq!($direct.last(), $server.desk.house.last());
        }
    };
}

#[tokio::test]
async fn every_method_carries_its_question_and_its_answer() {
    let server = ControlPlane::start().await;
    let remote = remote(&server).await;
    let tenant = TENANT.parse().unwrap();
    let ip = Some([203, 0, 113, 7].into());
    let caller = remote.authenticate(&tenant, &key(), ip).await.unwrap();
    assert_eq!(server.desk.house.ips.lock().unwrap().as_slice(), [ip]);
    assert_eq!(caller.ip, ip);

    let here = House::new();
    let wallet: WalletRef = "treasury".parse().unwrap();
    let by_id: WalletRef = "wal_01KDZV0000000000000000000A".parse().unwrap();
    let page = ListQuery {
        cursor: Some("treasury".to_owned()),
        limit: Some(7),
    };
    let transaction = "txn_01KDZV0000000000000000000B".parse().unwrap();
    let hash = format!("0x{}", "cd".repeat(32)).parse().unwrap();
    let approval = "apr_01KDZV0000000000000000000C".parse().unwrap();
    let call = ToolCall {
        tool: Tool::GetBalances,
        wallet: Some(by_id.clone()),
        chain: Some(fixture::CHAIN),
    };
    let create = CreateWallet {
        label: "savings".parse().unwrap(),
        chains: vec![fixture::CHAIN, fixture::OTHER_CHAIN],
    };
    let budget = BudgetQuery {
        wallet: wallet.clone(),
        chain: Some(fixture::CHAIN),
        token: Some(Token::Native),
    };
    let transactions = TransactionQuery {
        wallet: Some(wallet.clone()),
        state: Some("broadcast".to_owned()),
        page: page.clone(),
    };
    let approvals = ApprovalQuery {
        waiting_only: true,
        page: page.clone(),
    };
    let events = EventQuery {
        wallet: None,
        denied_only: true,
        page: page.clone(),
    };
    let faucet = FaucetRequest {
        wallet: by_id.clone(),
        chain: fixture::CHAIN,
        amount: Some(vaultpilot_core::BaseUnits::MAX),
    };

    same!(server, here, remote, caller, tools());
    same!(server, here, remote, caller, admit(&call));
    same!(server, here, remote, caller, wallet_create(&create));
    same!(server, here, remote, caller, wallet_fetch(&by_id));
    same!(server, here, remote, caller, wallet_list(&page));
    same!(server, here, remote, caller, wallet_freeze(&wallet, "lost"));
    same!(server, here, remote, caller, budget(&budget));
    same!(server, here, remote, caller, policy(&wallet));
    same!(server, here, remote, caller, check(&payment()));
    same!(server, here, remote, caller, simulate(&payment()));
    same!(server, here, remote, caller, transfer(&payment()));
    same!(
        server,
        here,
        remote,
        caller,
        cancel("request-0000000000000001")
    );
    same!(server, here, remote, caller, transaction(&hash));
    same!(
        server,
        here,
        remote,
        caller,
        transaction_list(&transactions)
    );
    same!(
        server,
        here,
        remote,
        caller,
        transaction_wait(&transaction, Some(3), 20)
    );
    same!(server, here, remote, caller, approval(approval));
    same!(server, here, remote, caller, approval_list(&approvals));
    same!(server, here, remote, caller, event_list(&events));
    same!(server, here, remote, caller, faucet(&faucet));

    remote.record_reads(&tenant, Vec::new()).await.unwrap();
    let mut stream = remote
        .watch_snapshot(&tenant, remote.contexts(), "")
        .await
        .unwrap();
    stream.next().await.unwrap().unwrap();

    strategies(&server).await;
    resources(&server).await;

    let heard: BTreeSet<String> = server.desk.called().into_iter().collect();
    let all: BTreeSet<String> = methods().into_iter().map(|method| method.name).collect();
    assert_eq!(heard, all, "every method of the contract was called");
}

async fn strategies(server: &ControlPlane) {
    let link = Link::open(server.endpoint()).await.unwrap();
    let (here, remote) = (Planes::default(), RemoteStrategyPlane::new(Arc::new(link)));
    let tenant: TenantId = fixture::tenant().build().id;
    let tick = leased();
    here.due.lock().unwrap().push(tick.clone());
    server.desk.planes.due.lock().unwrap().push(tick.clone());

    let leased = remote.strategy_lease(tenant, "pod-0", 4).await.unwrap();
    assert_eq!(leased, std::slice::from_ref(&tick));
    here.strategy_lease(tenant, "pod-0", 4).await.unwrap();
    let run = remote.strategy_run(tenant, "pod-0", tick.run, tick.epoch);
    let run = run.await.unwrap();
    let same = here.strategy_run(tenant, "pod-0", tick.run, tick.epoch);
    let same = same.await.unwrap();
    assert_eq!((run.id, run.status, run.epoch), (same.id, same.status, 3));
    let next = remote.strategy_next(tenant).await.unwrap();
    assert_eq!(next, here.strategy_next(tenant).await.unwrap());
    assert_eq!(server.desk.planes.heard(), here.heard());

    let lost = remote.strategy_run(tenant, "pod-0", tick.run, 0).await;
    assert_eq!(lost.unwrap_err().code(), "lease_lost");
}

async fn resources(server: &ControlPlane) {
    let link = Link::open(server.endpoint()).await.unwrap();
    let (here, remote) = (Planes::default(), RemoteResourcePlane::new(Arc::new(link)));
    server.desk.planes.asked.lock().unwrap().clear();
    let by = Managed {
        kind: ResourceKind::Wallet,
        namespace: Some("vp-acme".to_owned()),
        name: "treasury".to_owned(),
        uid: "2f1c".to_owned(),
    };
    let (tenant, name) = ("acme".parse().unwrap(), "treasury".parse().unwrap());
    let tenant_wish = TenantWish {
        by: Managed {
            kind: ResourceKind::Tenant,
            namespace: None,
            ..by.clone()
        },
        name: "acme".parse().unwrap(),
        namespace: "vp-acme".to_owned(),
        suspended: Some("unpaid".to_owned()),
        keys: vaultpilot_core::KeyManagement::Vault {
            mount: "transit".to_owned(),
            key: "acme".to_owned(),
            role: "acme-signer".to_owned(),
        },
        quota: Quota {
            max_wallets: Some(3),
            max_strategies: None,
            max_api_keys: Some(0),
        },
        chains: vec![fixture::CHAIN],
    };
    let wallet_wish = WalletWish {
        by: by.clone(),
        tenant: "acme".parse().unwrap(),
        name: "treasury".parse().unwrap(),
        chains: vec![fixture::CHAIN],
        frozen: None,
        key: vaultpilot_ports::resource_plane::WalletKeySource::External {
            id: "arn:aws:kms:eu-central-1:111122223333:key/acme".to_owned(),
        },
        balances: true,
    };
    let policy_wish = PolicyWish {
        by: by.clone(),
        tenant: "acme".parse().unwrap(),
        document: fixture::policy("guard").document,
    };
    let strategy_wish = StrategyWish {
        by: by.clone(),
        tenant: "acme".parse().unwrap(),
        name: "rent".parse().unwrap(),
        wallet: "treasury".parse().unwrap(),
        spec: fixture::strategy(&fixture::wallet().build(), "rent")
            .build()
            .spec,
        suspended: false,
    };
    macro_rules! same {
        ($($verb:ident($($argument:expr),*);)*) => {$(
            let there = remote.$verb($($argument),*).await.unwrap();
            assert_eq!(there, here.$verb($($argument),*).await.unwrap(), stringify!($verb));
        )*};
    }
    same! {
        tenant_apply(&tenant_wish);
        tenant_release(&tenant, &by);
        wallet_apply(&wallet_wish);
        wallet_release(&tenant, &name, &by, true);
        policy_apply(&policy_wish);
        policy_release(&tenant, &name, &by);
        strategy_release(&tenant, &name, &by);
    }
    let there = remote.strategy_apply(&strategy_wish).await.unwrap();
    assert_eq!(there.spec, strategy_wish.spec);
    here.strategy_apply(&strategy_wish).await.unwrap();
    assert_eq!(server.desk.planes.heard(), here.heard());
}

#[tokio::test]
async fn every_call_has_its_deadline() {
    let server = ControlPlane::start().await;
    let remote = remote(&server).await;
    let tenant = TENANT.parse().unwrap();
    let caller = remote.authenticate(&tenant, &key(), None).await.unwrap();
    remote.tools(&caller).await.unwrap();
    remote.transfer(&caller, &payment()).await.unwrap();
    let hash = format!("0x{}", "cd".repeat(32)).parse().unwrap();
    let waited = remote.transaction_wait(&caller, &hash, None, 20);
    waited.await.unwrap();

    let calls = server.desk.calls.lock().unwrap().clone();
    for (method, timeout) in calls {
        let timeout = timeout.unwrap_or_else(|| panic!("{method} has no deadline"));
        let most: u64 = if matches!(method.as_str(), "Transfer" | "TransactionWait") {
            25_000_000
        } else {
            5_000_000
        };
        let (number, unit) = timeout.split_at(timeout.len() - 1);
        let micros = match unit {
            "m" => number.parse::<u64>().unwrap() * 1000,
            "u" => number.parse().unwrap(),
            "n" => number.parse::<u64>().unwrap() / 1000,
            _ => panic!("{timeout}"),
        };
        assert!(
            micros <= most && micros > most - 1_000_000,
            "{method} {timeout}"
        );
    }
}

#[tokio::test]
async fn a_fault_is_the_same_on_both_sides() {
    let server = ControlPlane::start().await;
    let remote = remote(&server).await;
    let tenant = TENANT.parse().unwrap();
    let caller = remote.authenticate(&tenant, &key(), None).await.unwrap();
    let faults = [
        Fault::InsufficientScope {
            scope: Scope::TxExecute,
        },
        Fault::Denied {
            decision: Box::new(fixture::denied(ReasonCode::PerTxLimit)),
        },
        Fault::not_found("wallet", "none"),
        Fault::invalid("amount_negative", "amount", "amount is negative"),
        Fault::conflict("request_conflict", "used before"),
        Fault::unavailable("store_unavailable", "the store is away"),
    ];
    for fault in faults {
        *server.desk.house.fault.lock().unwrap() = Some(fault.clone());
        assert_eq!(remote.transfer(&caller, &payment()).await, Err(fault));
    }
    *server.desk.house.fault.lock().unwrap() = None;
    *server.desk.house.status.lock().unwrap() = PaymentStatus::Denied;
    let denied = remote.transfer(&caller, &payment()).await.unwrap();
    assert_eq!(denied.status, PaymentStatus::Denied);
    assert_eq!(denied.decision, fixture::denied(ReasonCode::PerTxLimit));
}
