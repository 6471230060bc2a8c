use std::num::NonZeroU32;

use tokio::task::JoinSet;

use super::*;

/// Asks of the pace what a test of the real time would take minutes for.
fn pace(per_second: u32, at_once: u32, patience: Duration) -> Pace {
    Pace::new(&KmsOptions {
        timeout: patience,
        signatures_per_second: NonZeroU32::new(per_second).unwrap(),
        signatures_at_once: NonZeroU32::new(at_once).unwrap(),
        ..KmsOptions::default()
    })
}

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// Timers of tokio are exact to the millisecond, and never early.
fn about(waited: Duration, expected: Duration) -> bool {
    (expected..expected + ms(2)).contains(&waited)
}

async fn waited(pace: &Pace) -> (Turn<'_>, Duration) {
    let asked = Instant::now();
    let turn = pace.turn(pace.deadline()).await.unwrap();
    (turn, asked.elapsed())
}

#[tokio::test(start_paused = true)]
async fn no_second_has_more_signatures_than_were_configured_and_the_burst() {
    const RATE: usize = 100;
    const CALLERS: usize = 500;
    let pace = std::sync::Arc::new(pace(100, 1000, Duration::from_mins(1)));
    let began = Instant::now();
    let mut callers = JoinSet::new();
    for _ in 0..CALLERS {
        let pace = std::sync::Arc::clone(&pace);
        callers.spawn(async move {
            pace.turn(pace.deadline()).await.unwrap().served();
            Instant::now()
        });
    }
    let mut asked = callers.join_all().await;
    asked.sort();
    let burst = RATE / 10;
    for (at, first) in asked.iter().enumerate() {
        if let Some(later) = asked.get(at + RATE + burst) {
            assert!(*later - *first >= Duration::from_secs(1), "from {at}");
        }
    }
    // Nor slower: the burst at once, and the rest at the rate.
    let last = asked[CALLERS - 1] - began;
    assert!(about(last, ms(4900)), "{last:?}");
    assert_eq!(asked[burst - 1] - began, Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn who_would_wait_too_long_is_told_at_once() {
    let pace = pace(1, 10, ms(2500));
    let began = Instant::now();
    let deadline = pace.deadline();
    let turns = tokio::join!(
        pace.turn(deadline),
        pace.turn(deadline),
        pace.turn(deadline),
        async {
            let refused = pace.turn(deadline).await.err();
            (refused, began.elapsed())
        }
    );
    assert!(turns.0.is_ok() && turns.1.is_ok() && turns.2.is_ok());
    assert_eq!(turns.3, (Some(KeyError::Throttled), Duration::ZERO));
    assert!(about(began.elapsed(), ms(2000)));
    // Whoever was refused took no slot from anybody.
    let (_, waited) = waited(&pace).await;
    assert!(about(waited, ms(1000)), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn so_many_are_under_way_and_no_more() {
    let pace = pace(1000, 2, ms(300));
    let (first, _) = waited(&pace).await;
    let (_second, _) = waited(&pace).await;
    let began = Instant::now();
    let refused = pace.turn(pace.deadline()).await.err();
    assert_eq!(refused, Some(KeyError::Throttled));
    assert!(about(began.elapsed(), ms(300)));
    drop(first);
    assert!(pace.turn(pace.deadline()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_throttled_pace_slows_down_and_recovers() {
    let pace = pace(1000, 10, Duration::from_mins(1));
    let (mut turn, _) = waited(&pace).await;
    for expected in [100, 200, 400, 800, 1600, 3200, 5000, 5000] {
        turn.throttled();
        let (next, waited) = waited(&pace).await;
        assert!(about(waited, ms(expected)), "{waited:?}, not {expected} ms");
        turn = next;
    }
    turn.served();
    let (turn, at_once) = waited(&pace).await;
    assert!(at_once <= ms(2), "{at_once:?}");
    turn.throttled();
    let (_, again) = waited(&pace).await;
    assert!(about(again, ms(100)), "{again:?}");
}

#[tokio::test(start_paused = true)]
async fn of_many_that_were_refused_together_one_counts() {
    let pace = pace(1000, 10, Duration::from_mins(1));
    let mut turns = Vec::new();
    for _ in 0..8 {
        turns.push(waited(&pace).await.0);
    }
    for turn in turns {
        turn.throttled();
    }
    let (_, waited) = waited(&pace).await;
    assert!(about(waited, ms(100)), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn a_pause_holds_for_those_who_were_waiting() {
    let pace = pace(20, 10, Duration::from_mins(1));
    let began = Instant::now();
    let (turn, _) = waited(&pace).await;
    let (_second, _) = waited(&pace).await;
    // The third waits for its slot, which is after 50 ms, when the first is refused.
    let third = async {
        let turn = pace.turn(pace.deadline()).await.unwrap();
        turn.served();
        began.elapsed()
    };
    let refused = async {
        tokio::time::sleep(ms(10)).await;
        turn.throttled();
    };
    let (third, ()) = tokio::join!(third, refused);
    assert!(about(third, ms(10) + FIRST_PAUSE), "{third:?}");
}
