//! Before any operation: host names, sizes, paths, methods, CSRF.

use serde_json::json;

use crate::client::{Ask, get, post};
use crate::house::House;

#[tokio::test]
async fn only_our_own_names_are_answered() {
    let house = House::new().await;
    let port = house.at.port();
    let asks = [
        "/healthz",
        "/api/v1/wallets",
        "/admin",
        "/api/openapi.json",
        "/nowhere",
    ];
    for path in asks {
        for host in [
            "evil.example",
            "evil.example:8420",
            "127.0.0.1.evil.example",
            "LOCALHOST.",
            "[::1]",
        ] {
            let answer = get(path)
                .key(&house.owner)
                .with("host", host)
                .send(&house)
                .await;
            assert_eq!(
                (answer.status.as_u16(), answer.problem().as_str()),
                (403, "host_not_allowed"),
                "{host}"
            );
        }
        for host in [
            "127.0.0.1".to_owned(),
            format!("localhost:{port}"),
            format!("127.0.0.1:{port}"),
        ] {
            let answer = get(path)
                .key(&house.owner)
                .with("host", &host)
                .send(&house)
                .await;
            assert_ne!(answer.status.as_u16(), 403, "{host} {path}");
        }
    }
}

#[tokio::test]
async fn a_body_has_a_limit() {
    let house = House::new().await;
    let fits = format!("{{\"label\":\"savings\"{}}}", " ".repeat(200 * 1024));
    let answer = post("/api/v1/wallets")
        .key(&house.owner)
        .body(fits)
        .send(&house)
        .await;
    assert_eq!(answer.status.as_u16(), 200, "{answer:?}");
    let big = " ".repeat(256 * 1024 + 1);
    for (method, path) in [("post", "/api/v1/wallets"), ("put", "/api/v1/policies")] {
        let answer = Ask::new(method, path)
            .key(&house.owner)
            .body(big.clone())
            .send(&house)
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.problem().as_str()),
            (413, "body_too_large")
        );
    }
    // Nobody's body is read before it is known who asks.
    let answer = post("/api/v1/wallets").body(big).send(&house).await;
    assert_eq!(answer.problem(), "unauthenticated");
}

#[tokio::test]
async fn unknown_paths_and_methods_are_problems_too() {
    let house = House::new().await;
    let answer = get("/api/v1/nothing").send(&house).await;
    assert_eq!(
        (answer.status.as_u16(), answer.problem().as_str()),
        (404, "not_found")
    );
    let answer = Ask::new("patch", "/api/v1/wallets").send(&house).await;
    assert_eq!(
        (answer.status.as_u16(), answer.problem().as_str()),
        (405, "method_not_allowed")
    );
}

#[tokio::test]
async fn a_cookie_alone_changes_nothing() {
    let house = House::new().await;
    let session = house.log_in().await;
    let freeze = || post("/api/v1/wallets/treasury/freeze").json(&json!({ "reason": "test" }));
    let answer = freeze().session(&session).send(&house).await;
    assert_eq!(
        (answer.status.as_u16(), answer.problem().as_str()),
        (403, "csrf_header_missing")
    );
    let shown = get("/api/v1/wallets/treasury")
        .session(&session)
        .send(&house)
        .await
        .json();
    assert_eq!(
        shown["state"], "active",
        "reading needs no header, and nothing was frozen"
    );
    let answer = freeze()
        .session(&session)
        .with("x-vaultpilot-csrf", "1")
        .send(&house)
        .await;
    assert_eq!(answer.json()["state"], "frozen");
    // The header is no credential.
    let answer = freeze().with("x-vaultpilot-csrf", "1").send(&house).await;
    assert_eq!(answer.problem(), "unauthenticated");
    // A bad key is not made good by a good cookie.
    let answer = freeze()
        .key("vp_test_nonsense")
        .session(&session)
        .send(&house)
        .await;
    assert_eq!(answer.problem(), "unauthenticated");
}

#[tokio::test]
async fn health_tells_nothing_but_health() {
    let house = House::new().await;
    assert_eq!(get("/healthz").send(&house).await.text, "ok\n");
    assert_eq!(get("/readyz").send(&house).await.text, "ready\n");
}
