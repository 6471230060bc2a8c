//! Signatures of keys that never leave KMS.

use futures::future::join_all;
use secp256k1::ecdsa::{RecoverableSignature, RecoveryId};
use secp256k1::{Message, Secp256k1};
use vaultpilot_core::{Address, B256, U256};
use vaultpilot_keys_kms::{Kms, KmsOptions, KmsSigner};
use vaultpilot_ports::keys::{KeyContext, KeyError, Signature, Signer as _, WrappedKey};
use vaultpilot_testkit::fixture::{hash, tenant_id, wallet_id};
use vaultpilot_testkit::kms::ADMIN;

use crate::ground::{Adopted, adopted, connect, options, server};

/// Half of the order of secp256k1, rounded down.
const HALF_ORDER: U256 = U256::from_limbs([
    0xdfe9_2f46_681b_20a0,
    0x5d57_6e73_57a4_501d,
    0xffff_ffff_ffff_ffff,
    0x7fff_ffff_ffff_ffff,
]);

/// Whose signature it is, by another implementation of the curve than the signer's.
fn recovered(hash: B256, signature: &Signature) -> Address {
    let mut compact = [0; 64];
    compact[..32].copy_from_slice(&signature.r.to_be_bytes::<32>());
    compact[32..].copy_from_slice(&signature.s.to_be_bytes::<32>());
    let parity = RecoveryId::try_from(i32::from(signature.y_parity)).unwrap();
    let signature = RecoverableSignature::from_compact(&compact, parity).unwrap();
    let key = Secp256k1::new().recover_ecdsa(Message::from_digest(hash.0), &signature);
    Address::from_raw_public_key(&key.unwrap().serialize_uncompressed()[1..])
}

async fn sign(signer: &KmsSigner, by: &Adopted, hash: B256) -> Result<Signature, KeyError> {
    let Adopted {
        context,
        key,
        address,
        ..
    } = by;
    signer.sign(*context, key, None, *address, hash).await
}

#[tokio::test]
async fn every_signature_is_the_addresses_and_low() {
    const COUNT: usize = 256;
    let kms = connect().await;
    let (key, signer) = (adopted(&kms).await, kms.signer());
    let hashes: Vec<B256> = (0..COUNT).map(|_| hash()).collect();
    let mut parities = [0, 0];
    for sixteen in hashes.chunks(16) {
        let answers = join_all(sixteen.iter().map(|hash| sign(&signer, &key, *hash)));
        for (hash, signature) in sixteen.iter().zip(answers.await) {
            let signature = signature.unwrap();
            assert_eq!(recovered(*hash, &signature), key.address);
            assert!(signature.s <= HALF_ORDER, "EIP-2");
            parities[usize::from(signature.y_parity)] += 1;
        }
    }
    // The odds against fewer than 64 of 256 on either side are those of a coin: above 10^15 to one.
    let upper = server().upper(&key.arn).await;
    assert!((64..=192).contains(&upper), "{upper} had to be turned over");
    assert!(parities.iter().all(|count| *count >= 64), "{parities:?}");
    assert_eq!(server().calls(&key.arn, "Sign").await, COUNT as u64);
}

/// The executor stores the first one and never asks for another.
#[tokio::test]
async fn two_signatures_over_one_hash_differ() {
    let kms = connect().await;
    let (key, signer) = (adopted(&kms).await, kms.signer());
    let hash = hash();
    let one = sign(&signer, &key, hash).await.unwrap();
    let two = sign(&signer, &key, hash).await.unwrap();
    assert_ne!(one, two);
    assert_eq!(recovered(hash, &one), recovered(hash, &two));
}

#[tokio::test]
async fn it_signs_for_its_address_in_its_context_only() {
    let kms = connect().await;
    let (key, other) = (adopted(&kms).await, adopted(&kms).await);
    let signer = kms.signer();
    for address in [other.address, Address::ZERO] {
        let wrong = Adopted {
            address,
            ..key.clone()
        };
        let refused = sign(&signer, &wrong, hash()).await;
        assert_eq!(refused, Err(KeyError::WrongAddress));
    }
    let right = key.context;
    for context in [
        KeyContext {
            tenant: tenant_id(),
            ..right
        },
        KeyContext {
            wallet: wallet_id(),
            ..right
        },
        KeyContext {
            version: 2,
            ..right
        },
    ] {
        let mut wrong = Adopted {
            context,
            ..key.clone()
        };
        let refused = sign(&signer, &wrong, hash()).await;
        assert_eq!(refused, Err(KeyError::NotUnwrapped), "{context:?}");
        wrong.key.version = context.version;
        let refused = sign(&signer, &wrong, hash()).await;
        assert_eq!(refused, Err(KeyError::NotUnwrapped), "{context:?}");
    }
    let foreign = WrappedKey {
        provider: "local".to_owned(),
        ..key.key.clone()
    };
    let foreign = Adopted {
        key: foreign,
        ..key.clone()
    };
    let refused = sign(&signer, &foreign, hash()).await;
    assert!(
        matches!(refused, Err(KeyError::Provider { .. })),
        "{refused:?}"
    );
    assert_eq!(
        server().calls(&key.arn, "Sign").await,
        0,
        "KMS was not asked"
    );
}

#[tokio::test]
async fn an_altered_envelope_signs_nothing() {
    let kms = connect().await;
    let (key, other) = (adopted(&kms).await, adopted(&kms).await);
    let signer = kms.signer();
    for at in 0..key.key.envelope.len() {
        let mut altered = key.clone();
        altered.key.envelope[at] ^= 1;
        // Within the ARN it is the name of a key that is not there, and KMS is asked.
        assert!(sign(&signer, &altered, hash()).await.is_err(), "byte {at}");
    }
    let envelope = String::from_utf8(key.key.envelope.clone()).unwrap();
    let mut swapped = key.clone();
    swapped.key.envelope = envelope.replace(&key.arn, &other.arn).into_bytes();
    let refused = sign(&signer, &swapped, hash()).await;
    assert_eq!(refused, Err(KeyError::WrongAddress), "the other key signed");
    assert_eq!(server().calls(&other.arn, "Sign").await, 1);
}

#[tokio::test]
async fn a_key_that_is_disabled_signs_nothing_until_it_is_enabled() {
    let kms = connect().await;
    let signer = kms.signer();
    for (stop, start) in [
        ("DisableKey", &["EnableKey"][..]),
        ("ScheduleKeyDeletion", &["CancelKeyDeletion", "EnableKey"]),
    ] {
        let key = adopted(&kms).await;
        server().tell(&key.arn, stop).await;
        let error = sign(&signer, &key, hash()).await.unwrap_err();
        assert!(matches!(error, KeyError::Disabled { .. }), "{error:?}");
        assert!(error.is_passing());
        for action in start {
            server().tell(&key.arn, action).await;
        }
        assert!(sign(&signer, &key, hash()).await.is_ok());
    }
}

#[tokio::test]
async fn no_more_are_under_way_than_were_configured() {
    let options = KmsOptions {
        signatures_at_once: 3.try_into().unwrap(),
        ..options(ADMIN)
    };
    let kms = Kms::connect(options).await.unwrap();
    let key = adopted(&kms).await;
    // Two signers of one house keep to one pace.
    let (one, two) = (kms.signer(), kms.signer());
    let signed = join_all((0..48).map(|turn| {
        let signer = if turn % 2 == 0 { &one } else { &two };
        sign(signer, &key, hash())
    }));
    assert!(signed.await.iter().all(Result::is_ok));
    let at_once = server().at_once(&key.arn).await;
    assert!((1..=3).contains(&at_once), "{at_once} at once");
}
