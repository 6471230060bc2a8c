use std::fs;

use serde_json::json;

use crate::desk::{Answer, Desk, Double};

const GOOD: &str = "apiVersion: vaultpilot.io/v1alpha1
kind: Policy
metadata: { name: one }
spec:
  selector: { wallets: [\"*\"], agents: [\"*\"] }
";

async fn server() -> Double {
    Double::start(|asked| match asked.uri.as_str() {
        "/api/v1/policies" | "/api/v1/policies?dry_run=true" => {
            let name = if asked.body.contains("name: two") {
                "two"
            } else {
                "one"
            };
            let answer = json!({ "name": name, "outcome": "created", "policy_version": "v" });
            Answer::json(200, &answer)
        }
        _ => Answer::json(404, &json!({ "title": "Not Found", "code": "not_found" })),
    })
    .await
    .unwrap_or_else(|_| std::process::abort())
}

#[tokio::test]
async fn a_slip_in_the_last_document_sends_none() {
    let double = server().await;
    let desk = Desk::new().unwrap().with("VAULTPILOT_KEY", "vp_test_x");
    let bad = format!("{GOOD}---\n{}", GOOD.replace("wallets", "walets"));
    fs::write(desk.path("both.yaml"), bad).unwrap();
    let said = desk
        .run(&["policy", "apply", "-f", "both.yaml", "--url", &double.url])
        .await;
    assert_eq!(said.code, 2);
    assert!(
        said.err.starts_with("error: both.yaml is no policy\n"),
        "{}",
        said.err
    );
    assert!(
        said.err.contains("walets"),
        "the cause is told: {}",
        said.err
    );
    assert!(double.asked().is_empty());
}

#[tokio::test]
async fn each_document_of_a_stream_is_applied() {
    let double = server().await;
    let desk = Desk::new().unwrap().with("VAULTPILOT_KEY", "vp_test_x");
    let stream = format!("{GOOD}---\n{}", GOOD.replace("one", "two"));
    let args = ["policy", "apply", "-f", "-", "--url", &double.url];
    let said = desk.run_with(&args, &stream).await;
    assert_eq!(
        (said.code, said.out.as_str()),
        (0, "policy one created\npolicy two created\n")
    );
    let asked = double.asked();
    assert_eq!(asked.len(), 2);
    assert!(asked.iter().all(|asked| asked.method == "PUT"));
    assert!(
        asked
            .iter()
            .all(|asked| asked.headers["content-type"] == "application/yaml")
    );
    assert_eq!(asked[0].body, GOOD);

    let args = [
        "policy",
        "apply",
        "--dry-run",
        "-f",
        "-",
        "--url",
        &double.url,
    ];
    let said = desk.run_with(&args, GOOD).await;
    assert_eq!(said.out, "policy one created (dry run: nothing changed)\n");
    assert_eq!(double.asked()[2].uri, "/api/v1/policies?dry_run=true");
}
