use std::time::Duration;

use tokio::time::Instant;

use super::{Health, LONGEST_PAUSE};

fn after(took: u64) -> Health {
    let mut health = Health::default();
    health.succeeded(Duration::from_millis(took));
    health
}

#[test]
fn the_faster_comes_first() {
    let now = Instant::now();
    assert!(after(10).rank(now, 1) < after(30).rank(now, 1));
}

#[test]
fn weight_outweighs_latency() {
    let now = Instant::now();
    assert!(after(30).rank(now, 4) < after(10).rank(now, 1));
    assert_eq!(after(30).rank(now, 0), after(30).rank(now, 1));
}

#[test]
fn one_outlier_does_not_decide() {
    let now = Instant::now();
    let mut health = after(8);
    health.succeeded(Duration::from_millis(80));
    assert!(health.rank(now, 1) < after(18).rank(now, 1));
}

#[test]
fn a_failing_endpoint_rests_and_comes_back_last() {
    let now = Instant::now();
    let mut bad = after(1);
    bad.failed(now, "down".to_owned());
    assert!(after(900).rank(now, 1) < bad.rank(now, 1));
    let later = now + Duration::from_secs(1);
    assert!(!bad.rank(later, 1).resting);
    assert!(after(900).rank(later, 1) < bad.rank(later, 1));
    bad.succeeded(Duration::from_millis(1));
    assert!(bad.rank(later, 1) < after(900).rank(later, 1));
}

#[test]
fn pauses_double_and_end() {
    let now = Instant::now();
    let mut bad = Health::default();
    bad.failed(now, String::new());
    let short = bad.rests_until.unwrap() - now;
    bad.failed(now, String::new());
    assert_eq!(bad.rests_until.unwrap() - now, short * 2);
    for _ in 0..100 {
        bad.failed(now, String::new());
    }
    assert_eq!(bad.rests_until.unwrap() - now, LONGEST_PAUSE);
}
