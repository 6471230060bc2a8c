//! What is wrong shows where one looks for it, with the way out, and heals by itself.

use serde_json::Value;

use super::manifest;
use super::tenant::ACME;
use crate::world::World;

pub(super) async fn shows_and_heals(world: &World) {
    world.step("bad manifests are refused, bad references show, both heal");
    outside_the_schema(world);
    policy_that_does_not_parse(world).await;
    wallet_without_its_policy(world).await;
    strategy_without_a_wallet(world).await;
    two_tenants_one_namespace(world).await;
    foreign_object(world).await;
    image_that_does_not_start(world).await;
}

fn outside_the_schema(world: &World) {
    let wallet = manifest::wallet(ACME, "till");
    let unknown = wallet.replace("deletionProtection: false", "seedPhrase: abandon");
    let refused = world.cluster.apply(&unknown).complaint();
    assert!(refused.contains("seedPhrase"), "{refused}");
    let chains = manifest::wallet(ACME, "treasury").replace("eip155:31337", "eip155:1");
    let refused = world.cluster.apply(&chains).complaint();
    assert!(
        refused.contains("chains can be added, not removed"),
        "{refused}"
    );
    let outside = wallet.replace("vp-acme", "default");
    let refused = world.cluster.apply(&outside).complaint();
    assert!(refused.contains("tenant"), "{refused}");
}

async fn policy_that_does_not_parse(world: &World) {
    // The schema lets it through; the compiler does not: 24 hours allow less than one payment.
    let policy = manifest::policy(ACME, "9").replace("name: limits", "name: strange");
    let policy = policy.replace(
        "\"eip155:31337\"]",
        "\"eip155:31337\"]\n  schedule: { timeZone: \"Nowhere/Land\" }",
    );
    let name = ("policy.vaultpilot.io", "vp-acme", "strange");
    let applied = world.cluster.apply(&policy);
    if applied.ok {
        let (reason, message) = world.cluster.condition(name, "Accepted", "False", 30).await;
        assert!(
            !reason.is_empty() && !message.is_empty(),
            "{reason}: {message}"
        );
        let good = manifest::policy(ACME, "1").replace("name: limits", "name: strange");
        replace(world, "policy.vaultpilot.io", "strange", &good);
        world.cluster.condition(name, "Accepted", "True", 30).await;
        remove(world, "policy.vaultpilot.io", "strange").await;
    } else {
        assert!(applied.stderr.contains("schedule"), "{}", applied.stderr);
    }
}

async fn wallet_without_its_policy(world: &World) {
    let wallet = manifest::wallet(ACME, "till").replace("name: limits", "name: absent");
    world.cluster.apply(&wallet).output();
    let name = ("wallet", "vp-acme", "till");
    let (_, message) = world.cluster.condition(name, "Ready", "False", 30).await;
    assert!(message.contains("absent"), "{message}");
    let policy = manifest::policy(ACME, "1").replace("name: limits", "name: absent");
    world.cluster.apply(&policy).output();
    world.cluster.condition(name, "Ready", "True", 60).await;
    remove(world, "wallet", "till").await;
    remove(world, "policy.vaultpilot.io", "absent").await;
}

async fn strategy_without_a_wallet(world: &World) {
    let strategy = manifest::strategy(ACME, "orphan", &crate::world::account(9), 1)
        .replace("name: treasury", "name: nowhere");
    world.cluster.apply(&strategy).output();
    let name = ("strategy", "vp-acme", "orphan");
    let (_, message) = world.cluster.condition(name, "Ready", "False", 30).await;
    assert!(message.contains("nowhere"), "{message}");
    remove(world, "strategy", "orphan").await;
}

async fn two_tenants_one_namespace(world: &World) {
    let thief = manifest::tenant(world, "thief")
        .replace("spec:\n", "spec:\n  namespace: { name: vp-acme }\n");
    world.cluster.apply(&thief).output();
    let name = ("tenant", "", "thief");
    let (_, message) = world.cluster.condition(name, "Ready", "False", 30).await;
    assert!(message.contains("vp-acme"), "{message}");
    let owner = world.cluster.get("namespace", "", "vp-acme").unwrap();
    assert_eq!(owner["metadata"]["labels"]["vaultpilot.io/tenant"], ACME);
    world
        .cluster
        .kubectl(&["delete", "tenant", "thief", "--wait=false"])
        .output();
    world.cluster.until_gone("tenant", "", "thief", 60).await;
    assert!(world.cluster.get("namespace", "", "vp-acme").is_some());
}

/// Somebody else's Service stands where the operator's would.
async fn foreign_object(world: &World) {
    let create = ["create", "namespace", "vp-initech"];
    world.cluster.kubectl(&create).output();
    let service = [
        "create",
        "service",
        "clusterip",
        "mcp",
        "--tcp=1:1",
        "-n",
        "vp-initech",
    ];
    world.cluster.kubectl(&service).output();
    let tenant = manifest::tenant(world, "initech").replace(
        "spec:\n",
        "spec:\n  namespace: { name: vp-initech, adopt: true }\n",
    );
    world.cluster.apply(&tenant).output();
    let name = ("tenant", "", "initech");
    let seen = world
        .cluster
        .until("tenant", "", "initech", 60, |object| says(object, "mcp"))
        .await;
    assert!(says(&seen, "mcp"), "{seen}");
    let kept = world.cluster.get("service", "vp-initech", "mcp").unwrap();
    assert_eq!(kept["spec"]["ports"][0]["port"], 1, "it was taken over");
    world
        .cluster
        .kubectl(&["delete", "service", "mcp", "-n", "vp-initech"])
        .output();
    world.cluster.condition(name, "Ready", "True", 120).await;
    world
        .cluster
        .kubectl(&["delete", "tenant", "initech", "--wait=false"])
        .output();
    world.cluster.until_gone("tenant", "", "initech", 90).await;
    // Adopted, not made: it stays.
    assert!(world.cluster.get("namespace", "", "vp-initech").is_some());
    world
        .cluster
        .kubectl(&["delete", "namespace", "vp-initech", "--wait=false"])
        .output();
}

/// Whether a condition that is False speaks of this.
fn says(object: &Value, what: &str) -> bool {
    let conditions = object["status"]["conditions"].as_array();
    conditions.is_some_and(|conditions| {
        conditions.iter().any(|found| {
            found["status"] == "False"
                && found["message"]
                    .as_str()
                    .is_some_and(|text| text.contains(what))
        })
    })
}

async fn image_that_does_not_start(world: &World) {
    let digest = "0".repeat(64);
    let broken = manifest::tenant(world, ACME).replace(
        "runtime: { ",
        &format!("runtime: {{ image: \"vaultpilot/absent@sha256:{digest}\", "),
    );
    world.cluster.apply(&broken).output();
    let name = ("tenant", "", ACME);
    let tenant = world
        .cluster
        .until("tenant", "", ACME, 90, |object| {
            says(object, "vaultpilot/absent")
        })
        .await;
    // The pods that ran go on running.
    assert!(
        tenant["status"]["runtime"]["readyReplicas"].as_i64() >= Some(1),
        "{tenant}"
    );
    world.cluster.apply(&manifest::tenant(world, ACME)).output();
    world.cluster.condition(name, "Ready", "True", 120).await;
}

fn replace(world: &World, kind: &str, name: &str, yaml: &str) {
    let applied = world.cluster.apply(yaml);
    assert!(applied.ok, "{kind} {name}: {}", applied.stderr);
}

async fn remove(world: &World, kind: &str, name: &str) {
    let delete = ["delete", kind, name, "-n", "vp-acme", "--wait=false"];
    world.cluster.kubectl(&delete).output();
    world.cluster.until_gone(kind, "vp-acme", name, 60).await;
}
