//! The hosted shape from an empty cluster to an empty cluster, in the order in which it is lived.
//!
//! One test: each step stands on the one before, and a cluster is too dear to be made for each.

mod bad_input;
mod chaos;
mod custody;
mod install;
mod isolation;
mod manifest;
mod outage;
mod payment;
mod policy;
mod roll;
mod schedule;
mod tenant;
mod upgrade;
mod wallet;

use vaultpilot_e2e::Cluster;

use crate::world::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs a cluster of its own: cargo xtask e2e"]
async fn manifests_become_isolated_verified_mcp_pods() {
    let cluster = Cluster::given().unwrap_or_else(|| panic!("no cluster: run `cargo xtask e2e`"));
    let world = World::new(cluster).await;
    install::charts(&world);
    world.step("the API server judges the kinds as they are judged offline");
    crate::kinds::are_judged_as_offline(&world.cluster).await;
    tenant::become_ready(&world).await;
    let agent = payment::within_limits_and_not_above(&world).await;
    policy::edited_changes_the_next_decision(&world, &agent).await;
    schedule::runs_arrive_on_time(&world).await;
    isolation::holds_in_packets(&world).await;
    custody::is_held_by_vault(&world).await;
    bad_input::shows_and_heals(&world).await;
    outage::reads_go_on_and_writes_wait(&world, &agent).await;
    roll::no_read_fails(&world).await;
    chaos::nothing_lost_nothing_twice(&world).await;
    wallet::made_again_has_its_address(&world).await;
    tenant::goes_after_its_wallets(&world).await;
    upgrade::forth_and_back_and_away(&world).await;
}
