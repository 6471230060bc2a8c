//! A database is copied while it is worked with, and another becomes what it was.

use age::secrecy::ExposeSecret as _;
use serde_json::Value;

use super::place::{Place, Ran};

fn json(ran: &Ran) -> Value {
    assert!(ran.ok(), "{ran:?}");
    serde_json::from_str(&ran.out).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_made_online_and_fills_an_empty_database() {
    let (from, to) = (Place::new().await, Place::new().await);
    let identity = age::x25519::Identity::generate();
    let recipient = identity.to_public().to_string();
    for place in [&from, &to] {
        place.write("identity", identity.to_string().expose_secret());
    }
    let other = age::x25519::Identity::generate();
    to.write("other", other.to_string().expose_secret());

    assert!(from.run(&["migrate"]).await.ok());
    from.tenant("acme").await;
    from.tenant_with("other", 4).await;
    let key = ["key", "create", "--tenant", "acme", "--name", "olivia"];
    let made = from.run(&[&key[..], &["--role", "owner"]].concat()).await;
    let key = made.out.trim().to_owned();
    assert!(made.ok(), "{made:?}");
    let serve = from.start("serve").await;
    serve.ready().await;

    let file = to.path("house.vpbackup.age");
    let file = file.to_str().unwrap();
    let create = [
        "--json",
        "backup",
        "create",
        "--to",
        file,
        "--recipient",
        &recipient,
    ];
    let told = json(&from.run(&create).await);
    assert_eq!(told["edition"], "hosted");
    assert_eq!(told["tables"]["tenants"], 2, "{told}");
    assert_eq!(told["tables"]["api_keys"], 1, "{told}");
    let again = from.run(&create).await;
    assert_eq!(again.code, Some(6), "{again:?}");
    assert_eq!(serve.end().await, Some(0));

    // Without a database.
    let nowhere = [("VAULTPILOT_DATABASE_PORT", "1")];
    let verify = ["--json", "backup", "verify", file, "--identity", "identity"];
    let verified = json(&to.run_with(&verify, &nowhere).await);
    assert_eq!(
        (&verified["verified"], &verified["tenants"]),
        (&true.into(), &told["tenants"])
    );
    let stranger = ["backup", "verify", file, "--identity", "other"];
    let stranger = to.run_with(&stranger, &nowhere).await;
    assert!(
        stranger.code == Some(1) && stranger.err.contains("somebody else"),
        "{stranger:?}"
    );

    let restore = [
        "--json",
        "backup",
        "restore",
        file,
        "--identity",
        "identity",
    ];
    let restored = json(&to.run(&restore).await);
    assert_eq!(restored["tenants"], told["tenants"]);
    let full = to.run(&restore).await;
    assert!(
        full.code == Some(6) && full.err.contains("not empty"),
        "{full:?}"
    );

    // The house goes on: its key still opens it, and nothing waits to be reconciled.
    let serve = to.start("serve").await;
    serve.ready().await;
    let (status, body) = serve.rest("/t/acme/api/v1/whoami", &key).await;
    assert_eq!(
        (status, body["name"].as_str()),
        (200, Some("olivia")),
        "{body}"
    );
    let (status, body) = serve.rest("/t/acme/api/v1/reconcile", &key).await;
    assert_eq!(
        (status, &body["wallets"]),
        (200, &serde_json::json!([])),
        "{body}"
    );
    let (status, body) = serve.rest("/t/acme/api/v1/events", &key).await;
    assert_eq!(status, 200, "{body}");
    let events: Vec<&str> = body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["action"].as_str().unwrap())
        .collect();
    assert!(
        events.contains(&"house.backed_up") && events.contains(&"house.restored"),
        "{events:?}"
    );
    assert_eq!(serve.end().await, Some(0));
}
