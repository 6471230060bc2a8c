//! The contract of roots.

use vaultpilot_testkit::contract::root;

use crate::ground::Ground;

#[tokio::test]
async fn vault_is_a_root() {
    let ground = Ground::shared().await;
    let wrapper = ground.by_token("serve").wrapper();
    let unwrapper = ground.by_token("execute").unwrapper();
    root::run(&wrapper, &unwrapper, &ground.management()).await;
}

#[tokio::test]
async fn what_was_wrapped_moves_on_with_the_key() {
    let ground = Ground::shared().await;
    let wrapper = ground.by_token("serve").wrapper();
    let unwrapper = ground.by_token("execute").unwrapper();
    let rotate = async || {
        ground.bao(&["write", "-f", "MOUNT/keys/tenant-acme/rotate"]);
    };
    let management = ground.management();
    root::moves_on(&wrapper, rotate, &wrapper, &unwrapper, &management).await;
}
