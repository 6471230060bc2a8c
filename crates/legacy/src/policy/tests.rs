use proptest::prelude::*;

use super::*;

fn said(limits: &RateLimits) -> Vec<(String, u32, String)> {
    let rule = |rule: &RateLimitRule| {
        let tool = rule.tools[0].0.clone();
        (tool, rule.max_calls, rule.window.to_string())
    };
    limits.rules.iter().map(rule).collect()
}

#[test]
fn limits_come_over_in_todays_names() {
    let text = "rate_limits:\n  default: {max_calls: 60, window_seconds: 60}\n  tools:\n    \
                execute_transfer: {max_calls: 5, window_seconds: 3600}\n    \
                generate_response: {max_calls: 1, window_seconds: 1}\n";
    let limits = read(text).unwrap();
    assert_eq!(limits.left_behind, ["generate_response"]);
    let rules = said(&limits);
    assert_eq!(rules.len(), CARRIED.len());
    assert!(rules.contains(&("transfer".to_owned(), 5, "1h".to_owned())));
    assert!(rules.contains(&("get_balances".to_owned(), 60, "60s".to_owned())));
    // The policy reads back, and names the wallets it is for.
    let label: Label = "alice".parse().unwrap();
    let document = limits.document("legacy-rates".parse().unwrap(), vec![label]);
    let text = serde_json::to_string(&document).unwrap();
    assert_eq!(Document::from_json(&text).unwrap(), document);
    assert!(document.spec.tools.allow.is_empty());
}

#[test]
fn without_a_default_only_what_is_named_is_limited() {
    let text = "rate_limits: {tools: {query_balance: {max_calls: 0, window_seconds: 1}}}";
    assert_eq!(
        said(&read(text).unwrap()),
        [("get_balances".to_owned(), 0, "1s".to_owned())]
    );
    assert!(read("{}").unwrap().rules.is_empty());
    assert!(read("rate_limits: {}").unwrap().rules.is_empty());
}

#[test]
fn what_is_wrong_is_named() {
    let limit = |text: &str| read(text).unwrap_err();
    let zero = "rate_limits: {default: {max_calls: 1, window_seconds: 0}}";
    assert_eq!(
        limit(zero),
        PolicyError::Limit {
            tool: "default".to_owned()
        }
    );
    let long = "rate_limits: {tools: {list_wallets: {max_calls: 1, window_seconds: 99999999999}}}";
    assert_eq!(
        limit(long),
        PolicyError::Limit {
            tool: "list_wallets".to_owned()
        }
    );
    let none = [
        "rate_limits: [",
        "rate_limits: {default: {max_calls: -1, window_seconds: 1}}",
        "rate_limits: {default: {max_calls: many, window_seconds: 1}}",
        "rate_limits: 7",
        "- a",
    ];
    for text in none {
        assert!(matches!(limit(text), PolicyError::NotYaml { .. }), "{text}");
    }
    assert_eq!(limit(&"#".repeat(MAX_POLICY + 1)), PolicyError::TooLong);
}

/// A file of a few lines that would unfold to millions is refused, not unfolded.
#[test]
fn a_bomb_does_not_go_off() {
    let mut text = String::from("a: &a [x,x,x,x,x,x,x,x,x]\n");
    for (name, before) in ('b'..='j').zip('a'..='i') {
        let many = vec![format!("*{before}"); 9].join(",");
        text = format!("{text}{name}: &{name} [{many}]\n");
    }
    text.push_str("rate_limits: *j\n");
    assert!(matches!(read(&text), Err(PolicyError::NotYaml { .. })));
}

proptest! {
    #[test]
    fn nothing_panics(text in ".{0,120}", calls in any::<u32>(), seconds in any::<u64>()) {
        let _ = read(&text).is_ok();
        let text = format!("rate_limits: {{default: {{max_calls: {calls}, window_seconds: {seconds}}}}}");
        let _ = read(&text).is_ok();
    }
}
