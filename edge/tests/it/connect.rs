use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use crate::desk::{Answer, Desk, Double};

fn read(desk: &Desk, name: &str) -> String {
    fs::read_to_string(desk.path(name)).unwrap_or_default()
}

fn names(desk: &Desk, folder: &str) -> Vec<String> {
    let entries = fs::read_dir(desk.path(folder))
        .into_iter()
        .flatten()
        .flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_new_file_is_written_and_then_left_alone() {
    let desk = Desk::new().unwrap();
    let args = ["connect", "--client", "cursor", "--write"];
    let said = desk.run(&args).await;
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("+    \"vaultpilot\": {"), "{}", said.out);
    let file: Value = serde_json::from_str(&read(&desk, ".cursor/mcp.json")).unwrap();
    let server = &file["mcpServers"]["vaultpilot"];
    assert_eq!(server["url"], "http://127.0.0.1:8420/t/default/mcp");
    assert_eq!(
        server["headers"]["Authorization"],
        "Bearer ${env:VAULTPILOT_AGENT_KEY}"
    );
    assert!(
        said.err.contains("vaultpilot key create cursor --out"),
        "{}",
        said.err
    );

    let before = read(&desk, ".cursor/mcp.json");
    let said = desk.run(&args).await;
    assert!(said.err.contains("is as it should be"), "{}", said.err);
    assert_eq!(read(&desk, ".cursor/mcp.json"), before);
    assert_eq!(
        names(&desk, ".cursor"),
        ["mcp.json"],
        "nothing changed, nothing is kept"
    );
}

#[tokio::test]
async fn what_others_wrote_stays_in_its_order_and_a_copy_is_kept() {
    let desk = Desk::new().unwrap();
    let old = "{\n  \"zeta\": 1,\n  \"mcpServers\": {\n    \"other\": {\n      \"command\": \"x\"\n    }\n  },\n  \"alpha\": [\n    true\n  ]\n}\n";
    fs::write(desk.path(".mcp.json"), old).unwrap();
    fs::set_permissions(desk.path(".mcp.json"), fs::Permissions::from_mode(0o644)).unwrap();

    let said = desk
        .run(&["connect", "--client", "claude-code", "--dry-run"])
        .await;
    assert_eq!(said.code, 0);
    assert!(
        said.err.contains("dry run: .mcp.json is not changed"),
        "{}",
        said.err
    );
    assert_eq!(read(&desk, ".mcp.json"), old);

    let said = desk
        .run(&["connect", "--client", "claude-code", "--write", "--json"])
        .await;
    let answer = said.json();
    assert_eq!(answer["written"], json!(true));
    let backup = answer["backup"].as_str().unwrap_or_default().to_owned();
    assert_eq!(read(&desk, &backup), old);
    let removed: Vec<&str> = answer["diff"]
        .as_str()
        .unwrap_or_default()
        .lines()
        .filter(|l| l.starts_with('-'))
        .collect();
    assert_eq!(
        removed,
        ["--- .mcp.json"],
        "nothing of theirs is taken away"
    );
    let new = read(&desk, ".mcp.json");
    assert!(
        new.find("zeta") < new.find("mcpServers") && new.find("mcpServers") < new.find("alpha")
    );
    assert!(new.contains("\"command\": \"x\""));
    let mode = fs::metadata(desk.path(".mcp.json"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o644, "its mode stays");
}

#[tokio::test]
async fn vscode_asks_for_the_key_once() {
    let desk = Desk::new().unwrap();
    fs::create_dir(desk.path(".vscode")).unwrap();
    let old = json!({ "inputs": [{ "id": "other", "type": "promptString" }] }).to_string();
    fs::write(desk.path(".vscode/mcp.json"), old).unwrap();
    for _ in 0..2 {
        let said = desk
            .run(&["connect", "--client", "vscode", "--write"])
            .await;
        assert_eq!(said.code, 0, "{}", said.err);
    }
    let file: Value = serde_json::from_str(&read(&desk, ".vscode/mcp.json")).unwrap();
    let ids: Vec<&Value> = file["inputs"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|i| &i["id"])
        .collect();
    assert_eq!(ids, ["other", "vaultpilot-key"]);
    assert_eq!(file["servers"]["vaultpilot"]["type"], "http");
}

#[tokio::test]
async fn claude_desktop_starts_the_bridge_with_a_key_of_its_own() {
    let double = Double::start(|_| {
        Answer::json(
            201,
            &json!({ "key": { "id": "key_1" }, "secret": "vp_test_agentkey" }),
        )
    })
    .await
    .unwrap();
    let desk = Desk::new().unwrap().with("VAULTPILOT_KEY", "vp_test_owner");
    let args = [
        "connect",
        "--client",
        "claude-desktop",
        "--write",
        "--new-key",
        "--mcp-url",
        "http://127.0.0.1:8420/t/default/mcp",
        "--url",
        &double.url,
    ];
    let said = desk.run(&args).await;
    assert_eq!(said.code, 0, "{}", said.err);
    let text = read(&desk, ".config/Claude/claude_desktop_config.json");
    let file: Value = serde_json::from_str(&text).unwrap();
    let server = &file["mcpServers"]["vaultpilot"];
    assert_eq!(server["command"], env!("CARGO_BIN_EXE_vaultpilot"));
    let key = desk.data_dir().join("agents/claude-desktop.key");
    let expected = json!([
        "mcp",
        "bridge",
        "--mcp-url",
        "http://127.0.0.1:8420/t/default/mcp",
        "--key-file",
        key,
    ]);
    assert_eq!(server["args"], expected);
    assert_eq!(fs::read_to_string(&key).unwrap(), "vp_test_agentkey\n");
    assert_eq!(
        fs::metadata(&key).unwrap().permissions().mode() & 0o777,
        0o600
    );
    for shown in [&said.out, &said.err, &text] {
        assert!(
            !shown.contains("vp_test_"),
            "no key outside its file: {shown}"
        );
    }
    let asked = double.asked();
    assert_eq!(asked.len(), 1);
    let body: Value = serde_json::from_str(&asked[0].body).unwrap();
    assert_eq!(body, json!({ "name": "claude-desktop", "role": "agent" }));

    let said = desk.run(&args).await;
    assert!(
        said.err.contains("is there already and is kept"),
        "{}",
        said.err
    );
    assert_eq!(double.asked().len(), 1, "no second key");
}

#[tokio::test]
async fn a_file_that_is_not_understood_is_not_touched() {
    let desk = Desk::new().unwrap();
    let table = [
        ("{ // a comment\n}", "is not JSON"),
        ("[]", "is not a JSON object"),
        ("{\"mcpServers\": []}", "is not a JSON object"),
    ];
    for (text, told) in table {
        fs::write(desk.path("mine.json"), text).unwrap();
        let args = [
            "connect",
            "--client",
            "cursor",
            "--write",
            "--file",
            "mine.json",
        ];
        let said = desk.run(&args).await;
        assert_eq!(said.code, 1, "{text}");
        assert!(
            said.err.contains(&format!("mine.json {told}")),
            "{}",
            said.err
        );
        assert_eq!(read(&desk, "mine.json"), text);
    }
    let said = desk
        .run(&["connect", "--client", "python", "--write"])
        .await;
    assert_eq!(said.code, 1);
    assert!(
        said.err.contains("has no file that could be edited"),
        "{}",
        said.err
    );
}

#[tokio::test]
async fn every_client_has_its_snippet() {
    let desk = Desk::new()
        .unwrap()
        .with("VAULTPILOT_MCP_URL", "http://h:1/t/x/mcp");
    let said = desk.run(&["connect", "--json"]).await;
    let answer = said.json();
    let clients = answer["clients"].as_array().cloned().unwrap_or_default();
    let names: Vec<&str> = clients
        .iter()
        .filter_map(|c| c["client"].as_str())
        .collect();
    let expected = [
        "claude-code",
        "cursor",
        "vscode",
        "claude-desktop",
        "langgraph",
        "python",
        "typescript",
        "curl",
    ];
    assert_eq!(names, expected);
    for client in &clients {
        let snippet = client["snippet"].as_str().unwrap_or_default();
        assert!(snippet.contains("http://h:1/t/x/mcp"), "{client}");
        let alone = desk
            .run(&["connect", "--client", client["client"].as_str().unwrap()])
            .await;
        assert_eq!(alone.out.trim_end(), snippet);
    }
}
