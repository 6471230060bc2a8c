use serde_json::{Value, json};

use crate::desk::{Answer, Desk, Double};

const KEY: &str = "vp_test_0123456789abcdefghijklmnop";

fn problem(status: u16, code: &str, detail: &str) -> (u16, Value) {
    (
        status,
        json!({ "title": "Refused", "status": status, "code": code, "detail": detail }),
    )
}

#[tokio::test]
async fn every_refusal_has_its_exit_code_and_next_step() {
    let table = [
        (
            problem(401, "unauthenticated", "credential is missing"),
            4,
            "next: vaultpilot doctor",
        ),
        (
            problem(403, "forbidden", "this needs another role"),
            4,
            "with --key-file of a person",
        ),
        (
            problem(404, "not_found", "wallet a does not exist"),
            5,
            "next: vaultpilot wallet list",
        ),
        (
            problem(409, "key_name_taken", "a key named a exists"),
            6,
            "why:  key_name_taken",
        ),
        (
            problem(422, "label_malformed", "label is no label"),
            2,
            "why:  label_malformed",
        ),
        (
            problem(500, "internal", "internal error abc"),
            1,
            "next: vaultpilot doctor",
        ),
        (
            (
                503,
                json!({ "title": "Busy", "code": "store_unavailable", "retryable": true, "retry_after_s": 1 }),
            ),
            1,
            "next: the same command again in 1 s",
        ),
    ];
    for ((status, body), code, told) in table {
        let answer = Answer::json(status, &body);
        let double = Double::start(move |_| answer.clone()).await.unwrap();
        let desk = Desk::new().unwrap().with("VAULTPILOT_KEY", KEY);
        let said = desk
            .run(&["wallet", "show", "a", "--url", &double.url])
            .await;
        assert_eq!(
            (said.code, said.out.as_str()),
            (code, ""),
            "{status}: {}",
            said.err
        );
        assert!(said.err.contains(told), "{status}: {}", said.err);
        let what = body["detail"].as_str().unwrap_or("Busy");
        assert!(
            said.err.starts_with(&format!("error: {what}\n")),
            "{status}: {}",
            said.err
        );
        assert!(!said.err.contains(KEY), "a key is never shown");
    }
}

#[tokio::test]
async fn a_denial_tells_its_reasons() {
    let decision = json!({
        "outcome": "deny", "policy_version": "0".repeat(64), "matched_rules": [],
        "reasons": [{ "code": "frozen", "message": "wallet a is frozen: theft", "retryable": false }],
    });
    let body = json!({
        "title": "Forbidden", "code": "frozen", "detail": "denied by policy", "decision": decision,
    });
    let double = Double::start(move |_| Answer::json(403, &body))
        .await
        .unwrap();
    let desk = Desk::new().unwrap().with("VAULTPILOT_KEY", KEY);
    let said = desk
        .run(&["wallet", "show", "a", "--url", &double.url])
        .await;
    assert_eq!(said.code, 4);
    let expected = "error: denied by policy\n  why:  frozen: wallet a is frozen: theft\n  next: vaultpilot wallet thaw <wallet>\n";
    assert_eq!(said.err, expected);
}

#[tokio::test]
async fn what_is_not_the_server_is_told_from_it() {
    let page = Answer::text(502, "text/html", "<h1>Bad Gateway</h1>\n".to_owned());
    let double = Double::start(move |_| page.clone()).await.unwrap();
    let desk = Desk::new().unwrap().with("VAULTPILOT_KEY", KEY);
    let said = desk.run(&["wallet", "list", "--url", &double.url]).await;
    assert_eq!(said.code, 1);
    assert!(said.err.contains("<h1>Bad Gateway</h1>") && said.err.contains("http_502"));

    let page = Answer::text(200, "text/html", "<h1>Welcome</h1>".to_owned());
    let double = Double::start(move |_| page.clone()).await.unwrap();
    let said = desk.run(&["wallet", "list", "--url", &double.url]).await;
    assert_eq!(said.code, 1);
    assert!(
        said.err.contains("answered something unreadable"),
        "{}",
        said.err
    );
}

#[tokio::test]
async fn a_key_goes_to_no_other_address() {
    let other = Double::start(|_| Answer::json(200, &json!({ "items": [] })))
        .await
        .unwrap();
    let target = other.url.clone();
    let double = Double::start(move |_| Answer::text(307, "text/plain", format!("see {target}")))
        .await
        .unwrap();
    let desk = Desk::new()
        .unwrap()
        .with("VAULTPILOT_KEY", KEY)
        .with("HTTP_PROXY", &other.url)
        .with("http_proxy", &other.url)
        .with("ALL_PROXY", &other.url);
    let said = desk.run(&["wallet", "list", "--url", &double.url]).await;
    assert_eq!(said.code, 1, "{}", said.err);
    assert!(
        other.asked().is_empty(),
        "neither a redirect nor a proxy is followed"
    );
    let asked = double.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].headers["authorization"], format!("Bearer {KEY}"));
}

#[tokio::test]
async fn names_cannot_leave_their_place_in_the_path() {
    let double = Double::start(|_| Answer::json(404, &Value::Null))
        .await
        .unwrap();
    let desk = Desk::new().unwrap().with("VAULTPILOT_KEY", KEY);
    desk.run(&["wallet", "show", "../keys?x=", "--url", &double.url])
        .await;
    assert_eq!(double.asked()[0].uri, "/api/v1/wallets/..%2Fkeys%3Fx%3D");
}
