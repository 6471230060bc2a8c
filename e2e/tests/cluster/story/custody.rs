//! A tenant whose keys Vault wraps: the accounts of the cluster are all the credentials there are.

use std::time::Duration;

use serde_json::json;
use vaultpilot_e2e::Agent;
use vaultpilot_e2e::cluster::Ran;

use super::manifest;
use crate::world::{RELEASE, SYSTEM, World, account, payment};

pub(super) const HOOLI: &str = "hooli";
/// The role in Vault that the executor takes on for this tenant.
pub(super) const ROLE: &str = "hooli-signer";

pub(super) async fn is_held_by_vault(world: &World) {
    world.step("a tenant's keys are wrapped by Vault, and it pays");
    world.vault.settle(&world.cluster, HOOLI, ROLE);
    let vault = format!(
        "{{ provider: Vault, vault: {{ transitMount: /transit, keyName: tenant-{HOOLI}, role: {ROLE} }} }}"
    );
    let tenant = manifest::tenant(world, HOOLI).replace("{ provider: Local }", &vault);
    world.cluster.apply(&tenant).output();
    let ready = ("tenant", "", HOOLI);
    world
        .cluster
        .condition(ready, "NamespaceReady", "True", 60)
        .await;
    world.cluster.apply(&manifest::policy(HOOLI, "1")).output();
    world
        .cluster
        .apply(&manifest::wallet(HOOLI, "treasury"))
        .output();
    let namespace = format!("vp-{HOOLI}");
    let wallet = ("wallet", namespace.as_str(), "treasury");
    world.cluster.condition(wallet, "Ready", "True", 60).await;
    world
        .cluster
        .condition(ready, "EndpointVerified", "True", 120)
        .await;
    let object = world.cluster.get("wallet", &namespace, "treasury").unwrap();
    world
        .fund(object["status"]["address"].as_str().unwrap(), 10)
        .await;
    let agent = world.agent(HOOLI, &world.key(HOOLI, "bot", "agent")).await;
    pays(world, &agent, 60).await;

    world.step("Vault itself refuses whoever is not the executor");
    refuses_others(world);

    world.step("Vault is sealed and the executor forgets: a payment waits, and goes on unsealed");
    waits_for_a_sealed_vault(world, &agent).await;

    world.step("the root in Vault is rotated, then the tenant's key, and it pays on");
    world.vault.server.bao(&[
        "write",
        "-f",
        &format!("transit/keys/tenant-{HOOLI}/rotate"),
    ]);
    let before = keys(world, &["status", "--tenant", HOOLI]).output();
    assert!(before.contains(":v1"), "{before}");
    keys(world, &["rotate", "--tenant", HOOLI, "--level", "root"]).output();
    let after = keys(world, &["status", "--tenant", HOOLI]).output();
    assert!(after.contains(":v2") && !after.contains(":v1"), "{after}");
    // What the old version wrapped opens no more: nothing of it is left in use.
    let least = [
        "write",
        &format!("transit/keys/tenant-{HOOLI}/config"),
        "min_decryption_version=2",
    ];
    world.vault.server.bao(&least);
    keys(world, &["rotate", "--tenant", HOOLI, "--level", "tenant"]).output();
    restart(world, "executor").await;
    pays(world, &agent, 62).await;
}

fn refuses_others(world: &World) {
    let executor = format!("{RELEASE}-executor");
    let control_api = format!("{RELEASE}-control-api");
    let namespace = format!("vp-{HOOLI}");
    let login = |who: (&str, &str), role: &str| world.vault.login(&world.cluster, who, role);
    let context = "context=dGVzdA==";
    let encrypt = format!("transit/encrypt/tenant-{HOOLI}");
    let decrypt = format!("transit/decrypt/tenant-{HOOLI}");
    // Each process with a token of its own account; `bao` runs as whoever that is.
    let run = |token: &str, arguments: &[&str]| world.vault.server.try_bao_as(token, arguments);

    let wraps = login((SYSTEM, &control_api), "vaultpilot-wrap").unwrap();
    let seal = [
        "write",
        "-field=ciphertext",
        &encrypt,
        context,
        "plaintext=c2VlZA==",
    ];
    let sealed = run(&wraps, &seal).unwrap();
    let sealed = format!("ciphertext={}", sealed.trim());
    let open = ["write", "-field=plaintext", &decrypt, context, &sealed];
    let refused = run(&wraps, &open).unwrap_err();
    assert!(refused.contains("permission denied"), "{refused}");
    assert!(
        login((SYSTEM, &control_api), ROLE).is_err(),
        "who decides may not take on the role"
    );

    let unwraps = login((SYSTEM, &executor), ROLE).unwrap();
    assert_eq!(run(&unwraps, &open).unwrap().trim(), "c2VlZA==");

    for role in ["vaultpilot-wrap", ROLE] {
        let refused = login((&namespace, "mcp-runtime"), role).unwrap_err();
        assert!(refused.contains("not authorized"), "{role}: {refused}");
    }
}

async fn waits_for_a_sealed_vault(world: &World, agent: &Agent) {
    world.vault.server.seal();
    restart(world, "executor").await;
    let shop = account(61);
    let made = agent
        .ok("transfer", payment("treasury", &shop, "0.01", "sealed"))
        .await;
    let id = made["transaction_id"].as_str().unwrap().to_owned();
    tokio::time::sleep(Duration::from_secs(5)).await;
    let seen = agent.ok("get_transaction", json!({ "id": id })).await;
    assert_eq!(seen["state"], "authorized", "{}", seen.content);
    assert_eq!(world.chain.balance(&shop).await, 0);
    world.vault.server.unseal();
    let settled = agent.settled(&id).await;
    assert_eq!(settled["state"], "final", "{settled}");
    assert_eq!(world.chain.balance(&shop).await, 10u128.pow(16));
}

async fn pays(world: &World, agent: &Agent, number: u64) {
    let shop = account(number);
    let request = format!("custody-{number}");
    let paid = agent
        .ok("transfer", payment("treasury", &shop, "0.01", &request))
        .await;
    let settled = agent
        .settled(paid["transaction_id"].as_str().unwrap())
        .await;
    assert_eq!(settled["state"], "final", "{settled}");
    assert_eq!(world.chain.balance(&shop).await, 10u128.pow(16));
}

/// New processes hold nothing that was opened before. The old ones still work while they end, so
/// they are waited for.
async fn restart(world: &World, component: &str) {
    let selector = format!("app.kubernetes.io/component={component}");
    let old = world.cluster.list("pods", SYSTEM, &selector);
    let deployment = format!("deploy/{RELEASE}-{component}");
    world
        .cluster
        .kubectl(&["rollout", "restart", "-n", SYSTEM, &deployment])
        .output();
    let status = [
        "rollout",
        "status",
        "-n",
        SYSTEM,
        &deployment,
        "--timeout=120s",
    ];
    world.cluster.kubectl(&status).output();
    for pod in old {
        let name = pod["metadata"]["name"].as_str().unwrap();
        world.cluster.until_gone("pod", SYSTEM, name, 90).await;
    }
}

/// `control-api keys`, in a pod of the control API.
fn keys(world: &World, arguments: &[&str]) -> Ran {
    let deployment = format!("deploy/{RELEASE}-control-api");
    let mut command = vec![
        "exec",
        "-n",
        SYSTEM,
        &deployment,
        "--",
        "/control-api",
        "keys",
    ];
    command.extend(arguments);
    world.cluster.kubectl(&command)
}
