use std::time::Duration;

use tokio::time::Instant;

use super::{Session, Stage};

const SECOND: Duration = Duration::from_secs(1);

fn session(seconds: u64, now: Instant) -> Session {
    Session::new("s.token".into(), seconds, true, now)
}

#[tokio::test]
async fn the_last_third_is_for_renewing() {
    let now = Instant::now();
    let session = session(90, now);
    assert_eq!(session.stage(now), Stage::Fresh);
    assert_eq!(session.stage(now + SECOND * 59), Stage::Fresh);
    let due = Stage::Due { renewable: true };
    assert_eq!(session.stage(now + SECOND * 60), due);
    assert_eq!(session.stage(now + SECOND * 89), due);
    assert_eq!(session.stage(now + SECOND * 90), Stage::Over);
    assert_eq!(session.rests(now + SECOND * 20), Some(SECOND * 40));
    assert_eq!(session.rests(now + SECOND * 70), Some(Duration::ZERO));
}

#[tokio::test]
async fn what_has_no_end_is_always_fresh() {
    let now = Instant::now();
    let later = now + SECOND * 1_000_000;
    for session in [
        session(0, now),
        session(u64::MAX, now),
        Session::without_end("s.token".into()),
    ] {
        assert_eq!(session.stage(later), Stage::Fresh);
        assert_eq!(session.rests(later), None);
    }
}

#[tokio::test]
async fn a_renewal_that_failed_is_tried_again_while_the_session_lasts() {
    let now = Instant::now();
    let session = session(90, now).later(now + SECOND * 60);
    assert_eq!(session.stage(now + SECOND * 69), Stage::Fresh);
    let due = Stage::Due { renewable: true };
    assert_eq!(session.stage(now + SECOND * 70), due);
    assert_eq!(session.stage(now + SECOND * 90), Stage::Over);
    // Never in a tight loop.
    let session = session.later(now + SECOND * 89);
    assert_eq!(session.rests(now + SECOND * 89), Some(SECOND));
}

#[tokio::test]
async fn a_session_fades_when_vault_gives_it_less_each_time() {
    let now = Instant::now();
    assert!(session(44, now).is_fading(&session(90, now)));
    assert!(!session(45, now).is_fading(&session(90, now)));
    assert!(!session(90, now).is_fading(&session(44, now)));
    assert!(!session(0, now).is_fading(&session(90, now)));
}
