//! Vault sealed, throttling, slow, cut off, and well again.

use std::time::Duration;

use tokio::time::Instant;
use vaultpilot_keys_vault::{VaultAuth, VaultRoots};
use vaultpilot_ports::keys::{KeyError, RootWrapper as _};
use vaultpilot_testkit::OpenBaoServer;

use crate::ground::{Ground, context, opens, options, unavailable, works, wrap};
use crate::proxy::{Proxy, Weather};

#[tokio::test]
async fn a_sealed_vault_is_waited_for() {
    let server = OpenBaoServer::start(None).await;
    let ground = Ground::on(&server);
    let roots = ground.by_token("execute");
    let (management, context) = (ground.management(), context());
    let sealed = wrap(&roots, &management, &context).await.unwrap();

    server.seal();
    let begun = Instant::now();
    let refused = opens(&roots, &management, &context, &sealed).await;
    assert_eq!(refused, Err(KeyError::ProviderSealed));
    let refused = wrap(&roots, &management, &context).await;
    assert_eq!(refused, Err(KeyError::ProviderSealed));
    let refused = roots.wrapper().check(&management).await;
    assert_eq!(refused, Err(KeyError::ProviderSealed));
    assert!(KeyError::ProviderSealed.is_passing());
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "it is not asked again and again"
    );
    // One who has no session yet.
    let newcomer = ground.roots(VaultAuth::Token {
        file: ground.file("any", "s.token"),
    });
    let refused = newcomer.wrapper().check(&management).await;
    assert_eq!(refused, Err(KeyError::ProviderSealed));

    server.unseal();
    assert_eq!(
        opens(&roots, &management, &context, &sealed).await,
        Ok(true)
    );
}

#[tokio::test]
async fn a_quota_throttles() {
    let ground = Ground::shared().await;
    let roots = ground.by_token("execute");
    let (management, context) = (ground.management(), context());
    let sealed = wrap(&roots, &management, &context).await.unwrap();
    let quota = "sys/quotas/rate-limit/NUMBER";
    ground.bao(&["write", quota, "path=MOUNT", "rate=0.001", "interval=10s"]);
    // The quota lets one through.
    let answers = [
        opens(&roots, &management, &context, &sealed).await,
        opens(&roots, &management, &context, &sealed).await,
    ];
    assert_eq!(answers[1], Err(KeyError::Throttled), "{answers:?}");
    ground.bao(&["delete", quota]);
    assert_eq!(
        opens(&roots, &management, &context, &sealed).await,
        Ok(true)
    );
}

/// Over the proxy, with a deadline that a test can wait for.
fn hasty(ground: &Ground<'_>, proxy: &Proxy) -> VaultRoots {
    let (_, file) = ground.token("execute", &[]);
    let mut options = options(&proxy.address, VaultAuth::Token { file });
    options.timeout = Duration::from_secs(2);
    VaultRoots::new(&options).unwrap()
}

#[tokio::test]
async fn a_slow_vault_times_out() {
    let ground = Ground::shared().await;
    let proxy = Proxy::to(ground.server.port()).await;
    let roots = hasty(&ground, &proxy);
    let management = ground.management();
    assert_eq!(works(&roots, &management).await, Ok(true));
    proxy.becomes(Weather::Slow);
    let begun = Instant::now();
    let late = works(&roots, &management).await;
    assert_eq!(late, Err(KeyError::TimedOut));
    let took = begun.elapsed();
    assert!(
        took >= Duration::from_secs(2) && took < Duration::from_secs(4),
        "{took:?}"
    );
    proxy.becomes(Weather::Fair);
    assert_eq!(works(&roots, &management).await, Ok(true));
}

#[tokio::test]
async fn a_line_that_is_cut_is_tried_again_and_then_given_up() {
    let ground = Ground::shared().await;
    let proxy = Proxy::to(ground.server.port()).await;
    let roots = hasty(&ground, &proxy);
    let management = ground.management();
    assert_eq!(works(&roots, &management).await, Ok(true));
    let opened = proxy.opened();

    proxy.becomes(Weather::CutOnce);
    assert_eq!(works(&roots, &management).await, Ok(true));
    assert!(proxy.opened() > opened, "nothing was cut");

    proxy.becomes(Weather::Cut);
    let encrypt = format!("POST /v1/{}/encrypt/tenant-acme", ground.mount);
    let asked = proxy.asked(&encrypt);
    let detail = unavailable(roots.wrapper().check(&management).await);
    assert!(detail.contains("cut the connection"), "{detail}");
    assert_eq!(proxy.asked(&encrypt) - asked, 3);

    proxy.becomes(Weather::Fair);
    assert_eq!(works(&roots, &management).await, Ok(true));
}

#[tokio::test]
async fn a_vault_that_is_not_there_cannot_be_reached() {
    let ground = Ground::shared().await;
    let proxy = Proxy::to(ground.server.port()).await;
    let roots = hasty(&ground, &proxy);
    let address = proxy.address.clone();
    drop(proxy);
    let detail = unavailable(works(&roots, &ground.management()).await);
    assert_eq!(detail, format!("vault at {address} cannot be reached"));
}
