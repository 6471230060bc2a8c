use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use crate::desk::{Answer, Asked, Desk, Double, Said};

fn level(said: &Said, name: &str) -> (String, String) {
    let answer = said.json();
    let found = answer["checks"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|c| c["name"] == name);
    let text = |key: &str| {
        found
            .and_then(|check| check[key].as_str())
            .unwrap_or_default()
            .to_owned()
    };
    (text("level"), text("fix"))
}

#[tokio::test]
async fn a_stopped_house_fails_with_the_command_that_starts_it() {
    let desk = Desk::new().unwrap();
    let said = desk.run(&["doctor", "--json"]).await;
    assert_eq!(said.code, 1);
    assert_eq!(said.json()["ok"], json!(false));
    assert_eq!(level(&said, "configuration").0, "ok");
    assert_eq!(
        level(&said, "server"),
        ("failed".to_owned(), "vaultpilot up --devnet".to_owned())
    );
    assert_eq!(level(&said, "chains").0, "skipped");
    let words = desk.run(&["doctor"]).await;
    assert!(words.out.contains("Failed   server"), "{}", words.out);
    assert!(
        words.out.contains("fix: vaultpilot up --devnet"),
        "{}",
        words.out
    );
}

#[tokio::test]
async fn what_others_can_read_is_found() {
    let desk = Desk::new().unwrap();
    let data = desk.data_dir();
    fs::create_dir_all(&data).unwrap();
    fs::set_permissions(&data, fs::Permissions::from_mode(0o755)).unwrap();
    let key = data.join("owner.key");
    fs::write(&key, "vp_test_x").unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let said = desk.run(&["doctor", "--json"]).await;
    let fix = format!("chmod 700 {}", data.display());
    assert_eq!(level(&said, "data"), ("failed".to_owned(), fix));
    let fix = format!("chmod 600 {}", key.display());
    assert_eq!(level(&said, "owner key"), ("failed".to_owned(), fix));
    assert!(!said.out.contains("vp_test_x"));
}

#[tokio::test]
async fn a_broken_configuration_is_found() {
    let desk = Desk::new().unwrap();
    fs::write(desk.path("vaultpilot.yml"), "sever: {}\n").unwrap();
    let said = desk.run(&["doctor", "--json"]).await;
    assert_eq!(said.code, 1);
    let found = ("failed".to_owned(), "vaultpilot config check".to_owned());
    assert_eq!(level(&said, "configuration"), found);
}

fn status(asked: &Asked, anonymous: u16) -> Answer {
    let host = asked.headers["host"].to_str().unwrap_or_default();
    match asked.uri.as_str() {
        "/readyz" => Answer::text(200, "text/plain", "ok".to_owned()),
        "/api/v1/whoami" => Answer::json(
            200,
            &json!({ "tenant": "default", "name": "owner", "role": "owner", "kind": "person", "scopes": [] }),
        ),
        "/api/v1/status" => Answer::json(
            200,
            &json!({
                "version": "9.9.9", "edition": "edge", "data_dir": "/d",
                "started_at": "2026-01-01T00:00:00Z", "uptime_s": 1, "tenant": "default",
                "mcp_url": format!("http://{host}/t/default/mcp"),
                "api_url": format!("http://{host}"), "metrics_url": format!("http://{host}/metrics"),
                "chains": [
                    { "id": "eip155:1", "name": "Ethereum", "reachable": true, "head": 7 },
                    { "id": "eip155:10", "name": "OP Mainnet", "reachable": false, "error": "down" },
                ],
                "wallets": 0, "policies": 0, "approvals_waiting": 2, "transactions_in_flight": 0,
                "checklist": [],
            }),
        ),
        "/t/default/mcp" => Answer::json(anonymous, &Value::Null),
        _ => Answer::json(404, &Value::Null),
    }
}

#[tokio::test]
async fn a_running_house_is_looked_at_from_all_sides() {
    let double = Double::start(|asked| status(asked, 401)).await.unwrap();
    let desk = Desk::new().unwrap().with("VAULTPILOT_KEY", "vp_test_x");
    let said = desk.run(&["doctor", "--json", "--url", &double.url]).await;
    assert_eq!(said.code, 1, "a chain is lost: {}", said.out);
    let levels = [
        ("server", "ok"),
        ("ready", "ok"),
        ("key", "ok"),
        ("version", "warning"),
        ("anonymous", "ok"),
        ("chains", "failed"),
        ("policies", "warning"),
        ("approvals", "warning"),
    ];
    for (name, expected) in levels {
        assert_eq!(level(&said, name).0, expected, "{name}");
    }
    assert_eq!(
        level(&said, "chains").1,
        "export VAULTPILOT_RPC_10=<url>, and restart"
    );
    let call = double
        .asked()
        .into_iter()
        .find(|asked| asked.uri.ends_with("/mcp"))
        .unwrap();
    assert!(
        !call.headers.contains_key("authorization"),
        "the probe is anonymous"
    );
}

#[tokio::test]
async fn a_house_that_lets_strangers_in_fails() {
    let double = Double::start(|asked| status(asked, 200)).await.unwrap();
    let desk = Desk::new().unwrap().with("VAULTPILOT_KEY", "vp_test_x");
    let said = desk.run(&["doctor", "--json", "--url", &double.url]).await;
    assert_eq!(level(&said, "anonymous").0, "failed");
}
