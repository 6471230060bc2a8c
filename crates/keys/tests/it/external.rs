//! Keys that live elsewhere: signed with when the house took note of them, and for that wallet only.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use vaultpilot_core::{Address, B256, TenantName, U256};
use vaultpilot_keys::{
    EXTERNAL, Holding, KekMac, Keyring, KeyringParts, Roots, Wrapper, WrapperParts,
};
use vaultpilot_ports::keys::{
    ExternalKeys, KeyContext, KeyError, KeyWrapper as _, Signature, Signer, TenantKek, WrappedKey,
};
use vaultpilot_testkit::fixture::{hash, label, tenant_id, wallet_id};
use vaultpilot_testkit::{MockClock, SeededEntropy};

use crate::place::{PEPPER, context, root, unwrapper};

const ENVELOPE: &[u8] = b"the provider's own";
const SIGNED: Signature = Signature {
    r: U256::ONE,
    s: U256::ONE,
    y_parity: false,
};

/// A provider that signs whatever it is asked to, and remembers with which envelope.
#[derive(Default)]
struct Elsewhere(Mutex<Vec<Vec<u8>>>);

#[async_trait]
impl ExternalKeys for Elsewhere {
    fn provider(&self) -> &'static str {
        EXTERNAL
    }

    async fn adopt(
        &self,
        context: KeyContext,
        _: &TenantName,
        _: &str,
    ) -> Result<(Address, WrappedKey), KeyError> {
        Ok((Address::repeat_byte(1), row(context, ENVELOPE.to_vec())))
    }
}

#[async_trait]
impl Signer for Elsewhere {
    async fn sign(
        &self,
        _: KeyContext,
        key: &WrappedKey,
        _: Option<&TenantKek>,
        _: Address,
        _: B256,
    ) -> Result<Signature, KeyError> {
        self.0
            .lock()
            .expect("nobody panics")
            .push(key.envelope.clone());
        Ok(SIGNED)
    }
}

fn row(context: KeyContext, envelope: Vec<u8>) -> WrappedKey {
    WrappedKey {
        provider: EXTERNAL.to_owned(),
        version: context.version,
        generation: 1,
        kek: None,
        envelope,
    }
}

fn house(elsewhere: &Arc<Elsewhere>, pepper: &[u8; 32]) -> (Wrapper, Keyring) {
    let entropy = Arc::new(SeededEntropy::new(1));
    let wrapper = Wrapper::new(WrapperParts {
        roots: Roots::local(Arc::new(root(1).wrapper(entropy.clone()))),
        external: Some(elsewhere.clone()),
        mac: KekMac::new(pepper),
        entropy: entropy.clone(),
        clock: Arc::new(MockClock::new()),
    });
    let keyring = Keyring::new(KeyringParts {
        roots: Roots::local(Arc::new(unwrapper(1, &[]))),
        first: None,
        external: Some(elsewhere.clone()),
        mac: KekMac::new(pepper),
        entropy,
        clock: Arc::new(MockClock::new()),
        holding: Holding::default(),
    });
    (wrapper, keyring)
}

#[tokio::test]
async fn an_adopted_key_signs_for_its_wallet_only() {
    let elsewhere = Arc::new(Elsewhere::default());
    let (wrapper, keyring) = house(&elsewhere, &PEPPER);
    let own = context();
    let adopted = wrapper.adopt(own, &label("acme"), "id").await;
    let (address, key) = adopted.unwrap();
    assert_eq!((key.provider.as_str(), key.kek), (EXTERNAL, None));
    let signed = keyring.sign(own, &key, None, address, hash()).await;
    assert_eq!(signed, Ok(SIGNED));
    let seen = std::mem::take(&mut *elsewhere.0.lock().unwrap());
    assert_eq!(seen, [ENVELOPE], "the provider sees its own envelope");

    let (_, stranger) = house(&elsewhere, &[8; 32]);
    let refused = stranger.sign(own, &key, None, address, hash()).await;
    assert_eq!(refused, Err(KeyError::NotUnwrapped), "another house's word");
    for wrong in [
        KeyContext {
            wallet: wallet_id(),
            ..own
        },
        KeyContext {
            tenant: tenant_id(),
            ..own
        },
        KeyContext { version: 2, ..own },
    ] {
        let refused = keyring.sign(wrong, &key, None, address, hash()).await;
        assert_eq!(refused, Err(KeyError::NotUnwrapped), "{wrong:?}");
    }
    assert!(elsewhere.0.lock().unwrap().is_empty(), "nobody was asked");
}

#[tokio::test]
async fn an_envelope_that_was_altered_or_never_vouched_for_signs_nothing() {
    let elsewhere = Arc::new(Elsewhere::default());
    let (wrapper, keyring) = house(&elsewhere, &PEPPER);
    let own = context();
    let adopted = wrapper.adopt(own, &label("acme"), "id").await;
    let (address, key) = adopted.unwrap();
    let mut wrong = vec![
        Vec::new(),
        ENVELOPE.to_vec(),
        [key.envelope.as_slice(), b" "].concat(),
        [key.envelope.as_slice(), &[b' '; 20_000]].concat(),
    ];
    for at in 0..key.envelope.len() {
        for bit in 0..8 {
            let mut altered = key.envelope.clone();
            altered[at] ^= 1 << bit;
            wrong.push(altered);
        }
    }
    for envelope in wrong {
        let altered = row(own, envelope);
        let refused = keyring.sign(own, &altered, None, address, hash()).await;
        assert_eq!(refused, Err(KeyError::NotUnwrapped), "{altered:?}");
    }
    assert!(elsewhere.0.lock().unwrap().is_empty(), "nobody was asked");
}
