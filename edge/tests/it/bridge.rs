use serde_json::{Value, json};

use crate::desk::{Answer, Asked, Desk, Double, Said};

const GREETING: &str =
    r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}"#;
const READY: &str = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;

fn script(asked: &Asked) -> Answer {
    let message: Value = serde_json::from_str(&asked.body).unwrap_or_default();
    let id = message["id"].clone();
    let result = |result: Value| json!({ "jsonrpc": "2.0", "id": id, "result": result });
    match message["method"].as_str().unwrap_or_default() {
        "initialize" => Answer::json(200, &result(json!({ "protocolVersion": "2025-11-25" }))),
        "notifications/initialized" => Answer::text(202, "text/plain", String::new()),
        "tools/list" => Answer::json(200, &result(json!({ "tools": [] }))),
        "tools/call" => {
            let progress = json!({ "jsonrpc": "2.0", "method": "notifications/progress" });
            let body = format!(
                ": hello\n\ndata: {progress}\n\ndata: {}\n\n",
                result(json!("done"))
            );
            Answer::text(200, "text/event-stream", body)
        }
        "bad/request" => {
            let error = json!({ "code": -32602, "message": "no" });
            Answer::json(400, &json!({ "jsonrpc": "2.0", "id": id, "error": error }))
        }
        _ => Answer::text(500, "text/plain", "broken".to_owned()),
    }
}

fn messages(said: &Said) -> Vec<Value> {
    said.out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_default())
        .collect()
}

fn with_id(said: &Said, id: &Value) -> Value {
    messages(said)
        .into_iter()
        .find(|message| &message["id"] == id)
        .unwrap_or_default()
}

#[tokio::test]
async fn messages_pass_both_ways_as_json_and_as_events() {
    let double = Double::start(script).await.unwrap();
    let desk = Desk::new()
        .unwrap()
        .with("VAULTPILOT_AGENT_KEY", "vp_test_agent");
    let input = [
        GREETING,
        READY,
        r#"{"jsonrpc":"2.0","id":"list","method":"tools/list"}"#,
        r#"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"transfer"}}"#,
        r#"{"jsonrpc":"2.0","id":3,"method":"bad/request"}"#,
        r#"{"jsonrpc":"2.0","id":4,"method":"break"}"#,
        "{not json",
        "",
    ]
    .join("\n");
    let said = desk
        .run_with(&["mcp", "bridge", "--mcp-url", &double.url], &input)
        .await;
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(messages(&said).len(), 7, "{}", said.out);
    assert_eq!(
        with_id(&said, &json!(0))["result"]["protocolVersion"],
        "2025-11-25"
    );
    assert_eq!(
        with_id(&said, &json!("list"))["result"],
        json!({ "tools": [] })
    );
    assert_eq!(with_id(&said, &json!(2))["result"], "done");
    assert_eq!(with_id(&said, &json!(3))["error"]["code"], -32602);
    let broken = with_id(&said, &json!(4));
    assert_eq!(broken["error"]["code"], -32000);
    assert_eq!(broken["error"]["data"]["next"], "vaultpilot doctor");
    let progress = messages(&said)
        .into_iter()
        .filter(|m| m["method"] == "notifications/progress");
    assert_eq!(progress.count(), 1);
    let parse = messages(&said)
        .into_iter()
        .find(|m| m["error"]["code"] == -32700)
        .unwrap();
    assert_eq!(parse["id"], Value::Null);

    let asked = double.asked();
    assert_eq!(asked.len(), 6);
    assert!(
        asked
            .iter()
            .all(|a| a.headers["authorization"] == "Bearer vp_test_agent")
    );
    let call = asked
        .iter()
        .find(|a| a.body.contains("tools/call"))
        .unwrap();
    assert_eq!(
        call.headers["mcp-protocol-version"], "2025-11-25",
        "as agreed in the greeting"
    );
    assert_eq!(call.headers["mcp-method"], "tools/call");
    assert_eq!(call.headers["mcp-name"], "transfer");
    assert!(
        !asked[0].headers.contains_key("mcp-protocol-version"),
        "not agreed on yet"
    );
}

#[tokio::test]
async fn failures_are_told_in_json_rpc() {
    let refusing = Double::start(|_| Answer::text(401, "text/plain", String::new()))
        .await
        .unwrap();
    let ask = r#"{"jsonrpc":"2.0","id":7,"method":"tools/list"}"#;
    let keyed = || {
        Desk::new()
            .unwrap()
            .with("VAULTPILOT_AGENT_KEY", "vp_test_agent")
    };
    let table = [
        (keyed(), Some(refusing.url.as_str()), "key was refused"),
        (keyed(), Some("http://127.0.0.1:9"), "cannot be reached"),
        (keyed(), None, "vaultpilot is not running"),
        (
            Desk::new().unwrap(),
            Some(refusing.url.as_str()),
            "there is no agent's key",
        ),
    ];
    for (desk, url, told) in table {
        let mut args = vec!["mcp", "bridge"];
        args.extend(url.iter().flat_map(|url| ["--mcp-url", url]));
        let said = desk.run_with(&args, ask).await;
        assert_eq!(said.code, 0);
        let answer = with_id(&said, &json!(7));
        let message = answer["error"]["message"].as_str().unwrap_or_default();
        assert!(message.contains(told), "{answer}");
        assert!(answer["error"]["data"]["next"].is_string(), "{answer}");
        assert!(!said.out.contains("vp_test_agent"));
    }
}

#[tokio::test]
async fn the_owners_key_is_never_an_agents() {
    let double = Double::start(script).await.unwrap();
    let desk = Desk::new().unwrap();
    std::fs::create_dir_all(desk.data_dir()).unwrap();
    std::fs::write(desk.data_dir().join("owner.key"), "vp_test_owner").unwrap();
    desk.run_with(&["mcp", "bridge", "--mcp-url", &double.url], GREETING)
        .await;
    assert!(double.asked().is_empty());
}
