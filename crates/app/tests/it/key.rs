//! Credentials: whatever is wrong with one, the answer is the same, and it is written down.

use secrecy::SecretString;
use vaultpilot_app::{KeyCreate, KeyCreated};
use vaultpilot_core::{KeyId, Role, Scope, clock};
use vaultpilot_ports::{ControlPlane, Fault};
use vaultpilot_testkit::fixture::label;

use crate::house::{House, code};

async fn key(house: &House, name: &str, days: Option<u32>) -> KeyCreated {
    let request = KeyCreate {
        name: label(name),
        role: Role::Agent,
        scopes: None,
        expires_in_days: days,
    };
    house.app.key_create(&house.owner, &request).await.unwrap()
}

fn credential(text: &str) -> SecretString {
    SecretString::from(text.to_owned())
}

#[tokio::test(start_paused = true)]
async fn every_bad_key_is_the_same_unauthenticated_and_audited() {
    let house = House::new().await;
    let acme = label("acme");
    let ip = Some([10, 0, 0, 9].into());
    let enter = async |secret: &str| house.app.authenticate(&acme, &credential(secret), ip).await;
    let short = key(&house, "short", Some(1)).await;
    let long = key(&house, "long", Some(90)).await;
    let revoked = key(&house, "revoked", None).await;
    for good in [&short, &long, &revoked] {
        let caller = enter(good.secret.expose()).await.unwrap();
        assert_eq!(
            (caller.tenant, caller.role, caller.ip),
            (house.tenant, Role::Agent, ip)
        );
    }
    house.clock.advance(clock::days(1));
    let gone: KeyId = revoked.key.id.parse().unwrap();
    house.app.key_revoke(&house.owner, gone).await.unwrap();

    let elsewhere = House::new().await;
    let unknown = key(&elsewhere, "unknown", None).await;
    let unknown = unknown.secret.expose();
    let mut typo = long.secret.expose().to_owned();
    let last = if typo.pop() == Some('0') { '1' } else { '0' };
    typo.push(last);
    let before = house.audit().await.len();
    let bad = [
        ("malformed", ""),
        ("malformed", "vp_test_"),
        ("malformed", "letmein"),
        ("malformed", typo.as_str()),
        ("expired", short.secret.expose()),
        ("revoked", revoked.secret.expose()),
    ];
    for (_, secret) in &bad {
        assert_eq!(enter(secret).await, Err(Fault::Unauthenticated), "{secret}");
    }
    let entries = house.audit().await;
    let why: Vec<_> = entries[before..]
        .iter()
        .map(|entry| {
            assert_eq!(entry.draft.action.as_str(), "authentication.failed");
            assert_eq!(
                entry.draft.facts[1],
                ("ip".to_owned(), "10.0.0.9".to_owned())
            );
            entry.draft.facts[0].1.as_str()
        })
        .collect();
    assert_eq!(why, bad.map(|(why, _)| why));
    // The same seed made the same secret there; the pepper of another house does not.
    assert_eq!(
        enter(unknown).await.is_ok(),
        unknown == long.secret.expose()
    );
    assert!(enter(long.secret.expose()).await.is_ok());
    let stranger = label("nobody-lives-here");
    let refused = house
        .app
        .authenticate(&stranger, &credential(unknown), ip)
        .await;
    assert_eq!(refused, Err(Fault::Unauthenticated));
    // No secret is in the log.
    let journal = serde_json::to_string(&house.audit().await).unwrap();
    for secret in [
        short.secret.expose(),
        long.secret.expose(),
        revoked.secret.expose(),
    ] {
        assert!(!journal.contains(secret));
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_opens_what_its_scopes_say() {
    let house = House::new().await;
    let request = KeyCreate {
        name: label("reader"),
        role: Role::Agent,
        scopes: Some(vec![Scope::WalletRead]),
        expires_in_days: None,
    };
    let created = house.app.key_create(&house.owner, &request).await.unwrap();
    let secret = credential(created.secret.expose());
    let reader = house
        .app
        .authenticate(&label("acme"), &secret, None)
        .await
        .unwrap();
    let tools = house.app.tools(&reader).await.unwrap();
    assert!(tools.iter().all(|tool| tool.scope() == Scope::WalletRead) && !tools.is_empty());
    let refused = house
        .app
        .transfer(&reader, &crate::house::payment("0.1"))
        .await;
    assert_eq!(
        refused,
        Err(Fault::InsufficientScope {
            scope: Scope::TxExecute
        })
    );
}

#[tokio::test(start_paused = true)]
async fn keys_are_made_and_ended_by_owners() {
    let house = House::new().await;
    let request = |days| KeyCreate {
        name: label("new"),
        role: Role::Agent,
        scopes: None,
        expires_in_days: days,
    };
    for role in [Role::Agent, Role::Viewer, Role::Approver] {
        let caller = house.caller(&format!("who-{}", role as u8), role).await;
        assert!(matches!(
            house.app.key_create(&caller, &request(None)).await,
            Err(Fault::Forbidden)
        ));
        assert!(matches!(
            house.app.key_list(&caller).await,
            Err(Fault::Forbidden)
        ));
        let id = caller.key().unwrap();
        assert_eq!(
            house.app.key_revoke(&caller, id).await,
            Err(Fault::Forbidden)
        );
    }
    let make = async |days| {
        house
            .app
            .key_create(&house.owner, &request(days))
            .await
            .map(|it| it.key)
    };
    assert_eq!(code(make(Some(0)).await), "expiry_out_of_range");
    assert_eq!(code(make(Some(4000)).await), "expiry_out_of_range");
    let first = make(None).await.unwrap();
    assert_eq!(code(make(None).await), "key_name_taken");
    let own = house.owner.key().unwrap();
    assert_eq!(
        code(house.app.key_revoke(&house.owner, own).await),
        "key_in_use"
    );
    let nobodys = vaultpilot_testkit::fixture::key_id();
    assert_eq!(
        code(house.app.key_revoke(&house.owner, nobodys).await),
        "not_found"
    );
    house
        .app
        .key_revoke(&house.owner, first.id.parse().unwrap())
        .await
        .unwrap();
    assert_eq!(
        make(None).await.unwrap().name,
        "new",
        "the name is free again"
    );
}
