//! Ticks of random schedules, in zones with every kind of jump.

use proptest::prelude::*;
use vaultpilot_core::{Duration, Timestamp, clock};
use vaultpilot_strategy::{Compiled, When};

use crate::script::{id, spec};

const ZONES: [&str; 8] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/Santiago",
    "Africa/Casablanca",
    "Pacific/Apia",
];

fn field(max: u32) -> impl Strategy<Value = String> {
    prop_oneof![
        3 => Just("*".to_owned()),
        3 => (0..=max).prop_map(|value| value.to_string()),
        1 => (2..=max.max(2)).prop_map(|step| format!("*/{step}")),
        1 => (0..=max, 0..=max).prop_map(|(a, b)| format!("{}-{}", a.min(b), a.max(b))),
    ]
}

prop_compose! {
    fn cron()(minute in field(59), hour in field(23), weekday in field(6)) -> When {
        When::Cron(format!("{minute} {hour} * * {weekday}"))
    }
}

fn whenever() -> impl Strategy<Value = When> {
    prop_oneof![
        2 => cron(),
        1 => (60_u64..400_000).prop_map(|seconds| When::Interval(Duration::from_secs(seconds))),
    ]
}

/// Somewhere from 2024 to 2030, to the millisecond.
fn moment() -> impl Strategy<Value = Timestamp> {
    (1_704_067_200_000_i64..1_893_456_000_000)
        .prop_map(|millis| Timestamp::from_millisecond(millis).unwrap())
}

fn compile(when: When, zone: &str, jitter: u64, born: Timestamp) -> Option<Compiled> {
    let mut spec = spec(when);
    zone.clone_into(&mut spec.schedule.time_zone);
    spec.schedule.jitter = Duration::from_secs(jitter);
    spec.compile(18, born).ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn ticks_follow_one_another_and_none_overtakes(
        when in whenever(),
        zone in prop::sample::select(&ZONES[..]),
        jitter in prop_oneof![Just(0_u64), 1_u64..7200],
        born in moment(),
    ) {
        let Some(compiled) = compile(when, zone, jitter, born) else {
            // An interval shorter than its jitter is refused.
            prop_assume!(false);
            return Ok(());
        };
        let calendar = &compiled.calendar;
        let mut from = born;
        let mut before: Option<vaultpilot_strategy::Tick> = None;
        for _ in 0..40 {
            let Some(tick) = calendar.after(id(), from) else { break };
            prop_assert!(tick.planned_at > from);
            prop_assert!(tick.due_at >= tick.planned_at);
            let most = clock::after(tick.planned_at, Duration::from_secs(jitter));
            prop_assert!(tick.due_at <= most);
            if let Some(before) = before {
                prop_assert!(before.due_at < tick.planned_at, "{before:?} {tick:?}");
            }
            // From anywhere between, it is the same tick.
            let between = clock::before(tick.planned_at, Duration::from_nanos(1)).max(from);
            prop_assert_eq!(calendar.after(id(), between), Some(tick));
            // A day begins before what belongs to it, at most a day and its jump before.
            let day = calendar.day(tick.planned_at);
            prop_assert!(day <= tick.planned_at);
            prop_assert!(clock::after(day, Duration::from_hours(26)) > tick.planned_at);
            before = Some(tick);
            from = tick.planned_at;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// A job at a fixed time of day runs once on every day, whatever the clock does.
    #[test]
    fn a_day_has_one_tick(
        hour in 0..24_u32,
        minute in 0..60_u32,
        zone in prop::sample::select(&ZONES[..]),
        born in moment(),
    ) {
        let when = When::Cron(format!("{minute} {hour} * * *"));
        let compiled = compile(when, zone, 0, born).expect("a plain time of day");
        let mut from = born;
        let mut day = None;
        for _ in 0..400 {
            let tick = compiled.calendar.after(id(), from).expect("every day has one");
            let today = compiled.calendar.day(tick.planned_at);
            if let Some(yesterday) = day {
                prop_assert!(today > yesterday, "two on one day: {tick:?}");
                let apart = today.duration_since(yesterday).as_hours();
                prop_assert!((23..=25).contains(&apart), "a day without one: {tick:?}");
            }
            day = Some(today);
            from = tick.planned_at;
        }
    }
}

#[test]
fn jitter_spreads_and_is_the_same_for_everybody() {
    let born = crate::script::at("2026-01-01T00:00:00Z");
    let compiled = compile(When::Interval(Duration::from_hours(1)), "UTC", 1800, born).unwrap();
    let mut from = born;
    let mut late = Vec::new();
    for _ in 0..200 {
        let tick = compiled.calendar.after(id(), from).unwrap();
        assert_eq!(compiled.calendar.after(id(), from), Some(tick));
        late.push(tick.due_at.duration_since(tick.planned_at).as_secs());
        from = tick.planned_at;
    }
    let early = late.iter().filter(|late| **late < 900).count();
    assert!(
        (60..140).contains(&early),
        "{early} of 200 in the first half"
    );
    let other = "str_01ARZ3NDEKTSV4RRFFQ69G5FAW".parse().unwrap();
    assert_ne!(
        compiled.calendar.after(other, born).unwrap().due_at,
        compiled.calendar.after(id(), born).unwrap().due_at
    );
}
