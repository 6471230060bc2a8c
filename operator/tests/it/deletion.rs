//! Deleting, in every order: no key goes, nothing is loosened, and what blocks is told.

use serde_json::json;
use vaultpilot_crds::{Policy, Strategy, Tenant, Wallet};

use crate::house::{House, said};

const NS: &str = "vp-acme";

const TENANT: &str = "
apiVersion: vaultpilot.io/v1alpha1
kind: Tenant
metadata: { name: acme }
spec:
  deletionProtection: false
  deletionPolicy: Archive
  keyManagement: { provider: Local }
";
const POLICY: &str = "
apiVersion: vaultpilot.io/v1alpha1
kind: Policy
metadata: { name: guard, namespace: vp-acme }
spec:
  selector: { wallets: ['*'], agents: ['*'] }
  chains: ['eip155:8453']
  tools: { allow: [transfer] }
  assets: [{ chain: 'eip155:8453', token: native, perTx: '1' }]
";
const WALLET: &str = "
apiVersion: vaultpilot.io/v1alpha1
kind: Wallet
metadata: { name: treasury, namespace: vp-acme }
spec:
  chains: ['eip155:8453']
  policyRefs: [{ name: guard }]
  spendLimits: [{ chain: 'eip155:8453', asset: native, perTransaction: '0.5', perDay: '2' }]
";
const STRATEGY: &str = "
apiVersion: vaultpilot.io/v1alpha1
kind: Strategy
metadata: { name: rent, namespace: vp-acme }
spec:
  walletRef: { name: treasury }
  type: RecurringTransfer
  recurringTransfer:
    chain: 'eip155:8453'
    asset: native
    to: '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'
    amount: '0.1'
  schedule: { interval: 24h }
";

async fn pass_all(house: &House) {
    house.pass::<Tenant>("", "acme").await.unwrap();
    house.pass::<Policy>(NS, "guard").await.unwrap();
    house.pass::<Wallet>(NS, "treasury").await.unwrap();
    house.pass::<Strategy>(NS, "rent").await.unwrap();
}

async fn whole() -> House {
    let house = House::new();
    house.apply(TENANT);
    house.pass::<Tenant>("", "acme").await.unwrap();
    for yaml in [POLICY, WALLET, STRATEGY] {
        house.apply(yaml);
    }
    for _ in 0..2 {
        pass_all(&house).await;
        house.roll_out(NS);
    }
    house
}

fn delete(house: &House, what: &str) {
    match what {
        "tenant" => house.api.delete("tenants", "", "acme"),
        "policy" => house.api.delete("policies", NS, "guard"),
        "wallet" => house.api.delete("wallets", NS, "treasury"),
        "strategy" => house.api.delete("strategies", NS, "rent"),
        other => panic!("{other}"),
    }
}

fn orders(rest: &[&'static str]) -> Vec<Vec<&'static str>> {
    if rest.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for (at, first) in rest.iter().enumerate() {
        let mut left = rest.to_vec();
        left.remove(at);
        for order in orders(&left) {
            all.push([vec![*first], order].concat());
        }
    }
    all
}

#[tokio::test]
async fn everything_becomes_ready() {
    let house = whole().await;
    for (plural, name) in [
        ("policies", "guard"),
        ("wallets", "treasury"),
        ("strategies", "rent"),
    ] {
        assert_eq!(
            said(&house.condition(plural, NS, name, "Ready")),
            "True AsAsked",
            "{plural}"
        );
    }
    let wallet = house.api.get("wallets", NS, "treasury").unwrap();
    assert_eq!(
        wallet["status"]["address"],
        house.plane.address("treasury").unwrap()
    );
    assert_eq!(house.plane.policies(), ["guard", "wallet-treasury"]);
    let policy = house.api.get("policies", NS, "guard").unwrap();
    assert_eq!(policy["status"]["referencedBy"], json!(["Wallet/treasury"]));
    assert_eq!(policy["status"]["version"], 1);
    let strategy = house.api.get("strategies", NS, "rent").unwrap();
    assert_eq!(strategy["status"]["nextRunTime"], "2026-03-02T09:00:00Z");
    house.pass::<Tenant>("", "acme").await.unwrap();
    let tenant = house.api.get("tenants", "", "acme").unwrap();
    assert_eq!(
        tenant["status"]["wallets"],
        json!({ "total": 1, "ready": 1, "funded": 0 })
    );
}

#[tokio::test]
async fn a_second_pass_over_each_writes_nothing() {
    let house = whole().await;
    pass_all(&house).await;
    house.api.take_writes();
    house.clock.forward(20);
    pass_all(&house).await;
    assert_eq!(house.api.take_writes(), Vec::<String>::new());
}

#[tokio::test]
async fn no_order_of_deleting_destroys_a_key() {
    for order in orders(&["tenant", "policy", "wallet", "strategy"]) {
        let house = whole().await;
        let address = house.plane.address("treasury").unwrap();
        house.plane.take_calls();
        for what in &order {
            delete(&house, what);
            pass_all(&house).await;
        }
        for _ in 0..4 {
            pass_all(&house).await;
        }
        for plural in [
            "tenants",
            "policies",
            "wallets",
            "strategies",
            "deployments",
            "networkpolicies",
        ] {
            assert_eq!(
                house.api.names(plural),
                Vec::<String>::new(),
                "{order:?}: {plural}"
            );
        }
        // The key is there, and the calls came in the only safe order.
        assert_eq!(
            house.plane.address("treasury").as_ref(),
            Some(&address),
            "{order:?}"
        );
        assert!(!house.plane.is_attached("treasury"), "{order:?}");
        let calls = house.plane.take_calls();
        let last = |call: &str| calls.iter().rposition(|known| known == call);
        let first = |call: &str| calls.iter().position(|known| known == call).unwrap();
        let released = first("wallet_release treasury");
        assert!(
            last("strategy_release rent").unwrap() < released,
            "{order:?}: {calls:?}"
        );
        assert!(
            released < first("policy_release wallet-treasury"),
            "{order:?}: {calls:?}"
        );
        assert!(
            released < first("policy_release guard"),
            "{order:?}: {calls:?}"
        );
        assert!(
            released < first("tenant_release acme"),
            "{order:?}: {calls:?}"
        );
        // Again under the name: the same key, and it is told.
        house.apply(TENANT);
        house.pass::<Tenant>("", "acme").await.unwrap();
        house.apply(POLICY);
        house.apply(WALLET);
        for _ in 0..2 {
            house.pass::<Wallet>(NS, "treasury").await.unwrap();
        }
        assert_eq!(house.plane.address("treasury"), Some(address), "{order:?}");
        let told = house.condition("wallets", NS, "treasury", "Reattached");
        assert_eq!(said(&told), "True Reattached", "{order:?}");
    }
}

#[tokio::test]
async fn what_blocks_is_named_and_the_tenant_stops_paying_at_once() {
    let house = whole().await;
    house.plane.take_calls();
    delete(&house, "tenant");
    for _ in 0..3 {
        house.pass::<Tenant>("", "acme").await.unwrap();
        house.clock.forward(3600);
    }
    let told = house.condition("tenants", "", "acme", "DeletionBlocked");
    assert_eq!(said(&told), "True WalletsExist");
    assert!(told[2].contains("Wallet/treasury"), "{}", told[2]);
    let tenant = house.api.get("tenants", "", "acme").unwrap();
    assert_eq!(
        tenant["status"]["deletion"]["blockedBy"],
        json!(["Strategy/rent", "Wallet/treasury"])
    );
    assert_eq!(
        tenant["status"]["deletion"]["since"],
        "2026-03-01T09:00:00Z"
    );
    assert_eq!(house.condition("tenants", "", "acme", "Ready")[0], "False");
    let calls = house.plane.take_calls();
    assert!(
        calls
            .iter()
            .all(|call| call == "tenant_apply acme suspended"),
        "{calls:?}"
    );
    // However long it takes: the borders stand, and the finalizer stays.
    assert_eq!(house.api.names("networkpolicies").len(), 2);
    assert_eq!(
        tenant["metadata"]["finalizers"],
        json!(["vaultpilot.io/protect"])
    );
}

#[tokio::test]
async fn a_wallet_waits_for_its_strategies_and_its_payments() {
    let house = whole().await;
    house.plane.pending(true);
    delete(&house, "wallet");
    house.pass::<Wallet>(NS, "treasury").await.unwrap();
    let told = house.condition("wallets", NS, "treasury", "DeletionBlocked");
    assert_eq!(said(&told), "True StillReferenced");
    assert!(told[2].contains("Strategy/rent"), "{}", told[2]);
    assert!(house.plane.is_attached("treasury"));
    delete(&house, "strategy");
    pass_all(&house).await;
    house.pass::<Wallet>(NS, "treasury").await.unwrap();
    let told = house.condition("wallets", NS, "treasury", "DeletionBlocked");
    assert_eq!(said(&told), "True TransactionPending");
    // It signs nothing new, and its limits stay until the last payment is through.
    assert!(!house.plane.is_attached("treasury"));
    assert!(
        house
            .plane
            .policies()
            .contains(&"wallet-treasury".to_owned())
    );
    house.plane.pending(false);
    house.pass::<Wallet>(NS, "treasury").await.unwrap();
    assert_eq!(house.api.names("wallets"), Vec::<String>::new());
    assert_eq!(house.plane.policies(), ["guard"]);
}

#[tokio::test]
async fn a_control_plane_that_is_away_holds_every_deletion_up() {
    let house = whole().await;
    house.plane.go_away(true);
    for what in ["strategy", "tenant"] {
        delete(&house, what);
    }
    pass_all(&house).await;
    for (plural, namespace, name) in [("strategies", NS, "rent"), ("tenants", "", "acme")] {
        let told = house.condition(plural, namespace, name, "DeletionBlocked");
        assert_eq!(said(&told), "True ControlPlaneUnreachable", "{plural}");
    }
    assert_eq!(house.api.names("strategies"), ["rent"]);
    house.plane.go_away(false);
    pass_all(&house).await;
    assert_eq!(house.api.names("strategies"), Vec::<String>::new());
}

#[tokio::test]
async fn a_namespace_with_something_foreign_in_it_stays() {
    let house = House::new();
    house.apply(TENANT);
    house.pass::<Tenant>("", "acme").await.unwrap();
    house
        .api
        .put(json!({ "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": { "name": "theirs", "namespace": NS } }));
    delete(&house, "tenant");
    house.pass::<Tenant>("", "acme").await.unwrap();
    assert_eq!(house.api.names("tenants"), Vec::<String>::new());
    assert_eq!(house.api.names("configmaps"), ["theirs"]);
    assert_eq!(house.api.names("networkpolicies"), Vec::<String>::new());
    let namespace = house.api.get("namespaces", "", NS).unwrap();
    assert_eq!(
        namespace["metadata"]["labels"]["vaultpilot.io/tenant"],
        serde_json::Value::Null
    );
}
