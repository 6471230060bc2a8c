//! Who may call what: every operation with every kind of caller, as the table says.

use std::fmt::Write as _;

use reqwest::StatusCode;
use serde_json::json;
use vaultpilot_control_api::{Access, Operation, operations};
use vaultpilot_core::Role;

use crate::client::{Answer, Ask};
use crate::house::House;

#[test]
fn the_table_of_operations_is_this() {
    let mut table = String::new();
    for operation in operations() {
        let access = match operation.access {
            Access::Open => "open".to_owned(),
            Access::Authenticated => "any key".to_owned(),
            Access::Person(permission) => {
                let name = serde_json::to_value(permission).unwrap();
                format!("person: {}", name.as_str().unwrap())
            }
        };
        let method = operation.method.as_str().to_uppercase();
        writeln!(
            table,
            "{:20} {method:6} {:46} {access}",
            operation.id, operation.path
        )
        .unwrap();
    }
    insta::assert_snapshot!(table);
}

/// A request an operation takes; what it is about need not exist.
fn request(operation: &Operation) -> Ask {
    let path = operation
        .path
        .replace("{wallet}", "treasury")
        .replace("{name}", "guard")
        .replace("{approval}", "apr_01HZX3J9QK8B3V6T2N4M5P7R9S")
        .replace("{transaction}", "txn_01HZX3J9QK8B3V6T2N4M5P7R9S")
        .replace("{task}", "ktk_01HZX3J9QK8B3V6T2N4M5P7R9S")
        .replace("{key}", "key_01HZX3J9QK8B3V6T2N4M5P7R9S");
    assert!(
        !path.contains('{'),
        "{path}: say in this test what stands there"
    );
    let path = if operation.id == "admin_login" {
        format!("{path}?token=none")
    } else {
        path
    };
    let ask = Ask::new(operation.method.as_str(), &path);
    match operation.id {
        "wallet_create" => ask.json(&json!({ "label": "savings" })),
        "wallet_freeze" => ask.json(&json!({ "reason": "test" })),
        "wallet_faucet" => ask.json(&json!({ "chain": "eip155:31337" })),
        "key_create" => ask.json(&json!({ "name": "again", "role": "agent" })),
        _ => ask,
    }
}

/// An answer of the guard, or one from behind it.
fn expect(operation: &Operation, who: &str, passes: bool, refused: (u16, &str), answer: &Answer) {
    let what = format!("{} by {who}: {answer:?}", operation.id);
    if passes {
        let closed = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN];
        let is_login = operation.id == "admin_login";
        assert!(is_login || !closed.contains(&answer.status), "{what}");
        assert!(!answer.status.is_server_error(), "{what}");
    } else {
        assert_eq!(
            (answer.status.as_u16(), answer.problem().as_str()),
            refused,
            "{what}"
        );
    }
}

#[tokio::test]
async fn every_operation_lets_in_whom_the_table_says() {
    let house = House::new().await;
    // A key of the right form that nobody made here.
    let forged = House::new().await;
    let forged = {
        let request = Ask::new("post", "/api/v1/keys").key(&forged.owner);
        let body = json!({ "name": "forged", "role": "owner", "expires_in_days": 9 });
        request.json(&body).send(&forged).await.json()["secret"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let typo = format!("{}x", &house.owner[..house.owner.len() - 1]);
    let mut seen = 0;
    for operation in operations() {
        if operation.id == "feed" {
            // Its answer has no end: its guard is looked at by itself.
            continue;
        }
        let open = operation.access == Access::Open;
        let unknown = (401, "unauthenticated");
        let anonymous = request(&operation).send(&house).await;
        expect(&operation, "nobody", open, unknown, &anonymous);
        for bad in [
            forged.as_str(),
            &typo,
            &house.expired,
            "",
            "vp_test_",
            "Bearer",
        ] {
            let answer = request(&operation).key(bad).send(&house).await;
            expect(&operation, bad, open, unknown, &answer);
            if !open {
                assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
            }
        }
        let any = open || operation.access == Access::Authenticated;
        let answer = request(&operation).key(&house.agent).send(&house).await;
        expect(&operation, "the agent", any, (403, "forbidden"), &answer);
        let people = [
            (Role::Viewer, &house.viewer),
            (Role::Approver, &house.approver),
            (Role::Owner, &house.owner),
        ];
        for (role, key) in people {
            let passes = match operation.access {
                Access::Open | Access::Authenticated => true,
                Access::Person(permission) => role.allows(permission),
            };
            let answer = request(&operation).key(key).send(&house).await;
            expect(
                &operation,
                &format!("{role:?}"),
                passes,
                (403, "forbidden"),
                &answer,
            );
            seen += usize::from(passes);
        }
        // Whoever deleted or froze something on the way: the next operation finds it again.
        let applied = Ask::new("put", "/api/v1/policies").key(&house.owner);
        applied
            .with("content-type", "application/yaml")
            .body(crate::house::GUARD)
            .send(&house)
            .await;
        Ask::new("post", "/api/v1/wallets/treasury/thaw")
            .key(&house.owner)
            .send(&house)
            .await;
    }
    assert!(seen > operations().len(), "most operations let somebody in");
}

#[tokio::test]
async fn the_feed_is_guarded_too() {
    let house = House::new().await;
    for (key, expected) in [
        (Some(&house.owner), 200),
        (Some(&house.approver), 200),
        (Some(&house.viewer), 200),
        (Some(&house.agent), 403),
        (Some(&house.expired), 401),
        (None, 401),
    ] {
        let ask = Ask::new("get", "/api/v1/feed");
        let ask = match key {
            Some(key) => ask.key(key),
            None => ask,
        };
        assert_eq!(ask.open(&house).await.status().as_u16(), expected);
    }
}

#[tokio::test]
async fn a_denied_caller_changes_nothing_and_is_written_down() {
    let house = House::new().await;
    let before = house.store_entries().await;
    let answer = Ask::new("delete", "/api/v1/policies/guard")
        .key(&house.viewer)
        .send(&house)
        .await;
    assert_eq!(answer.problem(), "forbidden");
    let answer = Ask::new("get", "/api/v1/policies/guard")
        .key(&house.viewer)
        .send(&house)
        .await;
    assert_eq!(answer.json()["name"], "guard");
    Ask::new("get", "/api/v1/wallets")
        .key("vp_test_nonsense")
        .send(&house)
        .await;
    let after = house.store_entries().await;
    assert_eq!(after[before.len()..], ["authentication.failed"]);
}

impl House {
    async fn store_entries(&self) -> Vec<String> {
        use vaultpilot_ports::Store;
        let mut view = self.store.read(self.tenant).await.unwrap();
        let entries = view.audit_list(0, 1000).await.unwrap();
        entries
            .iter()
            .map(|entry| entry.draft.action.as_str().to_owned())
            .collect()
    }
}
