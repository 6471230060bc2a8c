//! Keys that are no roots, and what is said about them.

use vaultpilot_keys_vault::VaultAuth;
use vaultpilot_ports::keys::{KeyError, RootUnwrapper as _, RootWrapper as _};

use crate::ground::{Ground, context, denied, management, opens, wrap};

impl Ground<'_> {
    /// Everything is allowed: what is refused is refused here.
    pub(crate) fn by_root(&self) -> vaultpilot_keys_vault::VaultRoots {
        self.roots(VaultAuth::Token {
            file: self.file("root", self.server.root_token()),
        })
    }
}

#[tokio::test]
async fn a_key_that_ignores_the_tenant_wraps_and_opens_nothing() {
    let ground = Ground::shared().await;
    ground.bao(&["write", "-f", "MOUNT/keys/flat"]);
    let flat = management(&ground.mount, "flat");
    let roots = ground.by_root();
    let detail = denied(wrap(&roots, &flat, &context()).await);
    assert!(
        detail.contains("key flat") && detail.contains("is not derived"),
        "{detail}"
    );
    denied(roots.wrapper().check(&flat).await);

    // Whatever was wrapped by it all the same opens for nobody.
    let plaintext = "plaintext=dGhpcnR5LXR3byBieXRlcyBub2JvZHkgbWF5IHNlZSE=";
    let text = ground.bao(&[
        "write",
        "-field=ciphertext",
        "MOUNT/encrypt/flat",
        plaintext,
    ]);
    let sealed = vaultpilot_ports::keys::RootSealed {
        root: format!("vault:{}/flat:v1", ground.mount),
        bytes: text.into_bytes(),
    };
    let detail = denied(opens(&roots, &flat, &context(), &sealed).await);
    assert!(detail.contains("is not derived"), "{detail}");
    denied(roots.unwrapper().rewrap(&flat, &context(), &sealed).await);
}

#[tokio::test]
async fn a_key_that_can_be_taken_out_of_vault_wraps_nothing() {
    let ground = Ground::shared().await;
    let roots = ground.by_root();
    for what in ["exportable=true", "allow_plaintext_backup=true"] {
        let name = format!("open-{}", &what[..4]);
        let path = format!("MOUNT/keys/{name}");
        ground.bao(&["write", &path, "derived=true", what]);
        let detail = denied(wrap(&roots, &management(&ground.mount, &name), &context()).await);
        assert!(detail.contains("can be exported"), "{detail}");
    }
}

#[tokio::test]
async fn a_key_of_another_kind_wraps_nothing() {
    let ground = Ground::shared().await;
    ground.bao(&["write", "MOUNT/keys/signs", "type=ed25519"]);
    let signs = management(&ground.mount, "signs");
    let detail = denied(wrap(&ground.by_root(), &signs, &context()).await);
    assert!(
        detail.contains("of a kind that does not encrypt"),
        "{detail}"
    );
}

#[tokio::test]
async fn a_missing_key_is_neither_used_nor_made() {
    let ground = Ground::shared().await;
    // With the policy for it.
    let text = format!(
        "path \"{}/encrypt/gone\" {{ capabilities = [\"update\"] }}",
        ground.mount
    );
    ground.server.policy(&ground.named("gone"), &text);
    let gone = management(&ground.mount, "gone");
    denied(wrap(&ground.by_token("gone"), &gone, &context()).await);
    let keys = ground.bao(&["list", "MOUNT/keys"]);
    assert!(
        keys.contains("tenant-acme") && !keys.contains("gone"),
        "{keys}"
    );

    // What a key made that is gone by now.
    let roots = ground.by_root();
    let sealed = wrap(&roots, &ground.management(), &context())
        .await
        .unwrap();
    let sealed = vaultpilot_ports::keys::RootSealed {
        root: sealed.root.replace("tenant-acme", "gone"),
        ..sealed
    };
    let detail = denied(opens(&roots, &gone, &context(), &sealed).await);
    assert!(detail.contains("there is no such key"), "{detail}");
}

#[tokio::test]
async fn a_mount_that_is_no_transit_engine_gets_no_seed() {
    let ground = Ground::shared().await;
    let nowhere = management("nowhere", "tenant-acme");
    let detail = denied(wrap(&ground.by_root(), &nowhere, &context()).await);
    assert!(detail.contains("no transit engine"), "{detail}");

    // Takes whatever is written to it, and keeps it.
    ground.bao(&["secrets", "enable", "-path=kv-NUMBER", "kv"]);
    let kept = management(&ground.named("kv"), "tenant-acme");
    let refused = wrap(&ground.by_root(), &kept, &context()).await;
    assert_eq!(refused.unwrap_err().code(), "key_provider_unavailable");
    let kept = ground.bao(&[
        "kv",
        "get",
        "-field=plaintext",
        "kv-NUMBER/encrypt/tenant-acme",
    ]);
    assert_eq!(kept, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
}

#[tokio::test]
async fn a_key_that_was_put_away_is_disabled() {
    let ground = Ground::shared().await;
    let roots = ground.by_root();
    let (acme, context) = (ground.management(), context());
    let old = wrap(&roots, &acme, &context).await.unwrap();
    ground.bao(&["write", "-f", "MOUNT/keys/tenant-acme/rotate"]);
    assert_eq!(opens(&roots, &acme, &context, &old).await, Ok(true));
    let new = roots
        .unwrapper()
        .rewrap(&acme, &context, &old)
        .await
        .unwrap();
    assert_eq!(new.root, format!("vault:{}/tenant-acme:v2", ground.mount));

    ground.bao(&[
        "write",
        "MOUNT/keys/tenant-acme/config",
        "min_decryption_version=2",
    ]);
    let disabled = opens(&roots, &acme, &context, &old).await;
    let Err(KeyError::Disabled { detail }) = &disabled else {
        panic!("{disabled:?}");
    };
    assert!(detail.contains("min_decryption_version"), "{detail}");
    assert_eq!(opens(&roots, &acme, &context, &new).await, Ok(true));

    ground.bao(&["delete", "MOUNT/keys/tenant-acme/soft-delete"]);
    let disabled = opens(&roots, &acme, &context, &new).await;
    assert_eq!(disabled.unwrap_err().code(), "key_disabled");
    let disabled = wrap(&roots, &acme, &context).await;
    assert_eq!(disabled.unwrap_err().code(), "key_disabled");
    ground.bao(&["write", "-f", "MOUNT/keys/tenant-acme/soft-delete-restore"]);
    assert_eq!(opens(&roots, &acme, &context, &new).await, Ok(true));
}

#[tokio::test]
async fn a_record_that_was_altered_opens_nothing() {
    let ground = Ground::shared().await;
    ground.bao(&["write", "MOUNT/keys/other", "derived=true"]);
    let roots = ground.by_root();
    let (acme, context) = (ground.management(), context());
    let sealed = wrap(&roots, &acme, &context).await.unwrap();
    let other = management(&ground.mount, "other");
    // It was wrapped by another key, and says so or does not.
    for root in [
        sealed.root.clone(),
        sealed.root.replace("tenant-acme", "other"),
    ] {
        let altered = vaultpilot_ports::keys::RootSealed {
            root,
            ..sealed.clone()
        };
        let opened = opens(&roots, &other, &context, &altered).await;
        assert_eq!(opened, Err(KeyError::NotUnwrapped));
    }
    // Vault would take version 0 for 1.
    let text = String::from_utf8(sealed.bytes.clone()).unwrap();
    let altered = vaultpilot_ports::keys::RootSealed {
        root: sealed.root.replace(":v1", ":v0"),
        bytes: text.replace(":v1:", ":v0:").into_bytes(),
    };
    let opened = opens(&roots, &acme, &context, &altered).await;
    assert_eq!(opened, Err(KeyError::NotUnwrapped));
    assert_eq!(opens(&roots, &acme, &context, &sealed).await, Ok(true));
}
