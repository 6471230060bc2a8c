//! What tests of rotations, outages and adopted keys lean on.

use vaultpilot_core::KeyManagement;
use vaultpilot_ports::keys::{
    Custodian as _, KekContext, KeyContext, KeyError, KeyWrapper as _, Signer as _,
};
use vaultpilot_testkit::FakeKeys;
use vaultpilot_testkit::fixture::{hash, label, tenant_id, wallet_id};

fn context() -> KeyContext {
    KeyContext {
        tenant: tenant_id(),
        wallet: wallet_id(),
        version: 1,
    }
}

async fn kek(
    keys: &FakeKeys,
    context: KeyContext,
    version: u32,
) -> vaultpilot_ports::keys::TenantKek {
    let context = KekContext {
        tenant: context.tenant,
        version,
    };
    keys.kek(&KeyManagement::Local, context)
        .await
        .expect("no refusal was set")
}

#[tokio::test]
async fn keys_of_before_sign_and_move() {
    let (keys, context) = (FakeKeys::new(), context());
    let (address, first) = keys.generate_first(context);
    assert_eq!((first.kek, first.provider.as_str()), (None, "local"));
    let signed = keys.sign(context, &first, None, address, hash()).await;
    assert!(signed.is_ok());
    let kek = kek(&keys, context, 1).await;
    let moved = keys.rewrap(context, &first, None, &kek).await.unwrap();
    assert_eq!((moved.kek, moved.generation), (Some(1), 2));
    let signed = keys
        .sign(context, &moved, Some(&kek), address, hash())
        .await;
    assert!(signed.is_ok());
}

#[tokio::test]
async fn a_root_that_moved_on_takes_its_keks_along() {
    let (keys, context) = (FakeKeys::new(), context());
    let old = kek(&keys, context, 1).await;
    let (address, key) = keys.generate(context, &old).await.unwrap();
    keys.rotate_root();
    let named = KekContext {
        tenant: context.tenant,
        version: 1,
    };
    let new = keys.rewrap_kek(named, &old).await.unwrap().unwrap();
    assert_eq!((new.version, new.generation), (1, 2));
    assert_ne!(new.root, old.root);
    for kek in [&old, &new] {
        let signed = keys.sign(context, &key, Some(kek), address, hash()).await;
        assert!(signed.is_ok());
        assert!(keys.generate(context, kek).await.is_ok());
    }
    assert_eq!(keys.rewrap_kek(named, &new).await, Ok(None));
}

#[tokio::test]
async fn a_provider_refuses_until_it_does_not() {
    let (keys, context) = (FakeKeys::new(), context());
    let kek_1 = kek(&keys, context, 1).await;
    let (address, key) = keys.generate(context, &kek_1).await.unwrap();
    let sign = async || {
        let signed = keys.sign(context, &key, Some(&kek_1), address, hash());
        signed.await.map(|_| ())
    };
    let named = KekContext {
        tenant: context.tenant,
        version: 2,
    };
    let make = async || {
        let made = keys.kek(&KeyManagement::Local, named).await;
        made.map(|_| ())
    };
    for refusal in [
        KeyError::Throttled,
        KeyError::TimedOut,
        KeyError::Denied {
            detail: "no".to_owned(),
        },
    ] {
        keys.refuse_unwrapping(Some(refusal.clone()));
        assert_eq!((sign().await, make().await), (Err(refusal.clone()), Ok(())));
        keys.refuse_unwrapping(None);
        keys.refuse_wrapping(Some(refusal.clone()));
        assert_eq!((sign().await, make().await), (Ok(()), Err(refusal)));
        keys.refuse_wrapping(None);
    }
    keys.seal(true);
    let sealed = Err(KeyError::ProviderSealed);
    assert_eq!((sign().await, make().await), (sealed.clone(), sealed));
    // Sealing a data key to a public half asks no provider.
    assert!(keys.generate(context, &kek_1).await.is_ok());
    keys.seal(false);
    assert_eq!((sign().await, make().await), (Ok(()), Ok(())));
}

#[tokio::test]
async fn a_key_elsewhere_is_its_own_tenants() {
    let (keys, context) = (FakeKeys::new(), context());
    let (acme, other) = (label("acme"), label("other"));
    keys.make_elsewhere("arn:one", Some(&acme));
    keys.make_elsewhere("arn:two", None);
    for (tenant, id) in [(&other, "arn:one"), (&acme, "arn:two"), (&acme, "arn:none")] {
        let refused = keys.adopt(context, tenant, id).await;
        assert!(matches!(refused, Err(KeyError::NotTheTenants { .. })));
    }
    let (address, key) = keys.adopt(context, &acme, "arn:one").await.unwrap();
    assert_eq!((key.provider.as_str(), key.kek), ("aws-kms-key", None));
    let signed = keys.sign(context, &key, None, address, hash()).await;
    assert!(signed.is_ok());
    let kek = kek(&keys, context, 1).await;
    let moved = keys.rewrap(context, &key, None, &kek).await;
    assert!(matches!(moved, Err(KeyError::Unsupported { .. })));
}
