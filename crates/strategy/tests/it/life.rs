//! Random lives: whoever looks whenever, and whatever becomes of the runs, a tick has one run and
//! no limit is passed.

use std::collections::BTreeMap;

use proptest::prelude::*;
use vaultpilot_core::{BaseUnits, Duration, Timestamp, clock};
use vaultpilot_strategy::{Booking, CatchUp, Command, End, Event, FailurePolicy, When, step};

use crate::script::{at, compiled, end, make, spec};

#[derive(Debug, Clone)]
enum Act {
    Wait(u64),
    Look {
        busy: bool,
    },
    Begin,
    /// Of the runs that pay, one ends so.
    End {
        which: usize,
        how: &'static str,
    },
    Suspend,
    Resume,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (1_u64..20_000).prop_map(Act::Wait),
        4 => any::<bool>().prop_map(|busy| Act::Look { busy }),
        4 => Just(Act::Begin),
        3 => (0_usize..8, prop::sample::select(&["paid", "denied", "reverted", "cancelled"][..]))
            .prop_map(|(which, how)| Act::End { which, how }),
        1 => Just(Act::Suspend),
        1 => Just(Act::Resume),
    ]
}

prop_compose! {
    fn limited()(
        every in 60_u64..10_000,
        per_day in prop::option::of(1_u32..6),
        total in prop::option::of(1_u32..20),
        runs in prop::option::of(1_u64..20),
        once in any::<bool>(),
        failures in prop::option::of(1_u32..4),
    ) -> vaultpilot_strategy::Spec {
        let mut spec = spec(When::Interval(Duration::from_secs(every)));
        spec.limits.max_per_day = per_day.map(|most| most.to_string());
        spec.limits.max_total = total.map(|most| most.to_string());
        spec.limits.max_runs = runs;
        if once {
            spec.schedule.catch_up = CatchUp::RunOnce;
        }
        if let Some(failures) = failures {
            spec.failure = FailurePolicy::SuspendAfter { failures };
        }
        spec
    }
}

fn units(coins: Option<&String>) -> Option<BaseUnits> {
    coins.map(|coins| BaseUnits::parse(coins, 18).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn a_tick_has_one_run_and_no_limit_is_passed(
        spec in limited(),
        acts in prop::collection::vec(act(), 1..120),
    ) {
        let mut now: Timestamp = at("2026-01-01T00:00:00Z");
        let mut strategy = make(spec.clone(), now);
        let calendar = compiled(&strategy).calendar;
        let mut last_tick: Option<Timestamp> = None;
        let mut opened: Vec<Timestamp> = Vec::new();
        let mut paying: Vec<Booking> = Vec::new();
        // What counts: paid, or asked for and not over; in all, and by day.
        let mut counted = BaseUnits::ZERO;
        let mut by_day: BTreeMap<Timestamp, BaseUnits> = BTreeMap::new();
        let mut begun = 0_u64;
        for act in acts {
            let compiled = compiled(&strategy);
            let event = match act {
                Act::Wait(seconds) => {
                    now = clock::after(now, Duration::from_secs(seconds));
                    continue;
                }
                Act::Look { busy } => Event::Looked { busy },
                Act::Begin => match opened.pop() {
                    Some(planned_at) => Event::Begun { planned_at },
                    None => continue,
                },
                Act::End { which, how } => {
                    if paying.is_empty() {
                        continue;
                    }
                    let booked = paying.swap_remove(which % paying.len());
                    let end = end(how, booked.amount);
                    if !matches!(end, End::Paid { .. }) {
                        counted = counted.saturating_sub(booked.amount);
                        let day = by_day.get_mut(&booked.day).expect("it was booked");
                        *day = day.saturating_sub(booked.amount);
                    }
                    Event::Ended { booked: Some(booked), end }
                }
                Act::Suspend => Event::Suspended { reason: "because".to_owned() },
                Act::Resume => Event::Resumed,
            };
            let seen = strategy.clone();
            let (next, commands) = step(strategy, &compiled, event, now).unwrap();
            prop_assert!(commands.len() <= 1);
            prop_assert_eq!(next.revision > seen.revision, next != seen);
            strategy = next;
            for command in commands {
                match command {
                    Command::Open { planned_at } | Command::Skip { planned_at, .. } => {
                        prop_assert!(planned_at <= now);
                        prop_assert!(last_tick.is_none_or(|last| last < planned_at));
                        last_tick = Some(planned_at);
                        if matches!(command, Command::Open { .. }) {
                            opened.push(planned_at);
                        }
                    }
                    Command::Pay { booking } => {
                        begun += 1;
                        counted = counted.saturating_add(booking.amount);
                        let day = by_day.entry(booking.day).or_default();
                        *day = day.saturating_add(booking.amount);
                        prop_assert_eq!(calendar.day(booking.day), booking.day);
                        paying.push(booking);
                    }
                    Command::Drop { .. } => {}
                    other => prop_assert!(false, "{other:?}"),
                }
            }
            if let Some(most) = units(spec.limits.max_total.as_ref()) {
                prop_assert!(counted <= most);
            }
            if let Some(most) = units(spec.limits.max_per_day.as_ref()) {
                prop_assert!(by_day.values().all(|spent| *spent <= most));
            }
            if let Some(most) = spec.limits.max_runs {
                prop_assert!(begun <= most);
            }
            prop_assert_eq!(strategy.progress.spent, counted);
            prop_assert_eq!(strategy.progress.begun, begun);
            // Nothing comes again.
            if let Some(next) = strategy.state.next() {
                prop_assert!(last_tick.is_none_or(|last| last < next.planned_at));
            }
        }
    }
}
