use std::{fmt::Write, net::IpAddr};

use vaultpilot_core::Tool;

use super::{Document, DocumentError, Network, Span, ToolPattern, read::MAX_DOCUMENT_BYTES};

const SMALL: &str = r#"
apiVersion: vaultpilot.io/v1alpha1
kind: Policy
metadata: { name: small }
spec: { selector: { wallets: ["*"], agents: ["*"] } }
"#;

#[test]
fn durations_are_read_and_written_as_people_do() {
    for (text, seconds, written) in [
        ("0s", 0, "0s"),
        ("60s", 60, "60s"),
        ("1m", 60, "60s"),
        ("90s", 90, "90s"),
        ("120s", 120, "2m"),
        ("30m", 1_800, "30m"),
        ("3600s", 3_600, "1h"),
        ("24h", 86_400, "24h"),
        ("1d", 86_400, "24h"),
        ("48h", 172_800, "2d"),
        ("366d", 31_622_400, "366d"),
    ] {
        let span: Span = text.parse().unwrap();
        assert_eq!(span.duration().as_secs(), seconds, "{text}");
        assert_eq!(span.to_string(), written);
        assert_eq!(written.parse(), Ok(span));
    }
    for text in [
        "",
        "s",
        "60",
        "1.5h",
        "-1s",
        "+1s",
        " 1s",
        "1 s",
        "1w",
        "367d",
        "1h30m",
        "1ms",
        "٣s",
        "99999999999999999999d",
    ] {
        assert!(text.parse::<Span>().is_err(), "{text}");
    }
}

/// What `*` means, said in the plainest way.
fn naive(pattern: &[u8], name: &[u8]) -> bool {
    match (pattern, name) {
        ([], []) => true,
        ([b'*', rest @ ..], _) => {
            naive(rest, name) || matches!(name, [_, tail @ ..] if naive(pattern, tail))
        }
        ([p, rest @ ..], [n, tail @ ..]) => p == n && naive(rest, tail),
        _ => false,
    }
}

#[test]
fn patterns_agree_with_the_plain_meaning_of_the_star() {
    let parts = [
        "", "get", "get_", "t", "s", "tran", "transfer", "_", "balances", "a",
    ];
    let mut matched = 0;
    for a in parts {
        for b in parts {
            for c in parts {
                for text in [
                    a.to_owned(),
                    format!("{a}*{b}"),
                    format!("{a}*{b}*{c}"),
                    format!("*{a}*"),
                ] {
                    for tool in Tool::ALL {
                        let expected = naive(text.as_bytes(), tool.name().as_bytes());
                        matched += usize::from(expected);
                        assert_eq!(
                            ToolPattern(text.clone()).matches(*tool),
                            expected,
                            "{text} {tool}"
                        );
                    }
                }
            }
        }
    }
    assert!(matched > 1_000, "{matched}");
}

#[test]
fn networks_hold_addresses_in_any_dress() {
    let network = |text: &str| serde_json::from_value::<Network>(text.into());
    let ip = |text: &str| text.parse::<IpAddr>().unwrap();
    let ten = network("10.1.2.3/8").unwrap();
    assert_eq!(ten.0.to_string(), "10.0.0.0/8");
    assert!(ten.contains(ip("10.255.0.1")) && ten.contains(ip("::ffff:10.0.0.1")));
    assert!(!ten.contains(ip("11.0.0.1")) && !ten.contains(ip("::1")));
    let one = network("::ffff:192.168.0.1").unwrap();
    assert!(one.contains(ip("192.168.0.1")) && !one.contains(ip("192.168.0.2")));
    let six = network("2001:db8::/32").unwrap();
    assert!(six.contains(ip("2001:db8:ffff::1")) && !six.contains(ip("2001:db9::1")));
    for text in ["", "10.0.0.0/33", "10.0.0/8", "localhost", "10.0.0.1:80"] {
        assert!(network(text).is_err(), "{text}");
    }
}

#[test]
fn size_is_limited_before_anything_is_read() {
    let padded = format!("{SMALL}#{}", "x".repeat(MAX_DOCUMENT_BYTES));
    assert!(Document::from_yaml(SMALL).is_ok());
    for read in [Document::from_yaml, Document::from_json] {
        let error = read(&padded).unwrap_err();
        assert!(matches!(error, DocumentError::TooLarge { given } if given == padded.len()));
    }
}

#[test]
fn yaml_that_would_blow_up_is_refused() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..20 {
        let last = level - 1;
        let ten = vec![format!("*a{last}"); 10].join(", ");
        writeln!(bomb, "a{level}: &a{level} [{ten}]").unwrap();
    }
    let deep = "[".repeat(100_000);
    for text in [
        &bomb,
        &deep,
        "",
        "---\n---\n",
        &format!("{SMALL}---{SMALL}"),
    ] {
        assert!(Document::from_yaml(text).is_err());
    }
}

#[test]
fn json_says_where_it_is_wrong() {
    let text = r#"{"apiVersion": "vaultpilot.io/v1alpha1",
  "kind": "Pol"}"#;
    let Err(DocumentError::Json { line, .. }) = Document::from_json(text) else {
        panic!()
    };
    assert_eq!(line, 2);
    let number = r#"{"apiVersion":"vaultpilot.io/v1alpha1","kind":"Policy","metadata":{"name":"a"},
      "spec":{"selector":{"wallets":["*"],"agents":["*"]},"chains":["eip155:1"],
        "assets":[{"chain":"eip155:1","token":"native","perTx":0.1}]}}"#;
    assert!(
        Document::from_json(number).is_err(),
        "a JSON number is a float to many"
    );
}

#[test]
fn the_schema_names_every_section() {
    let schema = schemars::schema_for!(Document).to_value().to_string();
    for section in [
        "selector",
        "mode",
        "chains",
        "tools",
        "assets",
        "recipients",
        "contracts",
        "allowances",
        "signatures",
        "gas",
        "swap",
        "network",
        "schedule",
        "approvals",
        "duplicateWindow",
    ] {
        assert!(schema.contains(&format!("\"{section}\"")), "{section}");
    }
}
