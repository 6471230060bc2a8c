//! Who may what is for Vault to decide, and it does.

use std::path::PathBuf;

use vaultpilot_keys_vault::VaultAuth;
use vaultpilot_ports::keys::{RootUnwrapper as _, RootWrapper as _};

use crate::ground::{Ground, context, denied, opens, roots_at, works, wrap};
use crate::proxy::Proxy;

#[tokio::test]
async fn the_side_that_decides_opens_nothing() {
    let ground = Ground::shared().await;
    let (token, file) = ground.token("serve", &[]);
    let serve = ground.roots(VaultAuth::Token { file });
    let execute = ground.by_token("execute");
    let (management, context) = (ground.management(), context());
    let sealed = wrap(&serve, &management, &context).await.unwrap();
    assert!(
        sealed
            .root
            .starts_with(&format!("vault:{}/tenant-acme:v1", ground.mount))
    );

    // Even if its program were made to ask.
    let unwrapper = serve.unwrapper();
    let detail = denied(unwrapper.unwrap(&management, &context, &sealed).await);
    assert!(detail.contains(&format!("{}/rewrap/tenant-acme", ground.mount)));
    assert!(!detail.contains(&token));
    denied(unwrapper.rewrap(&management, &context, &sealed).await);
    // The same call with the same ciphertext by whoever may.
    assert_eq!(
        opens(&execute, &management, &context, &sealed).await,
        Ok(true)
    );

    // Vault itself, asked without this crate.
    let asked = ground.server.try_bao(
        &[
            "token",
            "capabilities",
            &token,
            &format!("{}/decrypt/tenant-acme", ground.mount),
        ],
        "",
    );
    assert_eq!(asked.unwrap().trim(), "deny");
}

#[tokio::test]
async fn a_token_that_may_nothing_does_nothing() {
    let ground = Ground::shared().await;
    let file = |token: &str| ground.file("token", token);
    let empty = ground.bao(&["token", "create", "-field=token", "-policy=default"]);
    for token in [
        empty.as_str(),
        "s.thisIsNoToken",
        "not even\ta token",
        "tok\u{e4}n",
    ] {
        let roots = ground.roots(VaultAuth::Token { file: file(token) });
        let wrapper = roots.wrapper();
        let detail = denied(wrapper.check(&ground.management()).await);
        assert!(!detail.contains(token), "{detail}");
        denied(wrap(&roots, &ground.management(), &context()).await);
    }
    let roots = ground.roots(VaultAuth::Token {
        file: PathBuf::from("/nowhere/token"),
    });
    let away = roots.wrapper().check(&ground.management()).await;
    assert_eq!(away.unwrap_err().code(), "key_provider_unavailable");
}

#[tokio::test]
async fn a_key_that_is_denied_is_no_reason_to_log_in_again() {
    let ground = Ground::shared().await;
    let proxy = Proxy::to(ground.server.port()).await;
    let roots = roots_at(&proxy.address, ground.app_role("serve", &[]));
    let login = format!("POST /v1/auth/{}/login", ground.named("approle"));
    let (management, context) = (ground.management(), context());
    let sealed = wrap(&roots, &management, &context).await.unwrap();
    for _ in 0..3 {
        denied(opens(&roots, &management, &context, &sealed).await);
    }
    assert_eq!(proxy.asked(&login), 1);
}

#[tokio::test]
async fn who_may_wrap_and_open_may_do_it_for_its_own_key_alone() {
    let ground = Ground::shared().await;
    ground.bao(&["write", "MOUNT/keys/tenant-other", "derived=true"]);
    let execute = ground.by_token("execute");
    assert_eq!(works(&execute, &ground.management()).await, Ok(true));
    let other = crate::ground::management(&ground.mount, "tenant-other");
    denied(works(&execute, &other).await);
}
