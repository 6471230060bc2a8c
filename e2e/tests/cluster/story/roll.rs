//! A rolling update is nothing a reader notices.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use serde_json::json;
use tokio::task::JoinSet;

use super::tenant::ACME;
use crate::world::World;

pub(super) async fn no_read_fails(world: &World) {
    world.step("the tenant's pods are rolled while an agent reads");
    let key = world.key(ACME, "reader", "agent");
    let (url, address) = world.endpoint(ACME);
    let stop = Arc::new(AtomicBool::new(false));
    let read = Arc::new(AtomicU32::new(0));
    let mut readers = JoinSet::new();
    for _ in 0..4 {
        let (stop, read) = (Arc::clone(&stop), Arc::clone(&read));
        let (url, key) = (url.clone(), key.clone());
        readers.spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                // A client of its own each time: no connection outlives a pod.
                let agent = vaultpilot_e2e::Agent::at(address, &url, &key).await?;
                let call = agent
                    .try_call("get_wallet", json!({ "wallet": "treasury" }))
                    .await?;
                if call.is_error {
                    return Err(call.content.to_string());
                }
                read.fetch_add(1, Ordering::Relaxed);
            }
            Ok(())
        });
    }
    let deployment = deployment(world);
    let kubectl = |arguments: &[&str]| world.cluster.kubectl(arguments).output();
    kubectl(&["rollout", "restart", &deployment, "-n", "vp-acme"]);
    let status = [
        "rollout",
        "status",
        &deployment,
        "-n",
        "vp-acme",
        "--timeout=120s",
    ];
    kubectl(&status);
    tokio::time::sleep(Duration::from_secs(3)).await;
    stop.store(true, Ordering::Relaxed);
    while let Some(reader) = readers.join_next().await {
        let ended: Result<(), String> = reader.unwrap();
        assert_eq!(ended, Ok(()), "a read failed while the pods were rolled");
    }
    let reads = read.load(Ordering::Relaxed);
    assert!(reads > 20, "only {reads} reads: that proves nothing");
    eprintln!("         {reads} reads, none failed");
}

/// The tenant's one Deployment.
pub(super) fn deployment(world: &World) -> String {
    let name = world
        .cluster
        .kubectl(&[
            "get",
            "deployments",
            "-n",
            "vp-acme",
            "-o",
            "jsonpath={.items[0].metadata.name}",
        ])
        .output();
    format!("deploy/{}", name.trim())
}
