use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::Fresh;

#[tokio::test]
async fn a_value_is_fetched_once_for_all_who_wait() {
    let fresh = Fresh::new(Duration::from_mins(1));
    let fetches = AtomicU32::new(0);
    let fetch = async || {
        let fetch = async {
            tokio::task::yield_now().await;
            Ok::<_, ()>(fetches.fetch_add(1, Ordering::SeqCst))
        };
        fresh.get_or(fetch).await
    };
    let answers = futures::join!(fetch(), fetch(), fetch());
    assert_eq!(answers, (Ok(0), Ok(0), Ok(0)));
}

#[tokio::test]
async fn an_old_value_is_fetched_again_and_a_failure_is_not_kept() {
    let fresh = Fresh::new(Duration::ZERO);
    assert_eq!(fresh.get_or(async { Ok::<_, ()>(1) }).await, Ok(1));
    assert_eq!(
        fresh.get_or(async { Err::<u32, _>("down") }).await,
        Err("down")
    );
    assert_eq!(fresh.get_or(async { Ok::<_, ()>(2) }).await, Ok(2));
}
