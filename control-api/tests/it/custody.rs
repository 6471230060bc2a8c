//! Keys over REST: what is told of them, and what is refused before anything is asked of them.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::client::{Ask, get};
use crate::house::House;

fn post(path: &str, key: &str, body: &Value) -> Ask {
    Ask::new("post", path).key(key).json(body)
}

fn sealed() -> String {
    "-----BEGIN AGE ENCRYPTED FILE-----\nnothing\n-----END AGE ENCRYPTED FILE-----\n".to_owned()
}

#[tokio::test]
async fn the_status_tells_whom_to_seal_keys_for() {
    let house = House::new().await;
    let answer = get("/api/v1/custody").key(&house.owner).send(&house).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    let status = answer.json();
    assert_eq!(status["provider"], "local");
    assert_eq!(status["exports"], "off");
    let recipient = status["recipient"]["recipient"].as_str().unwrap();
    assert!(recipient.starts_with("age1"), "{recipient}");
    assert_eq!(status["recipient"]["kek"], 1);
    assert_eq!(status["keks"][0]["wallet_keys"], 1);
}

#[tokio::test]
async fn an_import_is_a_task_that_says_nothing_of_its_keys() {
    let house = House::new().await;
    let body = json!({ "keys": [{ "label": "till", "sealed": sealed() }] });
    let path = "/api/v1/custody/imports";
    let begun = post(path, &house.owner, &body).send(&house).await;
    assert_eq!(begun.status, StatusCode::OK, "{begun:?}");
    let task = begun.json();
    assert_eq!(
        (&task["state"], &task["total"]),
        (&json!("running"), &json!(1))
    );
    assert_eq!(task["labels"], json!(["till"]));
    assert!(!task.to_string().contains("BEGIN AGE"), "{task}");
    let again = post(path, &house.owner, &body).send(&house).await.json();
    assert_eq!(again["id"], task["id"], "the same import is one task");
    let looked = format!("/api/v1/custody/tasks/{}", task["id"].as_str().unwrap());
    let looked = get(&looked).key(&house.approver).send(&house).await.json();
    assert_eq!(looked["id"], task["id"]);
    let listed = get("/api/v1/custody/tasks").key(&house.owner);
    let listed = listed.send(&house).await.json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_largest_import_fits_and_one_key_more_is_told_which() {
    let house = House::new().await;
    let key = |number: usize, size: usize| {
        let mut text = sealed();
        text.push_str(&"x".repeat(size.saturating_sub(text.len())));
        json!({ "label": format!("w{number}"), "sealed": text })
    };
    let path = "/api/v1/custody/imports";
    let all: Vec<Value> = (0..500).map(|number| key(number, 8192)).collect();
    let whole = json!({ "keys": all });
    let answer = post(path, &house.owner, &whole).send(&house).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    let cases = [
        (
            json!({ "keys": (0..501).map(|number| key(number, 100)).collect::<Vec<_>>() }),
            "keys_out_of_range",
            "keys",
        ),
        (
            json!({ "keys": [key(0, 10), key(1, 8193)] }),
            "sealed_too_large",
            "keys[1].sealed",
        ),
        (
            json!({ "keys": [{ "label": "Not A Label", "sealed": sealed() }] }),
            "label_malformed",
            "keys[0].label",
        ),
        (
            json!({ "keys": [{ "label": "a", "chains": ["moon"], "sealed": sealed() }] }),
            "chain_malformed",
            "keys[0].chains",
        ),
        (
            json!({ "keys": [{ "label": "a", "sealed": "0x01" }] }),
            "sealed_malformed",
            "keys[0].sealed",
        ),
    ];
    for (body, code, field) in cases {
        let answer = post(path, &house.owner, &body).send(&house).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{answer:?}"
        );
        let problem = answer.json();
        assert_eq!(
            (&problem["code"], &problem["field"]),
            (&json!(code), &json!(field))
        );
    }
}

#[tokio::test]
async fn a_rotation_is_one_task_and_an_export_is_off() {
    let house = House::new().await;
    let path = "/api/v1/custody/rotations";
    let body = json!({ "level": "tenant" });
    let first = post(path, &house.owner, &body).send(&house).await.json();
    let again = post(path, &house.owner, &body).send(&house).await.json();
    assert_eq!(first["id"], again["id"]);
    let other = post(path, &house.owner, &json!({ "level": "root" }));
    let other = other.send(&house).await;
    assert_eq!(
        (other.status, other.problem()),
        (StatusCode::CONFLICT, "rotation_running".to_owned())
    );
    let to = json!({ "form": "age", "recipient": "age1x" });
    let export = json!({ "wallet": "treasury", "to": to });
    let export = post("/api/v1/custody/exports", &house.owner, &export);
    let export = export.send(&house).await;
    assert_eq!(
        (export.status, export.problem()),
        (StatusCode::CONFLICT, "export_off".to_owned())
    );
}
