//! Keys that cannot be used: payments wait in their place, somebody hears of it once, the provider
//! is not hammered, and nothing is lost or signed twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use vaultpilot_core::{Address, B256};
use vaultpilot_intent::StateName;
use vaultpilot_ports::Signer;
use vaultpilot_ports::keys::{KeyContext, KeyError, Signature, TenantKek, WrappedKey};
use vaultpilot_testkit::FakeKeys;
use vaultpilot_testkit::fixture::{address, milli_eth};

use crate::house::{House, SHOP, id, payment};

/// Counts how often keys are asked for.
struct Counting {
    keys: FakeKeys,
    asked: AtomicUsize,
}

#[async_trait]
impl Signer for Counting {
    async fn sign(
        &self,
        context: KeyContext,
        key: &WrappedKey,
        kek: Option<&TenantKek>,
        address: Address,
        hash: B256,
    ) -> Result<Signature, KeyError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.keys.sign(context, key, kek, address, hash).await
    }
}

fn counting(house: &House) -> Arc<Counting> {
    Arc::new(Counting {
        keys: house.keys.clone(),
        asked: AtomicUsize::new(0),
    })
}

fn all() -> Vec<KeyError> {
    let detail = || "by the test".to_owned();
    vec![
        KeyError::ProviderSealed,
        KeyError::Denied { detail: detail() },
        KeyError::Disabled { detail: detail() },
        KeyError::Throttled,
        KeyError::TimedOut,
        KeyError::Unavailable { detail: detail() },
        KeyError::NotUnwrapped,
        KeyError::Envelope,
        KeyError::KekForged,
        KeyError::KekMissing { version: 1 },
        KeyError::WrongAddress,
        KeyError::NotConfigured { provider: "vault" },
    ]
}

#[tokio::test(start_paused = true)]
async fn no_lost_intent_when_keys_cannot_be_used_payments_wait_and_resume() {
    for error in all() {
        let house = House::new().await;
        let signer = counting(&house);
        let mut parts = house.executor("one");
        parts.signer = signer.clone();
        house.keys.refuse_unwrapping(Some(error.clone()));
        house.execute_with(parts);
        let view = house.pay(&payment("0.1")).await;
        // Two minutes, in which hints keep coming.
        for _ in 0..240 {
            house.clock.advance(Duration::from_millis(500));
            house.feed.tell(vaultpilot_app::Moved {
                tenant: house.tenant,
                intent: id(&view),
                state: StateName::Authorized,
            });
            tokio::time::sleep(Duration::from_millis(150)).await;
        }
        let (intent, _) = house.intent(id(&view)).await;
        assert_eq!(intent.state.name(), StateName::Authorized, "{error:?}");
        assert!(!house.reserved().await.is_zero(), "its money is held");
        let asked = signer.asked.load(Ordering::SeqCst);
        assert!((6..=10).contains(&asked), "{error:?} asked {asked} times");
        let alerts = house.notices.alerts();
        assert_eq!(alerts.len(), 1, "{error:?}: {alerts:?}");
        assert!(alerts[0].contains(error.code()), "{alerts:?}");
        let person = alerts[0].contains("until a person has looked");
        assert_eq!(person, !error.is_passing(), "{alerts:?}");

        house.keys.refuse_unwrapping(None);
        house.clock.advance(Duration::from_secs(31));
        house.until(id(&view), StateName::Broadcast).await;
        house.finish(id(&view)).await;
        assert_eq!(house.keys.signed().len(), 1, "signed once");
        assert_eq!(house.balance(address(SHOP)), milli_eth(100));
        let alerts = house.notices.alerts();
        assert!(
            alerts.len() == 2 && alerts[1].contains("signs again"),
            "{alerts:?}"
        );
        house.audit().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_short_trouble_is_no_news() {
    let house = House::new().await;
    house.keys.refuse_unwrapping(Some(KeyError::Throttled));
    house.execute();
    let view = house.pay(&payment("0.1")).await;
    house.settle().await;
    house.keys.refuse_unwrapping(None);
    house.clock.advance(Duration::from_secs(2));
    house.until(id(&view), StateName::Broadcast).await;
    house.finish(id(&view)).await;
    assert!(house.notices.alerts().is_empty());
}

#[tokio::test(start_paused = true)]
async fn every_wallet_is_under_the_tenants_key_from_the_first() {
    use vaultpilot_ports::Store;

    let house = House::new().await;
    let treasury = house.wallet("treasury").await;
    let mut view = house.store.read(house.tenant).await.unwrap();
    let key = view.wallet_key_fetch(treasury.id).await.unwrap().unwrap();
    assert_eq!(key.kek, Some(1));
    let created = house
        .audit()
        .await
        .into_iter()
        .filter(|entry| entry.draft.action == vaultpilot_audit::Action::KekCreated);
    assert_eq!(created.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_does_not_wrap_makes_no_key_and_says_which() {
    use vaultpilot_ports::Store;
    use vaultpilot_ports::control_plane::CreateWallet;
    use vaultpilot_testkit::fixture::label;

    let house = House::new().await;
    let (tenant, _) = house
        .app
        .tenant_ensure(&label("beta"), &vaultpilot_core::KeyManagement::Local)
        .await
        .unwrap();
    let owner = vaultpilot_core::Caller {
        tenant: tenant.id,
        ..house.owner.clone()
    };
    let request = CreateWallet {
        label: label("till"),
        chains: vec![],
    };
    for error in all().into_iter().take(6) {
        house.keys.refuse_wrapping(Some(error.clone()));
        let asked = house.app.person_wallet_create(&owner, &request).await;
        let fault = asked.unwrap_err();
        assert_eq!(fault.code(), error.code());
        assert!(fault.is_retryable());
        let status = house.app.custody_status(&owner).await.unwrap();
        assert!(status.recipient.is_none());
        assert!(status.trouble.unwrap().starts_with(error.code()));
    }
    let mut view = house.store.read(tenant.id).await.unwrap();
    assert!(view.kek_current().await.unwrap().is_none());
    drop(view);
    house.keys.refuse_wrapping(None);
    assert!(
        house
            .app
            .person_wallet_create(&owner, &request)
            .await
            .is_ok()
    );
}
