//! Several deciding processes on one store: none believes what it remembers when it moves money, and
//! none remembers what it may have missed.

use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use vaultpilot_app::{ApplyPolicy, Feed, KeyCreate};
use vaultpilot_core::Role;
use vaultpilot_policy::Document;
use vaultpilot_ports::control_plane::{PaymentStatus, WalletRef};
use vaultpilot_ports::store::{Hint, Hints};
use vaultpilot_ports::{ControlPlane, Fault};
use vaultpilot_testkit::fixture::label;

use crate::house::{GUARD, House, code, payment, treasury};

/// Hints as a test gives them; then nothing is heard any more.
struct Told(mpsc::UnboundedReceiver<Hint>);

#[async_trait]
impl Hints for Told {
    async fn next(&mut self) -> Hint {
        match self.0.recv().await {
            Some(hint) => hint,
            None => std::future::pending().await,
        }
    }
}

/// Lets the relay hear what was told.
async fn heard() {
    tokio::time::sleep(Duration::from_millis(1)).await;
}

fn tightened() -> ApplyPolicy {
    let yaml = GUARD.replace("perTx: \"1\"", "perTx: \"0.01\"");
    ApplyPolicy {
        document: Document::from_yaml(&yaml).unwrap(),
        dry_run: false,
    }
}

#[tokio::test(start_paused = true)]
async fn a_policy_changed_elsewhere_binds_the_next_payment_without_a_hint() {
    let house = House::new().await;
    let other = house.beside(&Feed::default());
    let first = other
        .transfer(&house.trader, &payment("0.1"))
        .await
        .unwrap();
    assert_eq!(first.status, PaymentStatus::Submitted);
    house
        .app
        .policy_apply(&house.owner, &tightened())
        .await
        .unwrap();
    let second = other
        .transfer(&house.trader, &payment("0.2"))
        .await
        .unwrap();
    assert_eq!(second.status, PaymentStatus::Denied, "{}", second.message);
}

#[tokio::test(start_paused = true)]
async fn a_wallet_frozen_elsewhere_pays_nothing_without_a_hint() {
    let house = House::new().await;
    let other = house.beside(&Feed::default());
    other
        .transfer(&house.trader, &payment("0.1"))
        .await
        .unwrap();
    house
        .app
        .person_wallet_freeze(&house.owner, &treasury(), "stolen laptop")
        .await
        .unwrap();
    let view = other
        .transfer(&house.trader, &payment("0.2"))
        .await
        .unwrap();
    assert_eq!(view.status, PaymentStatus::Denied, "{}", view.message);
}

/// A key of an agent, its secret, and two processes that have met it; the second hears through the
/// sender that is given.
async fn revoked_elsewhere(
    house: &House,
    hints: &mpsc::UnboundedSender<Hint>,
    told: Told,
) -> Result<vaultpilot_core::Caller, Fault> {
    let feed = Feed::default();
    let other = house.beside(&feed);
    let stop = CancellationToken::new();
    let relay = TaskTracker::new().spawn(feed.relay(Box::new(told), stop.clone()));
    hints.send(Hint::Heard).unwrap();
    heard().await;
    let request = KeyCreate {
        name: label("bot"),
        role: Role::Agent,
        scopes: None,
        expires_in_days: None,
    };
    let created = house.app.key_create(&house.owner, &request).await.unwrap();
    let secret = SecretString::from(created.secret.expose().to_owned());
    other
        .authenticate(&label("acme"), &secret, None)
        .await
        .unwrap();
    let id = created.key.id.parse().unwrap();
    house.app.key_revoke(&house.owner, id).await.unwrap();
    hints
        .send(Hint::Changed {
            tenant: house.tenant,
        })
        .unwrap();
    heard().await;
    let answer = other.authenticate(&label("acme"), &secret, None).await;
    stop.cancel();
    relay.await.unwrap();
    answer
}

#[tokio::test(start_paused = true)]
async fn a_key_revoked_elsewhere_is_refused_once_that_is_heard() {
    let house = House::new().await;
    let (hints, told) = mpsc::unbounded_channel();
    let refused = revoked_elsewhere(&house, &hints, Told(told)).await;
    assert_eq!(code(refused), "unauthenticated");
}

#[tokio::test(start_paused = true)]
async fn while_nothing_is_heard_nothing_is_remembered() {
    let house = House::new().await;
    let feed = Feed::default();
    let other = house.beside(&feed);
    let (hints, told) = mpsc::unbounded_channel();
    let stop = CancellationToken::new();
    let relay = TaskTracker::new().spawn(feed.relay(Box::new(Told(told)), stop.clone()));
    hints.send(Hint::Heard).unwrap();
    heard().await;
    assert!(other.policy(&house.trader, &treasury()).await.is_ok());
    hints.send(Hint::Lost).unwrap();
    heard().await;
    let before = other.policy(&house.trader, &treasury()).await.unwrap();
    // Nobody tells: the connection is down.
    house
        .app
        .policy_apply(&house.owner, &tightened())
        .await
        .unwrap();
    let after = other.policy(&house.trader, &treasury()).await.unwrap();
    assert_ne!(before.policy_version, after.policy_version);
    let frozen = house
        .app
        .person_wallet_freeze(&house.owner, &treasury(), "stolen laptop")
        .await
        .unwrap();
    let id = WalletRef::Id(frozen.id.parse().unwrap());
    let seen = other.person_wallet(&house.owner, &id).await.unwrap();
    assert_eq!(seen.state, "frozen");
    stop.cancel();
    relay.await.unwrap();
}
