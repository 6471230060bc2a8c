//! G7: what a signature of the house costs, against the bare libraries, in interleaved rounds.
//!
//! Ours is everything between an intent on record and its signature: both digests and the effects
//! made again from the call, the data key from memory, the private key unwrapped with it (AES-GCM),
//! the address compared, signed, and all of it erased. The bare libraries sign with a key that lies
//! open. Nothing here judges: one line of JSON is printed.
#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark measures by the clock of the machine"
)]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use futures::executor::block_on;
use vaultpilot_core::{B256, Duration, KeyManagement};
use vaultpilot_intent::{Digest, Intent};
use vaultpilot_keys::{
    Holding, KekMac, Keyring, KeyringParts, LocalRootUnwrapper, Lock, RootKey, Roots, Wrapper,
    WrapperParts,
};
use vaultpilot_ports::keys::{
    KekContext, KeyContext, KeyWrapper as _, Signer as _, TenantKek, WrappedKey,
};
use vaultpilot_testkit::fixture::{transfer, wallet};
use vaultpilot_testkit::{MockClock, SeededEntropy};

/// One of the ways to sign, once.
type Way<'a> = Box<dyn FnMut(B256) + 'a>;

/// How many signatures a round has.
const SIGNATURES: u32 = 2_000;

struct House {
    intent: Intent,
    context: KeyContext,
    kek: TenantKek,
    key: WrappedKey,
    keyring: Keyring,
}

fn main() {
    // Cargo itself hands `--bench` to whatever it starts.
    let quick = std::env::args().any(|word| word == "--quick");
    let rounds = if quick { 5 } else { 25 };
    let house = House::build();
    let seed = [0x42; 32];
    let curve = secp256k1::Secp256k1::signing_only();
    let open = secp256k1::SecretKey::from_byte_array(seed).expect("a key");
    let other = k256::ecdsa::SigningKey::from_slice(&seed).expect("a key");
    let mut ways: [(&str, Way<'_>); 4] = [
        (
            "libsecp256k1",
            Box::new(|hash| {
                let message = secp256k1::Message::from_digest(hash.0);
                black_box(curve.sign_ecdsa_recoverable(message, black_box(&open)));
            }),
        ),
        (
            "k256",
            Box::new(|hash| {
                let signed = black_box(&other).sign_prehash_recoverable(hash.as_slice());
                black_box(signed.expect("a hash anybody can sign"));
            }),
        ),
        (
            "libsecp256k1_public_key",
            Box::new(|_| {
                black_box(secp256k1::PublicKey::from_secret_key(
                    &curve,
                    black_box(&open),
                ));
            }),
        ),
        ("vaultpilot", Box::new(|hash| house.sign(hash))),
    ];
    let mut times = ways.each_ref().map(|_| Vec::new());
    for _ in 0..rounds {
        for ((_, way), times) in ways.iter_mut().zip(&mut times) {
            times.push(round(way));
        }
    }
    let medians = times.map(median);
    let per_second = medians.map(|nanos| 1e9 / nanos);
    let figures: Vec<String> = ways
        .iter()
        .zip(per_second)
        .map(|((name, _), figure)| format!("\"{name}_per_s\":{figure:.0}"))
        .collect();
    println!(
        "{{\"rounds\":{rounds},\"signatures\":{SIGNATURES},{},\"vaultpilot_to_libsecp256k1\":{:.3}}}",
        figures.join(","),
        per_second[3] / per_second[0]
    );
}

/// Nanoseconds for one signature.
fn round(way: &mut Way<'_>) -> f64 {
    let mut hash = B256::ZERO;
    let start = Instant::now();
    for number in 0..SIGNATURES {
        hash.0[..4].copy_from_slice(&number.to_be_bytes());
        way(hash);
    }
    start.elapsed().as_secs_f64() * 1e9 / f64::from(SIGNATURES)
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

impl House {
    /// A tenant and a wallet under a local root, signed with once: what is opened is in memory.
    fn build() -> Self {
        let entropy = Arc::new(SeededEntropy::new(1));
        let clock = Arc::new(MockClock::new());
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("kek.json");
        let root = RootKey::create(&path, Lock::File, entropy.as_ref()).expect("a new root");
        let mac = || KekMac::new(&[7; 32]);
        let wrapper = Wrapper::new(WrapperParts {
            roots: Roots::local(Arc::new(root.wrapper(entropy.clone()))),
            external: None,
            mac: mac(),
            entropy: entropy.clone(),
            clock: clock.clone(),
        });
        let keyring = Keyring::new(KeyringParts {
            roots: Roots::local(Arc::new(LocalRootUnwrapper::new(
                root,
                Vec::new(),
                entropy.clone(),
            ))),
            first: None,
            external: None,
            mac: mac(),
            entropy,
            clock,
            holding: Holding {
                ttl: Duration::from_hours(1),
                ..Holding::default()
            },
        });
        let plain = wallet().build();
        let context = KeyContext {
            tenant: plain.tenant,
            wallet: plain.id,
            version: 1,
        };
        let of = KekContext {
            tenant: plain.tenant,
            version: 1,
        };
        let kek = block_on(wrapper.kek(&KeyManagement::Local, of));
        let kek = kek.expect("a key-encryption key");
        let made = block_on(wrapper.generate(context, &kek));
        let (address, key) = made.expect("a key");
        let house = Self {
            intent: transfer(&wallet().at_address(address).build()).build(),
            context,
            kek,
            key,
            keyring,
        };
        house.sign(B256::ZERO);
        house
    }

    /// As the executor does it.
    fn sign(&self, hash: B256) {
        assert!(is_what_was_judged(black_box(&self.intent)));
        let Self {
            intent,
            context,
            kek,
            key,
            keyring,
        } = self;
        let signed = block_on(keyring.sign(*context, key, Some(kek), intent.from, hash));
        black_box(signed.expect("its own key"));
    }
}

/// The executor's check, step by step: `app` stands above this crate, so it is spelled out.
fn is_what_was_judged(intent: &Intent) -> bool {
    let request = Digest::of_request(intent.tool, intent.wallet, &intent.call);
    let action = Digest::of_action(request, &intent.request_id, &intent.policy_version);
    request == intent.request_digest
        && action == intent.action_digest
        && vaultpilot_protocol::decode(intent.from, &intent.call) == intent.effects
}
