//! What Prometheus reads, and who may not be in it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use vaultpilot_core::{ChainId, Timestamp, Tool};
use vaultpilot_intent::StateName;
use vaultpilot_ports::{Notice, Notifier as _};
use vaultpilot_telemetry::{LogError, LogShape, Metrics, init_tracing};

fn line<'a>(text: &'a str, start: &str) -> &'a str {
    text.lines()
        .find(|line| line.starts_with(start))
        .unwrap_or(text)
}

#[test]
fn everything_counted_is_told() {
    let metrics = Metrics::new("1.2.3", "edge");
    metrics.tool_called(Tool::Transfer, "allow", Duration::from_millis(3));
    metrics.tool_called(Tool::Transfer, "deny", Duration::from_millis(1));
    metrics.decided("allow", None);
    metrics.decided("deny", Some("per_tx_limit"));
    metrics.approvals_waiting(2);
    metrics.endpoints_healthy(ChainId::eip155(8453), 3);
    metrics.rpc_answered(ChainId::eip155(8453), Duration::from_millis(40));
    metrics.audit_appended(4, Duration::from_millis(2));

    let text = metrics.encode();
    for expected in [
        r#"vaultpilot_build_info{version="1.2.3",edition="edge"} 1"#,
        r#"vaultpilot_tool_calls_total{tool="transfer",outcome="allow"} 1"#,
        r#"vaultpilot_tool_calls_total{tool="transfer",outcome="deny"} 1"#,
        r#"vaultpilot_tool_call_duration_seconds_count{tool="transfer"} 2"#,
        r#"vaultpilot_decisions_total{outcome="deny",reason="per_tx_limit"} 1"#,
        r#"vaultpilot_decisions_total{outcome="allow",reason=""} 1"#,
        "vaultpilot_approvals_waiting 2",
        r#"vaultpilot_chain_endpoints_healthy{chain="eip155:8453"} 3"#,
        r#"vaultpilot_chain_rpc_duration_seconds_count{chain="eip155:8453"} 1"#,
        "vaultpilot_audit_append_duration_seconds_count 1",
        "vaultpilot_audit_append_entries_sum 4.0",
        "# EOF",
    ] {
        assert_eq!(line(&text, expected), expected);
    }
}

/// The kernel may give worse pages later: what is shown is how it is now.
#[test]
fn what_memory_keys_lie_in_is_shown_as_it_is_now() {
    static SHORT: AtomicBool = AtomicBool::new(false);
    let metrics = Metrics::new("1", "edge");
    let start = "vaultpilot_key_memory_protection{";
    let shown = || metrics.encode().matches(start).count();
    assert_eq!(shown(), 0, "nobody told");
    metrics.watch_key_memory(|| {
        if SHORT.load(Ordering::Relaxed) {
            "plain"
        } else {
            "guarded"
        }
    });
    for (short, kind) in [(false, "guarded"), (true, "plain")] {
        SHORT.store(short, Ordering::Relaxed);
        let text = metrics.encode();
        assert_eq!(line(&text, start), format!("{start}kind=\"{kind}\"}} 1"));
        assert_eq!(shown(), 1);
    }
}

#[test]
fn notices_are_counted() {
    let metrics = Metrics::new("1", "edge");
    let at = Timestamp::UNIX_EPOCH;
    let intent = "txn_01HZX3J9QK8B3V6T2N4M5P7R9S".parse().unwrap();
    let notices = [
        Notice::ToolCalled {
            at,
            agent: "ada-the-agent".to_owned(),
            tool: Tool::GetBalances,
            wallet: Some("treasury-wallet".to_owned()),
            outcome: "allow".to_owned(),
            detail: "0.5 to 0xabc".to_owned(),
            micros: 700,
        },
        Notice::ToolCalled {
            at,
            agent: "ada-the-agent".to_owned(),
            tool: Tool::Transfer,
            wallet: None,
            outcome: "deny".to_owned(),
            detail: "denied (per_tx_limit): 0.5 to 0xabc is too much".to_owned(),
            micros: 700,
        },
        Notice::ToolCalled {
            at,
            agent: "ada-the-agent".to_owned(),
            tool: Tool::Transfer,
            wallet: None,
            outcome: "deny".to_owned(),
            detail: "denied (treasury-wallet)".to_owned(),
            micros: 700,
        },
        Notice::IntentMoved {
            at,
            intent,
            state: StateName::Signed,
            detail: String::new(),
        },
        Notice::Alert {
            at,
            message: "look".to_owned(),
        },
    ];
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    for notice in notices {
        runtime.block_on(metrics.notify(notice));
    }
    let text = metrics.encode();
    for expected in [
        r#"vaultpilot_tool_calls_total{tool="get_balances",outcome="allow"} 1"#,
        r#"vaultpilot_decisions_total{outcome="allow",reason=""} 1"#,
        r#"vaultpilot_decisions_total{outcome="deny",reason="per_tx_limit"} 1"#,
        r#"vaultpilot_decisions_total{outcome="deny",reason=""} 1"#,
        r#"vaultpilot_intents_total{state="signed"} 1"#,
        "vaultpilot_alerts_total 1",
    ] {
        assert_eq!(line(&text, expected), expected);
    }
    for private in ["ada-the-agent", "treasury-wallet", "0xabc", "txn_"] {
        assert!(!text.contains(private), "{private} is a label");
    }
}

#[test]
fn a_call_lands_in_the_bucket_of_its_time() {
    let metrics = Metrics::new("1", "edge");
    metrics.tool_called(Tool::Transfer, "allow", Duration::from_micros(150));
    let text = metrics.encode();
    let bucket = "vaultpilot_tool_call_duration_seconds_bucket{le=";
    let counted = |le: &str| {
        let start = format!("{bucket}\"{le}\",tool=\"transfer\"}}");
        line(&text, &start).rsplit(' ').next().unwrap().to_owned()
    };
    assert_eq!(
        (counted("0.0001").as_str(), counted("0.0002").as_str()),
        ("0", "1")
    );
}

#[test]
fn the_log_starts_once_and_refuses_nonsense() {
    assert!(matches!(
        init_tracing("a=b=c", LogShape::Text),
        Err(LogError::Level(_))
    ));
    init_tracing("warn,vaultpilot_chain=debug", LogShape::Json).unwrap();
    assert!(matches!(
        init_tracing("warn", LogShape::Json),
        Err(LogError::Taken(_))
    ));
}
