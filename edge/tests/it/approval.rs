use serde_json::{Value, json};

use crate::desk::{Answer, Asked, Desk, Double};

const ID: &str = "apr_01HZX3J9QK8B3V6T2N4M5P7R9S";

fn approval(state: &str, code: bool) -> Value {
    json!({
        "id": ID, "transaction_id": "txn_01HZX3J9QK8B3V6T2N4M5P7R9S", "state": state,
        "summary": "0.06 ETH to 0xab", "action_digest": "d", "requested_by": "ada",
        "code_required": code, "created_at": "2026-01-01T00:00:00Z",
        "expires_at": "2026-01-01T00:30:00Z",
    })
}

fn script(asked: &Asked, code: bool, status: &str) -> Answer {
    if asked.method == "GET" {
        return Answer::json(200, &approval("waiting", code));
    }
    let transaction = json!({
        "id": "txn_01HZX3J9QK8B3V6T2N4M5P7R9S", "state": "signed", "status": status,
    });
    let payment = json!({ "status": status, "transaction": transaction });
    let body = json!({ "approval": approval("approved", code), "payment": payment });
    Answer::json(200, &body)
}

#[tokio::test]
async fn without_a_terminal_the_code_must_be_given() {
    let double = Double::start(|asked| script(asked, true, "submitted"))
        .await
        .unwrap();
    let desk = Desk::new().unwrap().with("VAULTPILOT_KEY", "vp_test_x");
    let said = desk
        .run(&["approval", "approve", ID, "--url", &double.url])
        .await;
    assert_eq!(said.code, 2);
    let next = format!("next: vaultpilot approval approve {ID} --code <code>");
    assert!(said.err.contains(&next), "{}", said.err);
    assert!(
        double.asked().iter().all(|asked| asked.method == "GET"),
        "nothing is decided"
    );

    let args = [
        "approval",
        "approve",
        ID,
        "--code",
        "123456",
        "--url",
        &double.url,
    ];
    let said = desk.run(&args).await;
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(
        said.out.starts_with("approved: 0.06 ETH to 0xab\n"),
        "{}",
        said.out
    );
    let posted = double
        .asked()
        .into_iter()
        .find(|asked| asked.method == "POST")
        .unwrap();
    assert_eq!(posted.body, r#"{"code":"123456"}"#);
}

#[tokio::test]
async fn a_yes_that_policy_overrules_is_a_denial() {
    let double = Double::start(|asked| script(asked, false, "denied"))
        .await
        .unwrap();
    let desk = Desk::new().unwrap().with("VAULTPILOT_KEY", "vp_test_x");
    let said = desk
        .run(&["approval", "approve", ID, "--url", &double.url])
        .await;
    assert_eq!(said.code, 4, "{}", said.err);
}
