//! Tenants come and go.

use vaultpilot_e2e::cluster::condition_of;

use super::manifest;
use crate::world::World;

/// `acme` pays in this story; `globex` is the neighbour who must not.
pub(super) const ACME: &str = "acme";
pub(super) const GLOBEX: &str = "globex";

pub(super) async fn become_ready(world: &World) {
    world.step("kubectl applies two tenants with a policy and a wallet each");
    for name in [ACME, GLOBEX] {
        world.cluster.apply(&manifest::tenant(world, name)).output();
    }
    for name in [ACME, GLOBEX] {
        let namespace = format!("vp-{name}");
        let tenant = ("tenant", "", name);
        world
            .cluster
            .condition(tenant, "NamespaceReady", "True", 60)
            .await;
        world.cluster.apply(&manifest::policy(name, "1")).output();
        world
            .cluster
            .apply(&manifest::wallet(name, "treasury"))
            .output();
        let policy = ("policy.vaultpilot.io", namespace.as_str(), "limits");
        world.cluster.condition(policy, "Ready", "True", 60).await;
        let wallet = ("wallet", namespace.as_str(), "treasury");
        world.cluster.condition(wallet, "Ready", "True", 60).await;
    }
    world.step("their pods run under the kubelet, and their endpoints are verified");
    for name in [ACME, GLOBEX] {
        let tenant = ("tenant", "", name);
        world
            .cluster
            .condition(tenant, "EndpointVerified", "True", 120)
            .await;
        world.cluster.condition(tenant, "Ready", "True", 30).await;
        let object = world.cluster.get("tenant", "", name).unwrap();
        assert!(object["status"]["endpoint"]["url"].is_string(), "{object}");
        assert!(object["status"]["runtime"]["readyReplicas"].as_i64() >= Some(1));
    }
}

/// Deleting blocks while a wallet is there, whatever the order; made again, everything is back.
pub(super) async fn goes_after_its_wallets(world: &World) {
    world.step("a tenant is deleted while it has a wallet: blocked, and it says by whom");
    let wallet = world
        .cluster
        .get("wallet", "vp-globex", "treasury")
        .unwrap();
    let address = wallet["status"]["address"].as_str().unwrap().to_owned();
    let delete = |kind: &str, namespace: &str, name: &str| {
        let mut arguments = vec!["delete", kind, name, "--wait=false"];
        if !namespace.is_empty() {
            arguments.extend(["-n", namespace]);
        }
        world.cluster.kubectl(&arguments).output();
    };
    delete("tenant", "", GLOBEX);
    let tenant = world
        .cluster
        .until("tenant", "", GLOBEX, 60, |object| {
            condition_of(object, "DeletionBlocked").is_some_and(|found| found["status"] == "True")
        })
        .await;
    let blocked = condition_of(&tenant, "DeletionBlocked").unwrap();
    assert!(
        blocked["message"].as_str().unwrap().contains("treasury"),
        "{blocked}"
    );
    assert!(world.cluster.get("namespace", "", "vp-globex").is_some());
    assert!(
        world
            .cluster
            .get("wallet", "vp-globex", "treasury")
            .is_some()
    );

    delete("wallet", "vp-globex", "treasury");
    world
        .cluster
        .until_gone("wallet", "vp-globex", "treasury", 60)
        .await;
    delete("policy.vaultpilot.io", "vp-globex", "limits");
    world.cluster.until_gone("tenant", "", GLOBEX, 90).await;
    world
        .cluster
        .until_gone("namespace", "", "vp-globex", 90)
        .await;

    world.step("made again, it has the address it had");
    world
        .cluster
        .apply(&manifest::tenant(world, GLOBEX))
        .output();
    let tenant = ("tenant", "", GLOBEX);
    world
        .cluster
        .condition(tenant, "NamespaceReady", "True", 60)
        .await;
    world.cluster.apply(&manifest::policy(GLOBEX, "1")).output();
    world
        .cluster
        .apply(&manifest::wallet(GLOBEX, "treasury"))
        .output();
    let wallet = ("wallet", "vp-globex", "treasury");
    world.cluster.condition(wallet, "Ready", "True", 60).await;
    let again = world
        .cluster
        .get("wallet", "vp-globex", "treasury")
        .unwrap();
    assert_eq!(again["status"]["address"], address.as_str());
    world.cluster.condition(tenant, "Ready", "True", 90).await;
}
