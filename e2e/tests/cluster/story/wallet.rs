//! A wallet that is deleted keeps its key; made again, it has its address.

use super::manifest;
use crate::world::World;

pub(super) async fn made_again_has_its_address(world: &World) {
    world.step("a wallet is deleted and made again: the same address");
    let wallet = ("wallet", "vp-acme", "treasury");
    let before = world.cluster.get("wallet", "vp-acme", "treasury").unwrap();
    let protected = manifest::wallet("acme", "treasury")
        .replace("deletionProtection: false", "deletionProtection: true");
    world.cluster.apply(&protected).output();
    let delete = [
        "delete",
        "wallet",
        "treasury",
        "-n",
        "vp-acme",
        "--wait=false",
    ];
    let refused = world.cluster.kubectl(&delete).complaint();
    assert!(refused.contains("deletionProtection"), "{refused}");

    world
        .cluster
        .apply(&manifest::wallet("acme", "treasury"))
        .output();
    world.cluster.kubectl(&delete).output();
    world
        .cluster
        .until_gone("wallet", "vp-acme", "treasury", 60)
        .await;
    world
        .cluster
        .apply(&manifest::wallet("acme", "treasury"))
        .output();
    world.cluster.condition(wallet, "Ready", "True", 60).await;
    let after = world.cluster.get("wallet", "vp-acme", "treasury").unwrap();
    for field in ["address", "walletId", "keyVersion", "keyFingerprint"] {
        assert_eq!(before["status"][field], after["status"][field], "{field}");
        assert!(!after["status"][field].is_null(), "{field}");
    }
}
