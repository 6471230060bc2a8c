use vaultpilot_core::{Asset, BaseUnits, Effect};
use vaultpilot_ports::Store as _;
use vaultpilot_testkit::FakeStore;
use vaultpilot_testkit::fixture::{
    CHAIN, OTHER_CHAIN, address, allowed, second, tenant, transfer, wallet,
};

use super::known;

/// One call that pays one address in two assets.
#[tokio::test]
async fn a_recipient_is_as_known_as_in_the_least_known_asset() {
    let store = FakeStore::default();
    let tenant = tenant().build();
    assert!(store.tenant_create(&tenant).await.unwrap());
    let ours = wallet().of(tenant.id).build();
    let (to, token) = (address(0xaa), address(0x70));
    let pays = |asset| Effect::Outflow {
        asset,
        amount: BaseUnits::ZERO,
        recipient: to,
    };
    let coins = [pays(Asset::native(CHAIN))];
    let tokens = [pays(Asset::erc20(CHAIN, token))];
    let both = [&coins[..], &tokens[..]].concat();
    let turned = [&tokens[..], &coins[..]].concat();
    let elsewhere = [pays(Asset::native(OTHER_CHAIN))];
    let first_paid = async |effects: &[Effect]| {
        let mut view = store.read(tenant.id).await.unwrap();
        let known = known(view.as_mut(), ours.id, effects).await.unwrap();
        known.get(&to).map(|facts| facts.first_paid_at)
    };
    let pay = |at: i64| transfer(&ours).to(to).created_at(second(at)).final_(1);
    for (payment, in_token, in_both) in [
        (pay(5).in_token(token), Some(second(5)), None),
        (pay(9), Some(second(5)), Some(second(9))),
    ] {
        let mut tx = store.begin(tenant.id).await.unwrap();
        tx.intent_insert(&payment.build(), &allowed())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(first_paid(&tokens).await, in_token);
        assert_eq!(first_paid(&coins).await, in_both);
        assert_eq!(first_paid(&both).await, in_both);
        assert_eq!(first_paid(&turned).await, in_both);
        assert_eq!(first_paid(&elsewhere).await, None);
    }
}
