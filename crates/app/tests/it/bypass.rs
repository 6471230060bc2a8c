//! `no_policy_bypass`: the executor believes no row; a tampered one is never signed.

use vaultpilot_core::{BaseUnits, Bytes, Effect, IntentId, Token};
use vaultpilot_intent::{Digest, Intent, StateName};
use vaultpilot_policy::{Decision, PolicySet, ReasonCode};
use vaultpilot_ports::Store;
use vaultpilot_ports::control_plane::{TransferRequest, WalletRef};
use vaultpilot_testkit::FakeStore;
use vaultpilot_testkit::fixture::{address, denied, eth, hash, request_id, tenant};

use crate::house::{House, id, payment};

/// A store with the same tenant and wallet, and this intent as if somebody had written it there.
async fn forged(house: &House, intent: &Intent, decision: &Decision) -> FakeStore {
    let store = FakeStore::new();
    let acme = tenant().with_id(house.tenant).named("acme").build();
    assert!(store.tenant_create(&acme).await.unwrap());
    let treasury = house.wallet("treasury").await;
    let mut original = house.store.read(house.tenant).await.unwrap();
    let key = original
        .wallet_key_fetch(treasury.id)
        .await
        .unwrap()
        .unwrap();
    let kek = original.kek_current().await.unwrap().unwrap();
    let mut tx = store.begin(house.tenant).await.unwrap();
    tx.kek_insert(&kek).await.unwrap();
    tx.wallet_insert(&treasury, &key).await.unwrap();
    tx.intent_insert(intent, decision).await.unwrap();
    tx.commit().await.unwrap();
    store
}

/// What a forger changes.
type Tamper = (&'static str, fn(&mut Intent, &mut Decision));

/// What becomes of it when an executor finds it.
async fn executed(house: &House, intent: &Intent, decision: &Decision) -> (StateName, usize) {
    let store = forged(house, intent, decision).await;
    let before = house.keys.signed().len();
    let mut parts = house.executor("one");
    parts.store = std::sync::Arc::new(store.clone());
    house.execute_with(parts);
    house.settle().await;
    let mut view = store.read(house.tenant).await.unwrap();
    let (found, _) = view.intent_fetch(intent.id).await.unwrap().unwrap();
    (found.state.name(), house.keys.signed().len() - before)
}

/// Makes digests fit again, as a careful forger would.
fn reseal(intent: &mut Intent) {
    intent.request_digest = Digest::of_request(intent.tool, intent.wallet, &intent.call);
    intent.action_digest = Digest::of_action(
        intent.request_digest,
        &intent.request_id,
        &intent.policy_version,
    );
}

#[tokio::test(start_paused = true)]
async fn no_policy_bypass_a_tampered_intent_is_never_signed() {
    let house = House::new().await;
    let view = house.pay(&payment("0.1")).await;
    let (honest, decision) = house.intent(id(&view)).await;
    assert_eq!(honest.state.name(), StateName::Authorized);
    // The untouched row is signed: else this test could not fail.
    let (state, signed) = executed(&house, &honest, &decision).await;
    assert_eq!((state, signed), (StateName::Broadcast, 1));

    let tampered: [Tamper; 12] = [
        ("amount of the call", |it, _| it.call.value = eth(50)),
        ("recipient of the call", |it, _| it.call.to = address(0xbad)),
        ("calldata", |it, _| {
            it.call.data = Bytes::from_static(&[1, 2, 3, 4]);
        }),
        ("call and request digest", |it, _| {
            it.call.value = eth(50);
            it.request_digest = Digest::of_request(it.tool, it.wallet, &it.call);
        }),
        ("call and all digests, not the effects", |it, _| {
            it.call.value = eth(50);
            reseal(it);
        }),
        ("effects", |it, _| {
            if let Some(Effect::Outflow { amount, .. }) = it.effects.first_mut() {
                *amount = BaseUnits::ZERO;
            }
        }),
        ("request digest", |it, _| it.request_digest = Digest(hash())),
        ("action digest", |it, _| it.action_digest = Digest(hash())),
        ("request id", |it, _| it.request_id = request_id()),
        ("policy version of the intent", |it, _| {
            "0123456789abcdef".clone_into(&mut it.policy_version);
            reseal(it);
        }),
        ("policy version of the decision", |_, decision| {
            decision.policy_version = PolicySet::new(Vec::new()).version();
        }),
        ("a denial for a decision", |it, decision| {
            let version = decision.policy_version;
            *decision = denied(ReasonCode::PerTxLimit);
            decision.policy_version = version;
            reseal(it);
        }),
    ];
    for (what, tamper) in tampered {
        let (mut intent, mut decision) = (honest.clone(), decision.clone());
        tamper(&mut intent, &mut decision);
        let (state, signed) = executed(&house, &intent, &decision).await;
        assert_eq!((state, signed), (StateName::Refused, 0), "{what}");
    }
}

#[tokio::test(start_paused = true)]
async fn no_policy_bypass_a_wallet_signs_for_its_own_address_only() {
    let house = House::new().await;
    let view = house.pay(&payment("0.1")).await;
    let (honest, decision) = house.intent(id(&view)).await;
    let mut elsewhere = honest.clone();
    elsewhere.from = address(0xbad);
    house.chain.fund(elsewhere.from, Token::Native, eth(100));
    let (state, signed) = executed(&house, &elsewhere, &decision).await;
    assert_eq!((state, signed), (StateName::Authorized, 0));

    let mut other_wallet = honest;
    other_wallet.wallet = vaultpilot_testkit::fixture::wallet_id();
    let (state, signed) = executed(&house, &other_wallet, &decision).await;
    assert_eq!((state, signed), (StateName::Refused, 0));
}

#[tokio::test(start_paused = true)]
async fn no_policy_bypass_waiting_and_over_are_nothing_to_sign() {
    let house = House::new().await;
    let mut ids: Vec<IntentId> = Vec::new();
    ids.push(id(&house.pay(&payment("0.6")).await));
    ids.push(id(&house.pay(&payment("3")).await));
    let request = payment("0.2");
    ids.push(id(&house.pay(&request).await));
    let name = request.request_id.unwrap();
    let cancel =
        vaultpilot_ports::ControlPlane::cancel(house.app.as_ref(), &house.trader, name.as_str());
    cancel.await.unwrap();
    house.execute();
    house.settle().await;
    assert!(house.keys.signed().is_empty());
    assert_eq!(house.used().await, "0.6");
    assert_eq!(ids.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn no_policy_bypass_a_narrower_layer_cannot_widen() {
    let house = House::new().await;
    house.execute();
    house
        .apply(
            r#"
apiVersion: vaultpilot.io/v1alpha1
kind: Policy
metadata: { name: generous }
spec:
  selector: { wallets: ["*"], agents: [trader] }
  chains: ["eip155:31337"]
  tools: { allow: ["*"] }
  assets: [{ chain: "eip155:31337", token: native, perTx: "90", gasPerTx: "1" }]
  recipients: { newRecipient: allow }
"#,
        )
        .await;
    let view = house.pay(&payment("50")).await;
    assert_eq!(view.decision.reasons[0].code, ReasonCode::PerTxLimit);
    house.settle().await;
    assert!(house.keys.signed().is_empty());
    // The tenant's window counts all wallets.
    let other = house.open("petty-cash").await;
    house.chain.fund(other.address, Token::Native, eth(2));
    let mut passed = 0;
    for shop in 0..6 {
        let request = TransferRequest {
            wallet: WalletRef::Id(other.id),
            to: address(0x1000 + shop),
            ..payment("0.4")
        };
        passed += usize::from(house.pay(&request).await.decision.is_allow());
    }
    assert_eq!((passed, house.used().await.as_str()), (4, "1.6"));
    let fits = house.pay(&payment("0.4")).await;
    assert!(fits.decision.is_allow());
    let above = house.pay(&payment("0.01")).await;
    assert_eq!(above.decision.reasons[0].code, ReasonCode::RollingLimit);
}
