use std::fs;

use crate::desk::Desk;

#[tokio::test]
async fn exit_codes_are_as_documented() {
    let desk = Desk::new().unwrap();
    let table: [(&[&str], i32); 10] = [
        (&[], 2),
        (&["nonsense"], 2),
        (&["wallet"], 2),
        (&["wallet", "freeze", "treasury"], 2),
        (&["connect", "--write"], 2),
        (&["up", "--block-time", "1"], 2),
        (&["wallet", "list"], 3),
        (&["status"], 3),
        (&["demo"], 3),
        (&["audit", "verify", "--file", "ghost.jsonl"], 5),
    ];
    for (args, code) in table {
        let said = desk.run(args).await;
        assert_eq!(
            (said.code, said.out.as_str()),
            (code, ""),
            "{args:?}: {}",
            said.err
        );
        assert!(!said.err.is_empty(), "{args:?} says nothing");
    }
}

#[tokio::test]
async fn an_error_says_what_why_and_next() {
    let desk = Desk::new().unwrap();
    let said = desk.run(&["wallet", "list"]).await;
    let file = desk.data_dir().join("server.json");
    let expected = format!(
        "error: vaultpilot is not running\n  why:  there is no {}\n  next: vaultpilot up --devnet\n",
        file.display()
    );
    assert_eq!(said.err, expected);

    let said = desk.run(&["wallet", "list", "--json"]).await;
    let error: serde_json::Value = serde_json::from_str(&said.err).unwrap();
    assert_eq!(error["error"]["code"], "not_running");
    assert_eq!(error["error"]["exit"], 3);
    assert_eq!(error["error"]["next"], "vaultpilot up --devnet");
}

#[tokio::test]
async fn a_server_that_died_is_told_from_one_that_never_was() {
    let desk = Desk::new().unwrap();
    let mut child = std::process::Command::new("/bin/true").spawn().unwrap();
    let pid = child.id();
    child.wait().unwrap();
    fs::create_dir_all(desk.data_dir()).unwrap();
    let server = serde_json::json!({
        "pid": pid, "api_url": "http://127.0.0.1:9", "mcp_url": "http://127.0.0.1:9/t/default/mcp",
        "metrics_url": "http://127.0.0.1:9/metrics", "tenant": "default",
        "started_at": "2026-01-01T00:00:00Z", "version": "0.1.0",
    });
    fs::write(desk.data_dir().join("server.json"), server.to_string()).unwrap();
    let said = desk.run(&["status"]).await;
    assert_eq!(said.code, 3);
    assert!(said.err.contains("is not running any more"), "{}", said.err);
    assert!(
        said.err.contains(&format!("its process {pid} has ended")),
        "{}",
        said.err
    );
}

#[tokio::test]
async fn a_missing_key_is_told_before_anything_is_sent() {
    let desk = Desk::new().unwrap();
    let said = desk
        .run(&["--url", "http://127.0.0.1:9", "wallet", "list"])
        .await;
    assert_eq!(said.code, 4);
    assert!(said.err.contains("there is no key"), "{}", said.err);
    let said = desk
        .run(&[
            "--url",
            "http://127.0.0.1:9",
            "--key-file",
            "ghost",
            "status",
        ])
        .await;
    assert_eq!(said.code, 5);
    assert!(
        said.err.starts_with("error: ghost cannot be read\n"),
        "{}",
        said.err
    );
}

#[tokio::test]
async fn an_address_nobody_listens_on_is_unreachable() {
    let desk = Desk::new().unwrap().with("VAULTPILOT_KEY", "vp_test_x");
    let said = desk.run(&["--url", "http://127.0.0.1:9", "status"]).await;
    assert_eq!(said.code, 3);
    assert!(
        said.err.contains("http://127.0.0.1:9 cannot be reached"),
        "{}",
        said.err
    );
    assert!(
        said.err.contains("refused"),
        "the cause is told: {}",
        said.err
    );
}
