use std::fs;

use crate::desk::Desk;

const KEYED: &str = "https://rpc.example/v2/s3cr3t";

#[tokio::test]
async fn check_names_every_problem_and_its_place() {
    let desk = Desk::new().unwrap().with("VAULTPILOT_LOG_FORMAT", "xml");
    fs::write(desk.path("vaultpilot.yml"), "server:\n  lisen: 1\n").unwrap();
    let said = desk.run(&["config", "check"]).await;
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    for expected in [
        "configuration cannot be used",
        "configuration has 2 problems",
        "server.lisen (vaultpilot.yml:2) is not a known key; did you mean listen?",
        "log.format (env VAULTPILOT_LOG_FORMAT) cannot be read",
    ] {
        assert!(
            said.err.contains(expected),
            "{expected} is missing in {}",
            said.err
        );
    }
}

#[tokio::test]
async fn check_warns_of_variables_that_mean_nothing() {
    let desk = Desk::new().unwrap().with("VAULTPILOT_SERVER_LISTN", "x");
    let said = desk.run(&["config", "check", "--json"]).await;
    assert_eq!(said.code, 0);
    assert_eq!(
        said.json()["unused_env"],
        serde_json::json!(["VAULTPILOT_SERVER_LISTN"])
    );
    assert!(
        said.err
            .contains("VAULTPILOT_SERVER_LISTN is set and means nothing")
    );
}

#[tokio::test]
async fn show_tells_origins_and_keeps_secrets() {
    let desk = Desk::new().unwrap().with("VAULTPILOT_RPC_8453", KEYED);
    fs::write(desk.path("mine.yml"), "log: { level: info }\n").unwrap();
    let args = [
        "config",
        "show",
        "--origin",
        "--config",
        "mine.yml",
        "--data-dir",
        "here",
    ];
    let said = desk.run(&args).await;
    assert_eq!(said.code, 0, "{}", said.err);
    let row = |path: &str| {
        let found = said.out.lines().find(|line| line.starts_with(path));
        found
            .unwrap_or_default()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(row("log.level"), "log.level info mine.yml:1");
    assert_eq!(row("data.dir"), "data.dir here flag --data-dir");
    assert_eq!(row("server.listen"), "server.listen 127.0.0.1:8420 default");
    assert_eq!(
        row("chains.eip155:8453.rpc"),
        "chains.eip155:8453.rpc [\"https://rpc.example/…\"] env VAULTPILOT_RPC_8453"
    );
    assert!(!said.out.contains("s3cr3t") && !said.err.contains("s3cr3t"));
}

#[tokio::test]
async fn the_personal_file_is_found_after_the_local_one() {
    let desk = Desk::new().unwrap();
    fs::create_dir_all(desk.path(".config/vaultpilot")).unwrap();
    let listen = "server: { listen: \"127.0.0.1:1111\" }\n";
    fs::write(desk.path(".config/vaultpilot/vaultpilot.yml"), listen).unwrap();
    let value = |said: &crate::desk::Said| {
        let shown = said.json();
        let found = shown
            .as_array()
            .into_iter()
            .flatten()
            .find(|v| v["path"] == "server.listen");
        found
            .map(|value| value["value"].clone())
            .unwrap_or_default()
    };
    let said = desk.run(&["config", "show", "--json"]).await;
    assert_eq!(value(&said), "127.0.0.1:1111");
    fs::write(desk.path("vaultpilot.yml"), listen.replace("1111", "2222")).unwrap();
    let said = desk.run(&["config", "show", "--json"]).await;
    assert_eq!(value(&said), "127.0.0.1:2222");
}

#[tokio::test]
async fn the_schema_is_json() {
    let said = Desk::new().unwrap().run(&["config", "schema"]).await;
    assert_eq!(said.json()["title"], "vaultpilot.yml");
}
