use vaultpilot_core::{Duration, Timestamp, clock};

use super::{Findings, sentence};
use crate::moment::instant;
use crate::reason::Reason;

fn at(seconds: u64) -> Timestamp {
    clock::after(Timestamp::UNIX_EPOCH, Duration::from_secs(seconds))
}

fn status(findings: &Findings) -> Vec<(String, String, String)> {
    findings
        .conditions(&[], Some(3), at(0))
        .into_iter()
        .map(|condition| (condition.type_, condition.status, condition.reason))
        .take(3)
        .collect()
}

fn told(rows: [(&str, &str, &str); 3]) -> Vec<(String, String, String)> {
    rows.map(|(a, b, c)| (a.to_owned(), b.to_owned(), c.to_owned()))
        .into()
}

#[test]
fn all_that_holds_is_ready() {
    let mut findings = Findings::default();
    findings.holds("Accepted", "");
    findings.tells("Suspended", false, Reason::AsAsked, "");
    let expected = told([
        ("Ready", "True", "AsAsked"),
        ("Reconciling", "False", "AsAsked"),
        ("Stalled", "False", "AsAsked"),
    ]);
    assert_eq!(status(&findings), expected);
}

#[test]
fn what_heals_by_itself_is_reconciling() {
    let mut findings = Findings::default();
    findings.holds("Accepted", "");
    findings.unknown("KeyReady", Reason::ControlPlaneUnreachable, "");
    let expected = told([
        ("Ready", "Unknown", "ControlPlaneUnreachable"),
        ("Reconciling", "True", "ControlPlaneUnreachable"),
        ("Stalled", "False", "AsAsked"),
    ]);
    assert_eq!(status(&findings), expected);
}

#[test]
fn what_needs_a_person_comes_first() {
    let mut findings = Findings::default();
    findings.fails("RuntimeAvailable", Reason::RollingOut, "");
    findings.stalls("Accepted", Reason::InvalidSpec, "");
    let expected = told([
        ("Ready", "False", "InvalidSpec"),
        ("Reconciling", "False", "AsAsked"),
        ("Stalled", "True", "InvalidSpec"),
    ]);
    assert_eq!(status(&findings), expected);
}

#[test]
fn a_condition_keeps_its_time_while_its_status_stays() {
    let mut first = Findings::default();
    first.fails("Exposed", Reason::RouteNotAccepted, "one");
    let before = first.conditions(&[], Some(1), at(10));
    let mut second = Findings::default();
    second.fails("Exposed", Reason::ApiNotAvailable, "two");
    let after = second.conditions(&before, Some(2), at(20));
    let exposed = after
        .iter()
        .find(|condition| condition.type_ == "Exposed")
        .unwrap();
    assert_eq!(instant(&exposed.last_transition_time), at(10));
    assert_eq!(
        (exposed.reason.as_str(), exposed.observed_generation),
        ("ApiNotAvailable", Some(2))
    );
    let healed = {
        let mut findings = Findings::default();
        findings.holds("Exposed", "");
        findings.conditions(&after, Some(2), at(30))
    };
    assert!(
        healed
            .iter()
            .filter(|c| c.type_ != "Stalled")
            .all(|c| instant(&c.last_transition_time) == at(30))
    );
}

#[test]
fn words_of_others_become_one_line() {
    assert_eq!(
        sentence("failed:\n\tno such image\u{7}"),
        "failed:  no such image"
    );
    assert_eq!(sentence(&"x".repeat(5000)).len(), 1000);
}
