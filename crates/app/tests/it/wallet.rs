//! `keys_are_never_overwritten`: a label is a wallet, once.

use std::collections::BTreeSet;

use tokio::task::JoinSet;
use vaultpilot_core::{BaseUnits, Role, Token};
use vaultpilot_ports::ControlPlane;
use vaultpilot_ports::control_plane::{CreateWallet, FaucetRequest, ListQuery};
use vaultpilot_testkit::fixture::{CHAIN, OTHER_CHAIN, eth, label};

use crate::house::{House, code, id, payment, treasury};

#[tokio::test(start_paused = true)]
async fn keys_are_never_overwritten_by_creations_at_once() {
    let house = House::new().await;
    let mut racing = JoinSet::new();
    for n in 0..10 {
        let app = house.app.clone();
        let caller = if n % 2 == 0 {
            house.trader.clone()
        } else {
            house.owner.clone()
        };
        let request = CreateWallet {
            label: label("savings"),
            chains: vec![],
        };
        racing.spawn(async move { app.wallet_create(&caller, &request).await.unwrap().address });
    }
    let addresses: BTreeSet<String> = racing.join_all().await.into_iter().collect();
    assert_eq!(addresses.len(), 1);
    let again = house.open("savings").await;
    assert!(addresses.contains(&again.address.to_checksum(None)));
    let listed = house
        .app
        .wallet_list(&house.trader, &ListQuery::default())
        .await
        .unwrap();
    assert_eq!(listed.items.len(), 2);
    let created = house.audit().await;
    let created = created
        .iter()
        .filter(|it| it.draft.action.as_str() == "wallet.created");
    assert_eq!(created.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn keys_are_never_overwritten_the_old_key_still_signs() {
    let house = House::new().await;
    house.execute();
    let before = house.wallet("treasury").await;
    for caller in [&house.trader, &house.owner] {
        let request = CreateWallet {
            label: label("treasury"),
            chains: vec![CHAIN],
        };
        house.app.wallet_create(caller, &request).await.unwrap();
        house
            .app
            .person_wallet_create(&house.owner, &request)
            .await
            .unwrap();
    }
    assert_eq!(house.wallet("treasury").await, before);
    let view = house.pay(&payment("0.1")).await;
    assert_eq!(house.finish(id(&view)).await.from, before.address);
}

#[tokio::test(start_paused = true)]
async fn a_wallet_is_on_configured_chains_only() {
    let house = House::new().await;
    let request = CreateWallet {
        label: label("far"),
        chains: vec![OTHER_CHAIN],
    };
    assert_eq!(
        code(house.app.wallet_create(&house.trader, &request).await),
        "chain_unknown"
    );
    let viewer = house.caller("vera", Role::Viewer).await;
    let request = CreateWallet {
        label: label("near"),
        chains: vec![],
    };
    assert_eq!(
        code(house.app.person_wallet_create(&viewer, &request).await),
        "forbidden"
    );
}

#[tokio::test(start_paused = true)]
async fn the_faucet_gives_within_bounds() {
    let house = House::new().await;
    let ask = |amount: Option<BaseUnits>| FaucetRequest {
        wallet: treasury(),
        chain: CHAIN,
        amount,
    };
    let give = async |amount| house.app.faucet(&house.trader, &ask(amount)).await;
    assert_eq!(
        code(give(Some(BaseUnits::ZERO)).await),
        "amount_out_of_range"
    );
    assert_eq!(code(give(Some(eth(101))).await), "amount_out_of_range");
    assert_eq!(give(None).await.unwrap().amount, "1");
    let address = house.wallet("treasury").await.address;
    assert_eq!(house.chain.balance_of(address, Token::Native), eth(101));
}
