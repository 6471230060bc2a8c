use super::*;
use vaultpilot_control_api::Env;

fn banner(key: Option<&SecretString>, exposed: bool) -> Banner<'_> {
    Banner {
        api_url: "http://127.0.0.1:8420",
        admin_url: "http://127.0.0.1:8420/admin/login?token=t",
        mcp_url: "http://127.0.0.1:8420/t/default/mcp",
        data_dir: "/data",
        metrics_url: "http://127.0.0.1:8420/metrics",
        agent_key: key,
        exposed,
    }
}

#[test]
fn five_lines_are_aligned_and_the_key_is_shown_once() {
    let screen = Screen::new(false, &Env::from([("NO_COLOR", "1")]));
    let key = SecretString::from("vp_test_secret");
    let expected = "  API      http://127.0.0.1:8420/api/v1
  Admin    http://127.0.0.1:8420/admin/login?token=t   (one-time link, 30 min)
  MCP URL  http://127.0.0.1:8420/t/default/mcp
  Data     /data
  Metrics  http://127.0.0.1:8420/metrics

  Key      export VAULTPILOT_AGENT_KEY=vp_test_secret   (shown once)

  Connect  vaultpilot connect --client claude-code --write
";
    assert_eq!(banner(Some(&key), false).text(&screen), expected);
    let again = banner(None, false).text(&screen);
    assert!(!again.contains("VAULTPILOT_AGENT_KEY"));
    assert!(!again.contains("WARNING"));
    assert!(
        banner(None, true)
            .text(&screen)
            .starts_with(" WARNING: others can connect")
    );
}
