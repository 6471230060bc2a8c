//! Upgraded, rolled back, taken away, brought back: nothing of the tenants' is lost.

use super::install::{upgrade, values};
use super::tenant::ACME;
use crate::world::{RELEASE, SYSTEM, World, account, payment};

pub(super) async fn forth_and_back_and_away(world: &World) {
    world.step("helm upgrades, rolls back, uninstalls and installs again; nothing is lost");
    let before = world.cluster.get("wallet", "vp-acme", "treasury").unwrap();
    let key = world.key(ACME, "keeper", "agent");
    upgrade(
        world,
        &values(world),
        &["--set", "controlApi.logLevel=debug"],
    )
    .output();
    pays(world, &key, "upgraded", 6).await;
    world
        .cluster
        .helm(&[
            "rollback",
            RELEASE,
            "-n",
            SYSTEM,
            "--wait",
            "--timeout",
            "240s",
        ])
        .output();
    pays(world, &key, "rolled-back", 7).await;

    world
        .cluster
        .helm(&[
            "uninstall",
            RELEASE,
            "-n",
            SYSTEM,
            "--wait",
            "--timeout",
            "120s",
        ])
        .output();
    for (kind, namespace, name) in [
        ("tenant", "", ACME),
        ("wallet", "vp-acme", "treasury"),
        ("namespace", "", "vp-acme"),
    ] {
        let kept = world.cluster.get(kind, namespace, name);
        let kept = kept.unwrap_or_else(|| panic!("{kind} {name} went with the chart"));
        assert!(
            kept["metadata"]["deletionTimestamp"].is_null(),
            "{kind} {name}"
        );
    }
    upgrade(world, &values(world), &[]).output();
    world
        .cluster
        .condition(("tenant", "", ACME), "Ready", "True", 120)
        .await;
    let wallet = ("wallet", "vp-acme", "treasury");
    world.cluster.condition(wallet, "Ready", "True", 60).await;
    let after = world.cluster.get("wallet", "vp-acme", "treasury").unwrap();
    assert_eq!(before["status"]["address"], after["status"]["address"]);
    pays(world, &key, "back", 8).await;
}

/// The key from before still opens, and the wallet still pays.
async fn pays(world: &World, key: &str, request: &str, payee: u64) {
    let agent = world.agent(ACME, key).await;
    let shop = account(payee);
    let paid = agent
        .ok("transfer", payment("treasury", &shop, "0.001", request))
        .await;
    let settled = agent
        .settled(paid["transaction_id"].as_str().unwrap())
        .await;
    assert_eq!(settled["state"], "final", "{settled}");
    assert_eq!(world.chain.balance(&shop).await, 10u128.pow(15));
}
