//! What is asked of a root, and what is answered from memory.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use futures::future::join_all;
use vaultpilot_core::{Duration, KeyManagement};
use vaultpilot_keys::{Keyring, LocalRootUnwrapper, material};
use vaultpilot_ports::RootUnwrapper;
use vaultpilot_ports::keys::{
    Custodian as _, KekContext, KeyContext, KeyError, KeyWrapper as _, RootSealed, SealedKey,
    Signer as _, TenantKek, WrappedKey,
};
use vaultpilot_secret::Secret;
use vaultpilot_testkit::fixture::{hash, wallet_id};
use vaultpilot_testkit::{MockClock, SeededEntropy};

use crate::place::{context, kek, keyring_over, signed_by, unwrapper, wrapper};

/// A root that counts, takes its time, and refuses when it is told to.
struct Remote {
    root: LocalRootUnwrapper,
    asked: AtomicUsize,
    refusal: Mutex<Option<KeyError>>,
}

impl Remote {
    fn new(current: u64, previous: &[u64]) -> Arc<Self> {
        Arc::new(Self {
            root: unwrapper(current, previous),
            asked: AtomicUsize::new(0),
            refusal: Mutex::new(None),
        })
    }

    fn asked(&self) -> usize {
        self.asked.swap(0, Ordering::Relaxed)
    }

    fn refuse(&self, refusal: Option<KeyError>) {
        *self.refusal.lock().expect("nobody panics") = refusal;
    }

    async fn answer(&self) -> Result<(), KeyError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        // Whoever else is ready to ask does so now.
        for _ in 0..64 {
            tokio::task::yield_now().await;
        }
        let refusal = self.refusal.lock().map(|held| held.clone());
        refusal.unwrap_or_default().map_or(Ok(()), Err)
    }
}

#[async_trait]
impl RootUnwrapper for Remote {
    async fn unwrap(
        &self,
        root: &KeyManagement,
        context: &KekContext,
        sealed: &RootSealed,
    ) -> Result<Secret, KeyError> {
        self.answer().await?;
        self.root.unwrap(root, context, sealed).await
    }

    async fn rewrap(
        &self,
        root: &KeyManagement,
        context: &KekContext,
        sealed: &RootSealed,
    ) -> Result<RootSealed, KeyError> {
        self.answer().await?;
        self.root.rewrap(root, context, sealed).await
    }
}

/// A tenant with wallets, and a keyring over a root that counts.
struct Scene {
    remote: Arc<Remote>,
    clock: MockClock,
    keyring: Keyring,
    kek: TenantKek,
    wallets: Vec<(KeyContext, alloy_primitives::Address, WrappedKey)>,
}

impl Scene {
    async fn new(wallets: usize) -> Self {
        Self::over(Remote::new(1, &[]), wallets).await
    }

    async fn over(remote: Arc<Remote>, wallets: usize) -> Self {
        let (clock, base) = (MockClock::new(), context());
        let kek = kek(1, base, 1).await;
        let wrapper = wrapper(1, Arc::new(SeededEntropy::new(5)));
        let mut made = Vec::new();
        for _ in 0..wallets {
            let context = KeyContext {
                wallet: wallet_id(),
                ..base
            };
            let generated = wrapper.generate(context, &kek).await;
            let (address, key) = generated.expect("a key of this house");
            made.push((context, address, key));
        }
        Self {
            keyring: keyring_over(remote.clone(), &clock),
            remote,
            clock,
            kek,
            wallets: made,
        }
    }

    async fn sign(&self, wallet: usize) -> Result<(), KeyError> {
        self.sign_with(wallet, &self.wallets[wallet].2, &self.kek)
            .await
    }

    async fn sign_with(
        &self,
        wallet: usize,
        key: &WrappedKey,
        kek: &TenantKek,
    ) -> Result<(), KeyError> {
        let (context, address, _) = &self.wallets[wallet];
        let hash = hash();
        let signed = self
            .keyring
            .sign(*context, key, Some(kek), *address, hash)
            .await?;
        assert!(signed_by(*address, hash, &signed));
        Ok(())
    }

    fn named(&self) -> KekContext {
        KekContext {
            tenant: self.wallets[0].0.tenant,
            version: self.kek.version,
        }
    }
}

#[tokio::test]
async fn a_tenants_key_is_asked_for_once() {
    let scene = Scene::new(3).await;
    for _ in 0..4 {
        for wallet in 0..3 {
            scene.sign(wallet).await.unwrap();
        }
    }
    assert_eq!(scene.remote.asked(), 1);
}

#[tokio::test]
async fn all_who_come_at_once_ask_once() {
    let scene = Scene::new(16).await;
    let signed = join_all((0..16).map(|wallet| scene.sign(wallet))).await;
    assert!(signed.iter().all(Result::is_ok), "{signed:?}");
    assert_eq!(scene.remote.asked(), 1);

    // A failure is everybody's who asked, and nobody's who asks next.
    let scene = Scene::new(16).await;
    scene.remote.refuse(Some(KeyError::Throttled));
    let refused = join_all((0..16).map(|wallet| scene.sign(wallet))).await;
    assert!(refused.iter().all(|it| *it == Err(KeyError::Throttled)));
    assert_eq!(scene.remote.asked(), 1);
    scene.remote.refuse(None);
    assert_eq!(scene.sign(0).await, Ok(()));
    assert_eq!(scene.remote.asked(), 1);
}

#[tokio::test]
async fn a_root_that_refuses_is_noticed_when_the_time_is_over() {
    let scene = Scene::new(1).await;
    scene.sign(0).await.unwrap();
    let denied = KeyError::Denied {
        detail: "revoked".to_owned(),
    };
    scene.remote.refuse(Some(denied.clone()));
    scene.clock.advance(Duration::from_secs(299));
    assert_eq!(scene.sign(0).await, Ok(()));
    scene.clock.advance(Duration::from_secs(1));
    // However often it was used in the meantime.
    assert_eq!(scene.sign(0).await, Err(denied.clone()));
    assert_eq!(scene.sign(0).await, Err(denied));
    scene.remote.refuse(None);
    assert_eq!(scene.sign(0).await, Ok(()));
    assert_eq!(scene.remote.asked(), 4);
}

/// A data key is no way around the time of the key-encryption key that opened it.
#[tokio::test]
async fn a_data_key_lasts_no_longer_than_what_opened_it() {
    let scene = Scene::new(2).await;
    scene.sign(0).await.unwrap();
    scene.clock.advance(Duration::from_secs(299));
    assert_eq!(scene.sign(1).await, Ok(()), "the tenant's key is held");
    assert_eq!(scene.remote.asked(), 1);
    scene.remote.refuse(Some(KeyError::ProviderSealed));
    scene.clock.advance(Duration::from_secs(1));
    for wallet in 0..2 {
        assert_eq!(scene.sign(wallet).await, Err(KeyError::ProviderSealed));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn threads_that_come_at_once_ask_once() {
    for _ in 0..16 {
        let scene = Arc::new(Scene::new(16).await);
        let mut signing = tokio::task::JoinSet::new();
        for wallet in 0..16 {
            let scene = Arc::clone(&scene);
            signing.spawn(async move { scene.sign(wallet).await });
        }
        assert_eq!(signing.join_all().await, vec![Ok(()); 16]);
        assert_eq!(scene.remote.asked(), 1);
    }
}

/// What is sealed to a key that nobody can open is lost, once the wrapping before it is purged.
#[tokio::test]
async fn nothing_is_sealed_to_a_key_that_the_root_does_not_open() {
    let scene = Scene::new(1).await;
    let (context, _, key) = &scene.wallets[0];
    let next = kek(1, *context, 2).await;
    // The same seed, so the same public halves and MAC, under a root that is not here.
    let elsewhere = kek(3, *context, 2).await;
    assert_eq!((next.mac, next.seals), (elsewhere.mac, elsewhere.seals));
    let claimed = TenantKek {
        root: next.root.clone(),
        ..elsewhere.clone()
    };
    let garbage = TenantKek {
        wrapped: vec![7; next.wrapped.len()],
        ..next.clone()
    };
    let digits = "1".repeat(64).parse::<alloy_primitives::B256>().unwrap();
    let mut secret = Secret::empty();
    secret.bytes_mut().copy_from_slice(digits.as_slice());
    let recipient = material::recipient(&scene.kek.imports);
    let sealed = material::seal(&secret, &recipient, &SeededEntropy::new(1)).unwrap();
    let sealed = SealedKey(sealed);
    let keyring = &scene.keyring;
    let import = async |to: &TenantKek| {
        let imported = keyring.import(*context, &sealed, &scene.kek, to).await;
        imported.map(drop)
    };
    let rewrap = async |to: &TenantKek| {
        let moved = keyring.rewrap(*context, key, Some(&scene.kek), to).await;
        moved.map(drop)
    };
    for lost in [&elsewhere, &claimed, &garbage] {
        let refused = Err(KeyError::NotUnwrapped);
        assert_eq!(keyring.opens(context.tenant, lost).await, refused);
        assert_eq!(rewrap(lost).await, refused, "{lost:?}");
        assert_eq!(import(lost).await, refused, "{lost:?}");
    }
    scene.remote.asked();
    scene.remote.refuse(Some(KeyError::Throttled));
    assert_eq!(rewrap(&next).await, Err(KeyError::Throttled));
    scene.remote.refuse(None);
    scene.remote.asked();
    for _ in 0..3 {
        assert_eq!(keyring.opens(context.tenant, &next).await, Ok(()));
        assert_eq!(rewrap(&next).await, Ok(()));
        assert_eq!(import(&next).await, Ok(()));
    }
    assert_eq!(scene.remote.asked(), 2, "both keys once");
}

/// What happens to a root is passed on as it is: the caller waits for some of it.
#[tokio::test]
async fn a_roots_own_words_are_passed_on() {
    for refusal in [
        KeyError::ProviderSealed,
        KeyError::Throttled,
        KeyError::TimedOut,
        KeyError::Disabled {
            detail: "by an operator".to_owned(),
        },
        KeyError::NotUnwrapped,
    ] {
        let scene = Scene::new(1).await;
        scene.remote.refuse(Some(refusal.clone()));
        assert_eq!(scene.sign(0).await, Err(refusal.clone()));
        let moved = scene.keyring.rewrap_kek(scene.named(), &scene.kek).await;
        assert_eq!(moved.err(), Some(refusal));
    }
}

#[tokio::test]
async fn a_row_that_changed_is_asked_for_anew() {
    let scene = Scene::new(2).await;
    scene.sign(0).await.unwrap();
    assert_eq!(scene.remote.asked(), 1);
    let mut altered = scene.kek.clone();
    altered.wrapped[40] ^= 1;
    let (_, _, key) = &scene.wallets[1];
    let refused = scene.sign_with(1, key, &altered).await;
    assert_eq!(refused, Err(KeyError::NotUnwrapped));
    assert_eq!(scene.remote.asked(), 1, "it was not taken for the held one");
    // The held one is still there.
    assert_eq!(scene.sign(1).await, Ok(()));
    assert_eq!(scene.remote.asked(), 0);
}

#[tokio::test]
async fn public_halves_that_were_exchanged_open_nothing() {
    let scene = Scene::new(1).await;
    let other = kek(1, scene.wallets[0].0, 2).await;
    for forged in [
        TenantKek {
            seals: other.seals,
            ..scene.kek.clone()
        },
        TenantKek {
            imports: other.imports,
            ..scene.kek.clone()
        },
    ] {
        let refused = scene.sign_with(0, &scene.wallets[0].2, &forged).await;
        assert_eq!(refused, Err(KeyError::NotUnwrapped));
    }
    assert_eq!(scene.sign(0).await, Ok(()));
}

#[tokio::test]
async fn a_root_that_moved_on_takes_a_tenants_key_along() {
    // Root 1 is one of before: root 3 took its place.
    let scene = Scene::over(Remote::new(3, &[1]), 1).await;
    let moved = scene.keyring.rewrap_kek(scene.named(), &scene.kek).await;
    let moved = moved.unwrap().unwrap();
    assert_eq!((moved.version, moved.generation), (1, 2));
    assert_ne!(
        (&moved.root, &moved.wrapped),
        (&scene.kek.root, &scene.kek.wrapped)
    );
    let same = TenantKek {
        generation: 1,
        root: scene.kek.root.clone(),
        wrapped: scene.kek.wrapped.clone(),
        ..moved.clone()
    };
    assert_eq!(same, scene.kek, "all the rest stays");
    assert_eq!(
        scene.remote.asked(),
        2,
        "rewrapped, and opened once to see that it does"
    );

    let key = &scene.wallets[0].2;
    for kek in [&moved, &scene.kek, &moved] {
        assert_eq!(scene.sign_with(0, key, kek).await, Ok(()));
    }
    let again = scene.keyring.rewrap_kek(scene.named(), &moved).await;
    assert_eq!(again, Ok(None));

    // Without the root of before, the new wrapping is what there is.
    let alone = Scene::over(Remote::new(3, &[]), 1).await;
    let sign = async |kek: &TenantKek| {
        let (context, address, key) = &scene.wallets[0];
        let signed = alone
            .keyring
            .sign(*context, key, Some(kek), *address, hash());
        signed.await.map(|_| ())
    };
    assert_eq!(sign(&scene.kek).await, Err(KeyError::NotUnwrapped));
    assert_eq!(sign(&moved).await, Ok(()));
}

/// A root that gives something else back under the same name.
struct Broken(Arc<Remote>);

#[async_trait]
impl RootUnwrapper for Broken {
    async fn unwrap(
        &self,
        root: &KeyManagement,
        context: &KekContext,
        sealed: &RootSealed,
    ) -> Result<Secret, KeyError> {
        self.0.unwrap(root, context, sealed).await
    }

    async fn rewrap(
        &self,
        _: &KeyManagement,
        _: &KekContext,
        _: &RootSealed,
    ) -> Result<RootSealed, KeyError> {
        Ok(RootSealed {
            root: self.0.root.root().to_string(),
            bytes: vec![2; 81],
        })
    }
}

#[tokio::test]
async fn what_a_root_wrapped_anew_must_open() {
    let scene = Scene::new(1).await;
    let broken = Arc::new(Broken(Remote::new(3, &[1])));
    let keyring = keyring_over(broken, &scene.clock);
    let moved = keyring.rewrap_kek(scene.named(), &scene.kek).await;
    assert_eq!(moved.err(), Some(KeyError::NotUnwrapped));
}

/// The private key's part is copied, not opened: one that opens for nobody moves all the same.
#[tokio::test]
async fn no_private_key_is_opened_by_a_rotation() {
    let scene = Scene::new(1).await;
    let (context, _, key) = &scene.wallets[0];
    let mut envelope: serde_json::Value = serde_json::from_slice(&key.envelope).unwrap();
    let sealed = envelope["key"]["sealed"].as_str().unwrap().to_owned();
    let broken = "0".repeat(sealed.len());
    let text = String::from_utf8(key.envelope.clone()).unwrap();
    let corrupt = WrappedKey {
        envelope: text.replace(&sealed, &broken).into_bytes(),
        ..key.clone()
    };
    let refused = scene.sign_with(0, &corrupt, &scene.kek).await;
    assert_eq!(refused, Err(KeyError::NotUnwrapped));

    let next = kek(1, *context, 2).await;
    for (row, part) in [(&corrupt, &broken), (key, &sealed)] {
        let moved = scene
            .keyring
            .rewrap(*context, row, Some(&scene.kek), &next)
            .await
            .unwrap();
        envelope = serde_json::from_slice(&moved.envelope).unwrap();
        assert_eq!(envelope["key"]["sealed"].as_str(), Some(part.as_str()));
        assert_eq!(envelope["dek"]["kek"], 2);
    }
}

/// Nothing else that a rotation may move is lost on the way.
#[tokio::test]
async fn another_generation_of_a_row_is_the_same_key() {
    let scene = Scene::new(1).await;
    let mut row = scene.wallets[0].2.clone();
    row.generation = u32::MAX;
    assert_eq!(scene.sign_with(0, &row, &scene.kek).await, Ok(()));
    let next = kek(1, scene.wallets[0].0, 2).await;
    let moved = scene
        .keyring
        .rewrap(scene.wallets[0].0, &row, Some(&scene.kek), &next)
        .await;
    assert_eq!(
        moved.err(),
        Some(KeyError::Envelope),
        "no generation is left"
    );
}

#[tokio::test]
async fn keys_that_live_elsewhere_are_somebody_elses() {
    let scene = Scene::new(1).await;
    let (context, address, key) = &scene.wallets[0];
    let elsewhere = WrappedKey {
        provider: vaultpilot_keys::EXTERNAL.to_owned(),
        kek: None,
        ..key.clone()
    };
    let signed = scene
        .keyring
        .sign(*context, &elsewhere, None, *address, hash())
        .await;
    let provider = "aws-kms-key";
    assert_eq!(signed, Err(KeyError::NotConfigured { provider }));
    let moved = scene
        .keyring
        .rewrap(*context, &elsewhere, None, &scene.kek)
        .await;
    assert!(matches!(moved, Err(KeyError::Unsupported { .. })));
    let export = vaultpilot_ports::keys::Export::Age {
        recipient: String::new(),
    };
    let left = scene
        .keyring
        .export(*context, &elsewhere, None, *address, &export, &scene.kek)
        .await;
    assert!(matches!(left, Err(KeyError::Unsupported { .. })));
    let wrapper = wrapper(1, Arc::new(SeededEntropy::new(5)));
    let tenant = vaultpilot_testkit::fixture::label("acme");
    let adopted = wrapper.adopt(*context, &tenant, "arn").await;
    assert_eq!(adopted.err(), Some(KeyError::NotConfigured { provider }));
}
