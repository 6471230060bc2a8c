//! A strategy's runs arrive on the chain, each once, when they are due.

use super::manifest;
use crate::world::{World, account};

const RUNS: u32 = 3;

pub(super) async fn runs_arrive_on_time(world: &World) {
    world.step("a strategy pays by its schedule, and stops at its limit");
    let payee = account(3);
    world
        .cluster
        .apply(&manifest::strategy("acme", "salary", &payee, RUNS))
        .output();
    let strategy = world
        .cluster
        .until("strategy", "vp-acme", "salary", 90, |object| {
            object["status"]["counts"]["succeeded"] == RUNS
        })
        .await;
    let status = &strategy["status"];
    assert_eq!(status["counts"]["total"], RUNS, "{status}");
    assert_eq!(
        world.chain.balance(&payee).await,
        u128::from(RUNS) * 2 * 10u128.pow(15)
    );
    let last = &status["lastRun"];
    let moment =
        |field: &str| -> jiff::Timestamp { last[field].as_str().unwrap().parse().unwrap() };
    let late = moment("startTime").duration_since(moment("scheduledTime"));
    assert!(
        late.as_secs() < 5,
        "the last run began {late:?} late: {last}"
    );
    assert_eq!(last["outcome"], "Succeeded", "{last}");

    // One interval more: nothing comes after the last run.
    tokio::time::sleep(std::time::Duration::from_secs(12)).await;
    assert_eq!(
        world.chain.balance(&payee).await,
        u128::from(RUNS) * 2 * 10u128.pow(15)
    );
    world
        .cluster
        .kubectl(&[
            "delete",
            "strategy",
            "salary",
            "-n",
            "vp-acme",
            "--wait=false",
        ])
        .output();
    world
        .cluster
        .until_gone("strategy", "vp-acme", "salary", 60)
        .await;
}
