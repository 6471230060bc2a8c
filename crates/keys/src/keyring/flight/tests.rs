use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::join_all;
use tokio::sync::Notify;

use super::*;

struct Remote {
    calls: AtomicUsize,
    answers: Notify,
}

impl Remote {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            calls: AtomicUsize::new(0),
            answers: Notify::new(),
        })
    }

    fn call(self: &Arc<Self>, answer: Answer<u32>) -> BoxFuture<'static, Answer<u32>> {
        let remote = Arc::clone(self);
        async move {
            remote.calls.fetch_add(1, Ordering::Relaxed);
            remote.answers.notified().await;
            answer
        }
        .boxed()
    }
}

#[tokio::test]
async fn all_who_ask_at_once_share_one_call_and_its_failure() {
    for answer in [Ok(Arc::new(7)), Err(KeyError::Throttled)] {
        let (remote, flights) = (Remote::new(), Flights::new());
        let asking = (0..16).map(|_| flights.join("key", || remote.call(answer.clone())));
        let other = flights.join("other", || async { Ok(Arc::new(8)) }.boxed());
        let (answers, other, ()) = tokio::join!(join_all(asking), other, async {
            tokio::task::yield_now().await;
            remote.answers.notify_one();
        });
        assert_eq!(remote.calls.load(Ordering::Relaxed), 1);
        assert!(answers.iter().all(|theirs| *theirs == answer));
        assert_eq!(other, Ok(Arc::new(8)), "another key is another call");

        // Neither is kept: the next one asks anew.
        let next = flights.join("key", || async { Ok(Arc::new(9)) }.boxed());
        assert_eq!(next.await, Ok(Arc::new(9)));
    }
}

#[tokio::test]
async fn who_goes_away_stops_nobody() {
    let (remote, flights) = (Remote::new(), Flights::new());
    {
        let first = flights.join("key", || remote.call(Ok(Arc::new(7))));
        tokio::pin!(first);
        assert!(futures::poll!(first.as_mut()).is_pending());
    }
    remote.answers.notify_one();
    let second = flights.join("key", || async { Err(KeyError::Throttled) }.boxed());
    assert_eq!(second.await, Ok(Arc::new(7)), "the call went on");
    assert_eq!(remote.calls.load(Ordering::Relaxed), 1);
}
