//! The pod says when it is time, and nothing else.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::pod::Pod;
use crate::plane::leased;
use crate::server::ControlPlane;

#[tokio::test]
async fn what_is_due_is_leased_and_carried_out_once() {
    let server = ControlPlane::start().await;
    let (first, second) = (leased(), leased());
    let due = vec![first.clone(), second.clone()];
    server.desk.planes.due.lock().unwrap().extend(due);
    let mut pod = Pod::start(&server, "strategies: { holder: pod-0 }").await;

    let runs = || -> Vec<String> {
        let heard = server.desk.planes.heard().into_iter();
        heard
            .filter(|asked| asked.starts_with("strategy_run"))
            .collect()
    };
    let end = Instant::now() + Duration::from_secs(20);
    while runs().len() < 2 {
        assert!(Instant::now() < end, "{:?}", server.desk.planes.heard());
        sleep(Duration::from_millis(20)).await;
    }
    for tick in [first, second] {
        let tenant = server.desk.snapshot.borrow().1.tenant_id;
        let wanted = (tenant, "pod-0", tick.run, tick.epoch);
        let wanted = format!("strategy_run {wanted:?}");
        assert_eq!(runs().iter().filter(|run| **run == wanted).count(), 1);
    }

    pod.terminate();
    assert!(pod.ended().await.success());
    let leases = server.desk.count("StrategyLease");
    assert!(leases > 0);
    assert_eq!(server.desk.count("StrategyRun"), 2);
}
