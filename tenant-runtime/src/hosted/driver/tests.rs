use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use vaultpilot_core::{RunId, StrategyId, TenantId, Timestamp};
use vaultpilot_ports::strategy_plane::{LeasedTick, RunStatus, RunView};
use vaultpilot_ports::{Fault, StrategyPlane};
use vaultpilot_proto::client::Change;
use vaultpilot_proto::wire::Snapshot;
use vaultpilot_telemetry::RuntimeMetrics;
use vaultpilot_testkit::{MockClock, fixture};

use super::{Driver, LONGEST_SLEEP};
use crate::hosted::known::Known;

/// Gives what the test scripted, and tells what happened in order.
#[derive(Default)]
struct Script {
    leases: Mutex<VecDeque<Result<Vec<LeasedTick>, Fault>>>,
    next: Mutex<Option<Timestamp>>,
    told: Mutex<Vec<String>>,
    /// A run waits here while `slow`.
    slow: Mutex<bool>,
    begun: Notify,
    go_on: Notify,
}

impl Script {
    fn tell(&self, what: impl Into<String>) {
        self.told.lock().unwrap().push(what.into());
    }

    fn told(&self) -> Vec<String> {
        self.told.lock().unwrap().clone()
    }
}

#[async_trait]
impl StrategyPlane for Script {
    async fn strategy_lease(
        &self,
        _: TenantId,
        holder: &str,
        _: u32,
    ) -> Result<Vec<LeasedTick>, Fault> {
        assert_eq!(holder, "pod-0");
        self.tell("lease");
        let next = self.leases.lock().unwrap().pop_front();
        next.unwrap_or(Ok(Vec::new()))
    }

    async fn strategy_run(
        &self,
        _: TenantId,
        _: &str,
        run: RunId,
        epoch: i64,
    ) -> Result<RunView, Fault> {
        self.tell(format!("begin {epoch}"));
        self.begun.notify_one();
        let slow = *self.slow.lock().unwrap();
        if slow {
            self.go_on.notified().await;
        } else {
            tokio::task::yield_now().await;
        }
        self.tell(format!("end {epoch}"));
        Ok(RunView {
            id: run.to_string(),
            strategy_id: String::new(),
            planned_at: String::new(),
            opened_at: String::new(),
            status: RunStatus::Paid,
            code: None,
            message: String::new(),
            transaction_id: None,
            transaction_hash: None,
            amount: None,
            epoch,
            ended_at: None,
        })
    }

    async fn strategy_next(&self, _: TenantId) -> Result<Option<Timestamp>, Fault> {
        self.tell("next");
        Ok(*self.next.lock().unwrap())
    }
}

/// A tick of a strategy; the epoch tells which one.
fn tick(strategy: StrategyId, epoch: i64) -> LeasedTick {
    LeasedTick {
        strategy,
        name: "rent".parse().unwrap(),
        run: fixture::run_id(),
        planned_at: Timestamp::UNIX_EPOCH,
        epoch,
        lease_until: Timestamp::UNIX_EPOCH,
    }
}

fn driver(script: &Arc<Script>, clock: &MockClock) -> Driver {
    let known = Arc::new(Known::new(Duration::from_mins(10)));
    known.hear(Change {
        resume_token: String::new(),
        as_of: Timestamp::UNIX_EPOCH,
        snapshot: Some(Snapshot {
            tenant_id: fixture::tenant().build().id,
            tenant_state: "active".to_owned(),
            callers: Vec::new(),
        }),
    });
    Driver {
        plane: script.clone(),
        known,
        holder: "pod-0".to_owned(),
        clock: Arc::new(clock.clone()),
        metrics: Arc::new(RuntimeMetrics::new("1.2.3")),
    }
}

/// Runs the driver for so long, by a clock that stands still unless all wait.
async fn run_for(script: &Arc<Script>, clock: &MockClock, time: Duration) {
    let stop = CancellationToken::new();
    let end = async {
        tokio::time::sleep(time).await;
        stop.cancel();
    };
    tokio::join!(driver(script, clock).run(stop.clone()), end);
}

#[tokio::test(start_paused = true)]
async fn one_run_at_a_time_of_each_strategy() {
    let script = Arc::new(Script::default());
    let (one, other) = (fixture::strategy_id(), fixture::strategy_id());
    let ticks = vec![tick(one, 1), tick(other, 2), tick(one, 3)];
    script.leases.lock().unwrap().push_back(Ok(ticks));
    run_for(&script, &MockClock::default(), Duration::from_millis(1)).await;

    let told = script.told();
    let at = |what: &str| told.iter().position(|line| line == what).unwrap();
    assert!(at("end 1") < at("begin 3"), "{told:?}");
    assert!(at("begin 2") < at("end 1"), "side by side: {told:?}");
    // There may be more, so it is asked again at once; then when the next is.
    assert_eq!(told[told.len() - 2..], ["lease", "next"]);
}

#[tokio::test(start_paused = true)]
async fn it_sleeps_until_the_next_tick_and_never_long() {
    let clock = MockClock::default();
    let script = Arc::new(Script::default());
    let leases = |script: &Script| {
        let told = script.told();
        told.iter().filter(|line| *line == "lease").count()
    };
    let soon = clock_now(&clock) + Duration::from_secs(2);
    *script.next.lock().unwrap() = Some(soon);
    run_for(&script, &clock, Duration::from_millis(3900)).await;
    assert_eq!(leases(&script), 2);

    let script = Arc::new(Script::default());
    run_for(&script, &clock, LONGEST_SLEEP * 2 + Duration::from_secs(1)).await;
    assert_eq!(leases(&script), 3);
}

fn clock_now(clock: &MockClock) -> Timestamp {
    use vaultpilot_core::Clock as _;
    clock.now()
}

#[tokio::test(start_paused = true)]
async fn a_control_plane_that_is_away_is_asked_less_and_less() {
    let away = || Fault::unavailable("control_plane_unavailable", "away");
    let script = Arc::new(Script::default());
    let refusals = (0..100).map(|_| Err(away()));
    script.leases.lock().unwrap().extend(refusals);
    run_for(&script, &MockClock::default(), Duration::from_mins(1)).await;
    let asked = script.told().len();
    assert!((6..12).contains(&asked), "{asked}");
}

#[tokio::test(start_paused = true)]
async fn an_end_lets_the_run_in_hand_finish_and_begins_no_other() {
    let script = Arc::new(Script::default());
    *script.slow.lock().unwrap() = true;
    let one = fixture::strategy_id();
    let ticks = vec![tick(one, 1), tick(one, 2)];
    script.leases.lock().unwrap().push_back(Ok(ticks));
    let stop = CancellationToken::new();
    let end = async {
        script.begun.notified().await;
        stop.cancel();
        script.go_on.notify_one();
    };
    let clock = MockClock::default();
    tokio::join!(driver(&script, &clock).run(stop.clone()), end);
    assert_eq!(script.told(), ["lease", "begin 1", "end 1"]);
}
