use secrecy::SecretString;
use vaultpilot_core::Tool;
use vaultpilot_intent::StateName;

use super::*;
use vaultpilot_control_api::Env;

fn at() -> Timestamp {
    "2026-03-04T05:06:07Z".parse().unwrap()
}

fn call(outcome: &str) -> Notice {
    Notice::ToolCalled {
        at: at(),
        agent: "ada".to_owned(),
        tool: Tool::Transfer,
        wallet: Some("treasury".to_owned()),
        outcome: outcome.to_owned(),
        detail: "0.01 native to 0xab…".to_owned(),
        micros: 3_456,
    }
}

fn asked(code: Option<&str>) -> Notice {
    Notice::ApprovalRequested {
        at: at(),
        approval: "apr_01HZX3J9QK8B3V6T2N4M5P7R9S".parse().unwrap(),
        summary: "0.06 ETH to 0xab…".to_owned(),
        expires_at: at(),
        code: code.map(SecretString::from),
    }
}

#[test]
fn every_notice_is_one_line() {
    let screen = Screen::new(false, &Env::from([("NO_COLOR", "1")]));
    let intent = "txn_01HZX3J9QK8B3V6T2N4M5P7R9S".parse().unwrap();
    let table = [
        (
            call("allow"),
            "05:06:07 ada            transfer             treasury     allow             3.4 ms  0.01 native to 0xab…",
        ),
        (
            asked(Some("123456")),
            "05:06:07 approval apr_01HZX3J9QK8B3V6T2N4M5P7R9S waits: 0.06 ETH to 0xab… — vaultpilot approval approve apr_01HZX3J9QK8B3V6T2N4M5P7R9S --code 123456",
        ),
        (
            asked(None),
            "05:06:07 approval apr_01HZX3J9QK8B3V6T2N4M5P7R9S waits: 0.06 ETH to 0xab… — vaultpilot approval approve apr_01HZX3J9QK8B3V6T2N4M5P7R9S",
        ),
        (
            Notice::IntentMoved {
                at: at(),
                intent,
                state: StateName::Final,
                detail: String::new(),
            },
            "05:06:07 txn_01HZX3J9QK8B3V6T2N4M5P7R9S final",
        ),
        (
            Notice::Alert {
                at: at(),
                message: "chain eip155:1 is lost".to_owned(),
            },
            "05:06:07 alert: chain eip155:1 is lost",
        ),
    ];
    for (notice, expected) in table {
        assert_eq!(line(&screen, &notice), expected);
        let json: serde_json::Value = serde_json::from_str(&json_line(&notice)).unwrap();
        assert_eq!(json["at"], "2026-03-04T05:06:07Z");
    }
}

#[tokio::test]
async fn a_stream_nobody_reads_never_blocks() {
    let (live, mut lines) = Live::new(Screen::new(false, &Env::default()));
    for _ in 0..WAITING * 2 {
        live.notify(call("deny")).await;
    }
    drop(live);
    let mut kept = 0;
    while lines.recv().await.is_some() {
        kept += 1;
    }
    assert_eq!(kept, WAITING);
}
