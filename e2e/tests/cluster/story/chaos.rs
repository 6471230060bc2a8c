//! Everything is killed in turn while an agent pays. The chain is the judge.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::tenant::ACME;
use crate::world::{RELEASE, SYSTEM, World, account, payment};

const PAYMENTS: u32 = 30;
/// Each so much, in thousandths of a coin.
const AMOUNT: u128 = 3;

pub(super) async fn nothing_lost_nothing_twice(world: &World) {
    world.step("operator, control API, executor, database and pods are killed in turn under load");
    let wallet = world.cluster.get("wallet", "vp-acme", "treasury").unwrap();
    let treasury = wallet["status"]["address"].as_str().unwrap().to_owned();
    let before = world.chain.nonce(&treasury).await;
    let key = world.key(ACME, "payer", "agent");
    let (url, address) = world.endpoint(ACME);
    let made = Arc::new(Mutex::new(Vec::new()));
    let mut paying = JoinSet::new();
    let noted = Arc::clone(&made);
    paying.spawn(async move {
        for number in 0..PAYMENTS {
            let id = persist(address, &url, &key, number).await;
            noted.lock().await.push(id);
        }
    });
    let victims = [
        (
            SYSTEM,
            format!("app.kubernetes.io/instance={RELEASE},app.kubernetes.io/component=operator"),
        ),
        (
            SYSTEM,
            format!("app.kubernetes.io/instance={RELEASE},app.kubernetes.io/component=control-api"),
        ),
        (
            SYSTEM,
            format!("app.kubernetes.io/instance={RELEASE},app.kubernetes.io/component=executor"),
        ),
        (
            SYSTEM,
            format!("app.kubernetes.io/instance={RELEASE},app.kubernetes.io/component=postgres"),
        ),
        ("vp-acme", "vaultpilot.io/tenant=acme".to_owned()),
    ];
    for (namespace, selector) in victims.iter().cycle().take(10) {
        tokio::time::sleep(Duration::from_secs(2)).await;
        let pods = world.cluster.list("pods", namespace, selector);
        assert!(!pods.is_empty(), "nobody to kill: {selector}");
        let mut kill = vec![
            "delete",
            "pods",
            "-n",
            namespace,
            "-l",
            selector,
            "--wait=false",
        ];
        if selector.ends_with("component=postgres") {
            // By force its successor could open the same files before it is gone.
            kill.push("--grace-period=1");
        } else {
            kill.extend(["--grace-period=0", "--force"]);
        }
        world.cluster.kubectl(&kill).output();
    }
    while let Some(paid) = paying.join_next().await {
        paid.unwrap();
    }
    let ids = made.lock().await.clone();
    assert_eq!(ids.len(), usize::try_from(PAYMENTS).unwrap());

    world.step("everything settles: each payment is on the chain once");
    let shop = account(5);
    let wanted = u128::from(PAYMENTS) * AMOUNT * 10u128.pow(15);
    let deadline = Instant::now() + Duration::from_secs(90);
    while world.chain.balance(&shop).await < wanted {
        assert!(
            Instant::now() < deadline,
            "{} arrived",
            world.chain.balance(&shop).await
        );
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let key = world.key(ACME, "auditor", "agent");
    let agent = world.agent(ACME, &key).await;
    for id in &ids {
        assert_eq!(agent.settled(id).await["state"], "final", "{id}");
    }
    assert_eq!(world.chain.balance(&shop).await, wanted);
    assert_eq!(
        world.chain.nonce(&treasury).await,
        before + u128::from(PAYMENTS)
    );
    world
        .cluster
        .condition(("tenant", "", ACME), "Ready", "True", 120)
        .await;
}

/// Pays once, however often it has to ask: the request id stays.
async fn persist(address: std::net::SocketAddr, url: &str, key: &str, number: u32) -> String {
    let deadline = Instant::now() + Duration::from_mins(2);
    let request = format!("chaos-{number}");
    let amount = format!("0.{AMOUNT:03}");
    loop {
        let asked = async {
            let agent = vaultpilot_e2e::Agent::at(address, url, key).await?;
            let shop = account(5);
            let answer = agent
                .try_call("transfer", payment("treasury", &shop, &amount, &request))
                .await?;
            match answer["transaction_id"].as_str() {
                Some(id) if !answer.is_error => Ok(id.to_owned()),
                _ => Err(answer.content.to_string()),
            }
        };
        let trouble = match tokio::time::timeout(Duration::from_secs(30), asked).await {
            Ok(Ok(id)) => return id,
            Ok(Err(error)) => error,
            Err(_) => "no answer in 30 s".to_owned(),
        };
        assert!(Instant::now() < deadline, "{request}: {trouble}");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}
