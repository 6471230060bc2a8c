//! Sessions end, are renewed before, and are begun anew after.

use std::time::Duration;

use tokio::task::JoinSet;
use vaultpilot_keys_vault::VaultAuth;

use crate::ground::{Ground, denied, roots_at, works};
use crate::proxy::Proxy;

const RENEW: &str = "POST /v1/auth/token/renew-self";

#[tokio::test]
async fn a_session_is_renewed_in_its_last_third() {
    let ground = Ground::shared().await;
    let proxy = Proxy::to(ground.server.port()).await;
    let auth = ground.app_role("execute", &["token_ttl=3s", "token_max_ttl=1h"]);
    let roots = roots_at(&proxy.address, auth);
    let login = format!("POST /v1/auth/{}/login", ground.named("approle"));
    let management = ground.management();
    // Twice as long as it would last.
    for _ in 0..12 {
        assert_eq!(works(&roots, &management).await, Ok(true));
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    assert_eq!(proxy.asked(&login), 1);
    assert!(
        (1..=4).contains(&proxy.asked(RENEW)),
        "{}",
        proxy.asked(RENEW)
    );
}

#[tokio::test]
async fn a_session_that_ended_or_cannot_be_renewed_is_begun_anew() {
    let ground = Ground::shared().await;
    let proxy = Proxy::to(ground.server.port()).await;
    let auth = ground.app_role("execute", &["token_ttl=1s", "token_type=batch"]);
    let roots = roots_at(&proxy.address, auth);
    let login = format!("POST /v1/auth/{}/login", ground.named("approle"));
    for logins in 1..=3 {
        assert_eq!(works(&roots, &ground.management()).await, Ok(true));
        assert_eq!(proxy.asked(&login), logins);
        tokio::time::sleep(Duration::from_millis(1100)).await;
    }
    assert_eq!(proxy.asked(RENEW), 0);
}

#[tokio::test]
async fn a_session_that_vault_forgot_is_begun_anew_once() {
    let ground = Ground::shared().await;
    let proxy = Proxy::to(ground.server.port()).await;
    let roots = roots_at(&proxy.address, ground.app_role("execute", &[]));
    let login = format!("POST /v1/auth/{}/login", ground.named("approle"));
    assert_eq!(works(&roots, &ground.management()).await, Ok(true));
    for logins in [2, 3] {
        let prefix = format!("auth/{}/login", ground.named("approle"));
        ground.bao(&["lease", "revoke", "-sync", "-prefix", &prefix]);
        assert_eq!(works(&roots, &ground.management()).await, Ok(true));
        assert_eq!(proxy.asked(&login), logins);
    }
}

#[tokio::test]
async fn a_token_is_kept_alive_by_whoever_tends_it() {
    let ground = Ground::shared().await;
    let (_, tended) = ground.token("execute", &["-ttl=3s"]);
    let (_, left_alone) = ground.token("execute", &["-ttl=3s"]);
    let tended = ground.roots(VaultAuth::Token { file: tended });
    let left_alone = ground.roots(VaultAuth::Token { file: left_alone });
    let mut beside = JoinSet::new();
    let tending = tended.clone();
    beside.spawn(async move { tending.tend().await });
    tokio::time::sleep(Duration::from_secs(7)).await;
    assert_eq!(works(&tended, &ground.management()).await, Ok(true));
    denied(works(&left_alone, &ground.management()).await);
}

#[tokio::test]
async fn a_token_that_is_exchanged_in_its_file_is_taken() {
    let ground = Ground::shared().await;
    let (first, file) = ground.token("execute", &[]);
    let (second, _) = ground.token("execute", &[]);
    let roots = ground.roots(VaultAuth::Token { file: file.clone() });
    assert_eq!(works(&roots, &ground.management()).await, Ok(true));
    ground.bao(&["token", "revoke", &first]);
    let detail = denied(works(&roots, &ground.management()).await);
    assert!(!detail.contains(&first));
    std::fs::write(&file, second).unwrap();
    assert_eq!(works(&roots, &ground.management()).await, Ok(true));
}

#[tokio::test]
async fn a_token_that_may_not_look_itself_up_is_used_as_long_as_it_is_good() {
    let ground = Ground::shared().await;
    let (token, file) = ground.token("execute", &["-no-default-policy"]);
    let roots = ground.roots(VaultAuth::Token { file });
    assert_eq!(works(&roots, &ground.management()).await, Ok(true));
    ground.bao(&["token", "revoke", &token]);
    denied(works(&roots, &ground.management()).await);
}
