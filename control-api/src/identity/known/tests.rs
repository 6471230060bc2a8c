use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};
use vaultpilot_core::{Clock as _, Duration, clock};
use vaultpilot_testkit::MockClock;

use super::{KnownTokens, MOST};
use crate::identity::{Account, TokenVerifier, VerifierDown, Workload};

/// Knows every token that begins with `good`; `short` ones end in 5 s; is down for `down`.
struct Cluster {
    clock: MockClock,
    asked: AtomicUsize,
}

#[async_trait]
impl TokenVerifier for Cluster {
    async fn verify(&self, token: &SecretString) -> Result<Option<Workload>, VerifierDown> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let token = token.expose_secret();
        if token == "down" {
            return Err(VerifierDown("no answer".into()));
        }
        let soon = clock::after(self.clock.now(), Duration::from_secs(5));
        Ok(token.starts_with("good").then(|| Workload {
            account: Account::new("vp-acme", "mcp-runtime"),
            pod: None,
            expires_at: token.ends_with("short").then_some(soon),
        }))
    }
}

struct House {
    clock: MockClock,
    cluster: Arc<Cluster>,
    known: KnownTokens,
}

impl House {
    fn new() -> Self {
        let clock = MockClock::new();
        let cluster = Arc::new(Cluster {
            clock: clock.clone(),
            asked: AtomicUsize::new(0),
        });
        let known = KnownTokens::new(cluster.clone(), Arc::new(clock.clone()));
        Self {
            clock,
            cluster,
            known,
        }
    }

    async fn is_good(&self, token: &str) -> Option<bool> {
        let answer = self.known.verify(&SecretString::from(token)).await;
        answer.ok().map(|known| known.is_some())
    }

    fn asked(&self) -> usize {
        self.cluster.asked.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn a_good_token_is_asked_about_once_a_minute() {
    let house = House::new();
    for _ in 0..9 {
        assert_eq!(house.is_good("good").await, Some(true));
    }
    assert_eq!(house.asked(), 1);
    house.clock.advance(Duration::from_mins(1));
    assert_eq!(house.is_good("good").await, Some(true));
    assert_eq!(house.asked(), 2);
}

#[tokio::test]
async fn no_token_is_remembered_longer_than_it_lives() {
    let house = House::new();
    assert_eq!(house.is_good("good, short").await, Some(true));
    house.clock.advance(Duration::from_secs(5));
    assert_eq!(house.is_good("good, short").await, Some(true));
    assert_eq!(house.asked(), 2);
}

#[tokio::test]
async fn a_bad_token_is_remembered_for_a_moment() {
    let house = House::new();
    assert_eq!(house.is_good("bad").await, Some(false));
    assert_eq!(house.is_good("bad").await, Some(false));
    assert_eq!(house.asked(), 1);
    house.clock.advance(Duration::from_secs(10));
    assert_eq!(house.is_good("bad").await, Some(false));
    assert_eq!(house.asked(), 2);
}

#[tokio::test]
async fn not_knowing_is_not_remembered() {
    let house = House::new();
    assert_eq!(house.is_good("down").await, None);
    assert_eq!(house.is_good("down").await, None);
    assert_eq!(house.asked(), 2);
}

#[tokio::test]
async fn bad_tokens_push_no_good_one_out_and_fill_nothing() {
    let house = House::new();
    assert_eq!(house.is_good("good").await, Some(true));
    for n in 0..MOST + 100 {
        assert_eq!(house.is_good(&format!("bad {n}")).await, Some(false));
    }
    let asked = house.asked();
    assert_eq!(house.is_good("good").await, Some(true));
    assert_eq!(house.asked(), asked, "still remembered");
    assert_eq!(house.known.bad.0.lock().unwrap().len(), MOST);
}

#[tokio::test]
async fn what_is_too_long_to_be_a_token_is_not_asked_about() {
    let house = House::new();
    assert_eq!(house.is_good(&"good".repeat(10_000)).await, Some(false));
    assert_eq!(house.asked(), 0);
}
