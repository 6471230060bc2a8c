use super::{Counted, MAX_WEIGHT, RateBook, Rated};
use crate::policy::RateId;
use std::time::Duration;
use vaultpilot_core::{Timestamp, clock};

fn start() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

fn after(seconds: u64) -> Timestamp {
    clock::after(start(), Duration::from_secs(seconds))
}

fn knock(subject: &str, max_calls: u32, now: Timestamp) -> Counted<'_> {
    Counted {
        tenant: "tnt_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap(),
        rule: RateId([7; 16]),
        subject,
        max_calls,
        window: Duration::from_mins(1),
        now,
    }
}

fn full_until(seconds: u64) -> Rated {
    Rated::Full {
        resets_at: Some(after(seconds)),
    }
}

#[test]
fn a_window_is_open_at_its_far_end() {
    let mut book = RateBook::new();
    assert_eq!(book.count(knock("bot", 1, after(0))), Rated::Fits);
    let just_before = clock::before(after(60), Duration::from_nanos(1));
    assert!(matches!(
        book.clone().count(knock("bot", 1, just_before)),
        Rated::Full { .. }
    ));
    assert_eq!(book.count(knock("bot", 1, after(60))), Rated::Fits);
}

#[test]
fn knocking_on_and_on_keeps_the_door_shut() {
    let mut book = RateBook::new();
    assert_eq!(book.count(knock("bot", 2, after(0))), Rated::Fits);
    assert_eq!(book.count(knock("bot", 2, after(0))), Rated::Fits);
    // At each knock the last two are the one before and this one.
    assert_eq!(book.count(knock("bot", 2, after(1))), full_until(60));
    for second in 2..200 {
        let rated = book.count(knock("bot", 2, after(second)));
        assert_eq!(
            rated,
            full_until(second.saturating_sub(1).saturating_add(60))
        );
    }
    assert_eq!(book.count(knock("bot", 2, after(300))), Rated::Fits);
}

#[test]
fn agents_tenants_and_rules_are_counted_apart() {
    let mut book = RateBook::new();
    let first = knock("bot", 1, after(0));
    assert_eq!(book.count(first), Rated::Fits);
    assert_eq!(book.count(knock("clerk", 1, after(0))), Rated::Fits);
    let tenant = "tnt_01ARZ3NDEKTSV4RRFFQ69G5FAW".parse().unwrap();
    assert_eq!(book.count(Counted { tenant, ..first }), Rated::Fits);
    assert_eq!(
        book.count(Counted {
            rule: RateId([8; 16]),
            ..first
        }),
        Rated::Fits
    );
    assert_eq!(book.count(first), full_until(60));
}

#[test]
fn a_rule_of_no_calls_lets_none_pass_and_remembers_none() {
    let mut book = RateBook::new();
    assert_eq!(
        book.count(knock("bot", 0, after(0))),
        Rated::Full { resets_at: None }
    );
    assert_eq!(book.weight, 0);
}

#[test]
fn a_tightened_rule_counts_what_was_before() {
    let mut book = RateBook::new();
    for _ in 0..5 {
        assert_eq!(book.count(knock("bot", 10, after(0))), Rated::Fits);
    }
    assert_eq!(book.count(knock("bot", 3, after(1))), full_until(60));
}

#[test]
fn a_clock_that_steps_back_frees_nothing_early() {
    let mut book = RateBook::new();
    assert_eq!(book.count(knock("bot", 2, after(100))), Rated::Fits);
    assert_eq!(book.count(knock("bot", 2, after(50))), Rated::Fits);
    assert_eq!(book.count(knock("bot", 2, after(159))), full_until(160));
}

#[test]
fn memory_is_bounded_and_a_full_book_denies_rather_than_forgets() {
    let mut book = RateBook::new();
    let names: Vec<String> = (0..120_000)
        .map(|number| format!("agent-{number}"))
        .collect();
    let mut passed = 0;
    for name in &names {
        if book.count(knock(name, 1, after(0))) == Rated::Fits {
            passed += 1;
        }
    }
    assert!(book.weight < MAX_WEIGHT + 16, "{}", book.weight);
    assert!(passed > 100_000 && passed < names.len(), "{passed}");
    // Who is remembered stays remembered, who is new stays outside.
    assert_eq!(book.count(knock("agent-0", 1, after(1))), full_until(60));
    assert_eq!(
        book.count(knock("newcomer", 1, after(1))),
        Rated::Full { resets_at: None }
    );
    // When the window has passed, all is forgotten and there is room.
    assert_eq!(book.count(knock("newcomer", 1, after(61))), Rated::Fits);
    assert!(book.weight < 32, "{}", book.weight);
}

#[test]
fn a_long_life_forgets_what_is_old() {
    let mut book = RateBook::new();
    for second in 0..30_000 {
        book.count(knock(&format!("agent-{second}"), 5, after(second)));
    }
    assert!(book.weight < 20_000, "{}", book.weight);
}
