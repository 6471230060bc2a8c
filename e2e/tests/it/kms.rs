//! Keys in a KMS: one that wraps everybody's, and one that signs and never leaves.

use std::time::Duration;

use serde_json::{Value, json};
use vaultpilot_e2e::house::text;
use vaultpilot_e2e::{Agent, Chain, House, HouseOptions};
use vaultpilot_testkit::KmsServer;

use crate::world::{BOB, payment};

const REGION: &str = "eu-central-1";
const TENANT: &str = "default";

/// A house whose tenant's keys are wrapped by this key.
async fn house(kms: &KmsServer, root: &str, chain: &Chain) -> House {
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    let data = tempfile::Builder::new().permissions(private).tempdir();
    let options = HouseOptions {
        env: vec![
            ("VAULTPILOT_KEYS_ROOT", "aws_kms".to_owned()),
            ("VAULTPILOT_KEYS_KMS_KEY_ARN", root.to_owned()),
            ("VAULTPILOT_AWS_KMS_REGION", REGION.to_owned()),
            ("VAULTPILOT_AWS_KMS_ENDPOINT", kms.endpoint()),
            (
                "AWS_ACCESS_KEY_ID",
                vaultpilot_testkit::kms::ADMIN.to_owned(),
            ),
            ("AWS_SECRET_ACCESS_KEY", "nobody checks it".to_owned()),
        ],
        ..HouseOptions::default()
    };
    House::start_in(data.unwrap().into(), chain, &options).await
}

async fn pay(agent: &Agent, wallet: &str, amount: &str) -> String {
    let paid = agent.ok("transfer", payment(wallet, amount)).await;
    paid["transaction_id"].as_str().unwrap().to_owned()
}

async fn fund(agent: &Agent, wallet: &str) {
    let asked = json!({ "wallet": wallet, "chain": Chain::ID, "amount": "10" });
    agent.ok("request_faucet_funds", asked).await;
}

async fn state(agent: &Agent, id: &str) -> Value {
    let seen = agent.ok("get_transaction", json!({ "id": id })).await;
    seen["state"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_of_a_kms_wrap_and_sign_for_the_same_engine() {
    let kms = KmsServer::start();
    let root = kms.root_key(REGION).await;
    let cold = kms.wallet_key(REGION, TENANT).await;
    let chain = Chain::start().await;
    let house = house(&kms, &root, &chain).await;
    let agent = house.agent(&house.agent_key()).await;
    let before = chain.balance(BOB).await;

    // The root wraps: asked once to open, however many payments there are.
    agent.ok("create_wallet", json!({ "label": "hot" })).await;
    fund(&agent, "hot").await;
    for amount in ["0.01", "0.02"] {
        let id = pay(&agent, "hot", amount).await;
        assert_eq!(agent.settled(&id).await["state"], "final");
    }
    assert_eq!(kms.calls(&root, "Decrypt").await, 1);
    let status = house.json(&["keys", "status"]).await;
    assert!(status.to_string().contains(&root), "{status}");

    // Somebody else's key is not taken, and neither is one that signs nothing of ours.
    let theirs = kms.wallet_key(REGION, "somebody-else").await;
    for (label, arn) in [("theirs", &theirs), ("root", &root)] {
        let create = ["wallet", "create", label, "--external-key", arn, "--json"];
        let refused = house.cli(&create).await;
        assert!(!refused.status.success(), "{}", text(&refused.stdout));
        let shown = house.cli(&["wallet", "show", label]).await;
        assert!(!shown.status.success(), "{label} was made");
    }

    // The cold key signs where it lies.
    let made = house
        .json(&["wallet", "create", "cold", "--external-key", &cold])
        .await;
    let again = house
        .json(&["wallet", "create", "cold", "--external-key", &cold])
        .await;
    assert_eq!(made["address"], again["address"]);
    fund(&agent, "cold").await;
    let id = pay(&agent, "cold", "0.03").await;
    assert_eq!(agent.settled(&id).await["state"], "final");
    assert_eq!(kms.calls(&cold, "Sign").await, 1, "one signature, kept");

    // Disabled: the payment waits, and goes on by itself.
    kms.tell(&cold, "DisableKey").await;
    let id = pay(&agent, "cold", "0.04").await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(state(&agent, &id).await, "authorized");
    kms.tell(&cold, "EnableKey").await;
    assert_eq!(agent.settled(&id).await["state"], "final");
    let paid = chain.balance(BOB).await - before;
    assert_eq!(paid, 10u128.pow(17), "{paid}");
    let verified = house.cli(&["audit", "verify"]).await;
    assert!(verified.status.success(), "{}", text(&verified.stderr));
}
