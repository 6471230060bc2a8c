#![expect(
    clippy::needless_pass_by_value,
    clippy::unwrap_in_result,
    reason = "values are written where they are used, and a panic is a failed test"
)]

use serde_json::{Value, json};
use vaultpilot_crds::StrategySpec;
use vaultpilot_strategy::Spec;

use super::{Invalid, validate};

const TO: &str = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

fn judge(more: Value) -> Result<Spec, Invalid> {
    let mut spec = json!({
        "walletRef": { "name": "treasury" },
        "type": "RecurringTransfer",
        "recurringTransfer": {
            "chain": "eip155:8453", "asset": "native", "to": TO, "amount": "0.5", "memo": "rent",
        },
        "schedule": { "cron": "0 9 1 * *", "timeZone": "Europe/Berlin", "jitter": "5m" },
    });
    spec.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    let spec: StrategySpec = serde_json::from_value(spec).unwrap();
    validate(&spec)
}

#[test]
fn a_spec_of_the_cluster_is_one_of_the_control_plane() {
    let spec = judge(json!({
        "limits": { "maxPerRun": "0.5", "maxPerDay": "1", "maxTotal": "10", "maxRuns": 12 },
        "gates": { "maxBaseFeeGwei": "30" },
        "approval": "AboveAmount", "approvalAbove": "0.4",
        "failurePolicy": { "suspendAfter": 3 },
    }));
    let written = serde_json::to_value(spec.unwrap()).unwrap();
    assert_eq!(written["body"]["type"], "recurring_transfer");
    assert_eq!(written["body"]["amount"], "0.5");
    assert_eq!(written["schedule"]["when"], json!({ "cron": "0 9 1 * *" }));
    assert_eq!(written["schedule"]["time_zone"], "Europe/Berlin");
    assert_eq!(written["limits"]["max_runs"], 12);
    assert_eq!(written["gates"], json!({ "max_base_fee_gwei": "30" }));
    assert_eq!(
        written["approval"],
        json!({ "when": "above_amount", "amount": "0.4" })
    );
    assert_eq!(
        written["failure"],
        json!({ "on_failure": "suspend_after", "failures": 3 })
    );
}

#[test]
fn limits_that_can_never_be_used_are_told() {
    for (limits, words) in [
        (
            json!({ "maxPerRun": "0.4" }),
            "amount 0.5 is more than maxPerRun 0.4",
        ),
        (
            json!({ "maxPerRun": "3", "maxPerDay": "2" }),
            "maxPerRun 3 is more than maxPerDay 2",
        ),
        (
            json!({ "maxPerDay": "20", "maxTotal": "10" }),
            "maxPerDay 20 is more than maxTotal 10",
        ),
    ] {
        let invalid = judge(json!({ "limits": limits })).unwrap_err();
        assert_eq!(invalid.reason().as_str(), "InvalidLimits");
        assert_eq!(invalid.to_string(), format!("spec.limits: {words}"));
    }
}

#[test]
fn once_at_an_instant() {
    let spec = judge(json!({
        "type": "ScheduledSend",
        "recurringTransfer": null,
        "scheduledSend": { "chain": "eip155:1", "asset": "native", "to": TO, "amount": "1" },
        "schedule": { "at": "2026-12-24T18:00:00Z" },
    }));
    let written = serde_json::to_value(spec.unwrap()).unwrap();
    assert_eq!(written["body"]["type"], "scheduled_send");
    assert_eq!(
        written["schedule"]["when"],
        json!({ "at": "2026-12-24T18:00:00Z" })
    );
}

#[test]
fn what_cannot_be_is_told() {
    let wrong = [
        json!({ "schedule": { "cron": "0 9 1 * *", "interval": "1h" } }),
        json!({ "recurringTransfer": null }),
        json!({ "recurringTransfer": { "chain": "eip155:1", "asset": "native", "amount": "1",
            "to": "0x70997970c51812dc3A010C7d01b50e0d17dc79C8" } }),
        json!({ "approval": "AboveAmount" }),
    ];
    for spec in wrong {
        assert_eq!(
            judge(spec.clone()).unwrap_err().reason().as_str(),
            "InvalidSpec",
            "{spec}"
        );
    }
}
