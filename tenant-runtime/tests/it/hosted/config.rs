//! What a pod says when it cannot start.

use super::pod::binary;

async fn run(arguments: &[&str], file: Option<&str>) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = binary();
    command.args(arguments);
    if let Some(text) = file {
        let path = folder.path().join("runtime.yml");
        std::fs::write(&path, text).unwrap();
        command.arg("--config").arg(path);
    }
    let output = command.output().await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

const GOOD: &str = "
mcp: { tenant: acme, public_url: 'http://mcp.vp-acme.svc:8080', listen: '127.0.0.1:0' }
probes: { listen: '127.0.0.1:0' }
control_plane:
  address: https://control-api:9443
  ca_file: /nowhere/ca.crt
  token_file: /nowhere/token
strategies: { enabled: false }
";

#[tokio::test]
async fn everything_that_is_wrong_is_told_at_once() {
    let text = "mcp: { tenant: acme, lissten: x }\nstrategies: { holder: p }\n";
    for command in [vec!["serve"], vec!["config", "check"]] {
        let (code, _, told) = run(&command, Some(text)).await;
        assert_eq!(code, Some(2), "{told}");
        for part in [
            "is not a known key; did you mean listen?",
            "mcp.public_url (default) is needed",
            "control_plane.address (default) is empty",
        ] {
            assert!(told.contains(part), "{part} is not in\n{told}");
        }
    }
}

#[tokio::test]
async fn a_missing_file_or_token_is_told_by_its_path() {
    let (code, _, told) = run(&["serve", "--config", "/nowhere/runtime.yml"], None).await;
    assert_eq!(code, Some(2));
    assert!(
        told.contains("/nowhere/runtime.yml cannot be read"),
        "{told}"
    );

    let (code, _, told) = run(&["serve"], Some(GOOD)).await;
    assert_eq!(code, Some(1));
    assert!(told.contains("/nowhere/token cannot be read"), "{told}");
}

#[tokio::test]
async fn a_control_plane_without_tls_is_refused() {
    let text = GOOD
        .replace("https://control-api", "http://control-api")
        .replace("/nowhere/token", "/dev/null");
    let (code, _, told) = run(&["serve"], Some(&text)).await;
    assert_eq!(code, Some(1));
    assert!(told.contains("is not https"), "{told}");
}

#[tokio::test]
async fn the_configuration_can_be_checked_and_described() {
    let (code, told, _) = run(&["config", "check"], Some(GOOD)).await;
    assert_eq!(
        (code, told.as_str()),
        (Some(0), "the configuration is fine\n")
    );
    let (code, schema, _) = run(&["config", "schema"], None).await;
    assert_eq!(code, Some(0));
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    assert_eq!(schema["title"], "runtime.yml");
    let (code, page, _) = run(&["config", "reference"], None).await;
    assert_eq!(code, Some(0));
    assert!(page.contains("VAULTPILOT_STRATEGIES_HOLDER"), "{page}");
}
