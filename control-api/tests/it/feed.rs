//! The live feed.

use std::time::Duration;

use futures::StreamExt;
use serde_json::{Value, json};
use vaultpilot_control_api::LiveEvent;

use crate::client::get;
use crate::house::House;

#[tokio::test]
async fn what_happens_is_streamed_as_it_happens() {
    let house = House::new().await;
    let response = get("/api/v1/feed").key(&house.viewer).open(&house).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut bytes = response.bytes_stream();
    let events = [
        LiveEvent::Alert {
            at: "2026-01-01T00:00:00Z".to_owned(),
            message: "line\nbreak".to_owned(),
        },
        LiveEvent::IntentMoved {
            at: "2026-01-01T00:00:01Z".to_owned(),
            transaction_id: "txn_1".to_owned(),
            state: "broadcast".to_owned(),
            detail: String::new(),
        },
    ];
    for event in &events {
        house.live.send(event.clone()).unwrap();
    }
    let mut text = String::new();
    while text.matches("\n\n").count() < events.len() {
        let chunk = tokio::time::timeout(Duration::from_secs(10), bytes.next()).await;
        text.push_str(std::str::from_utf8(&chunk.unwrap().unwrap().unwrap()).unwrap());
    }
    let told: Vec<Value> = text
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .map(|data| serde_json::from_str(data).unwrap())
        .collect();
    assert_eq!(
        told[0],
        json!({ "event": "alert", "at": "2026-01-01T00:00:00Z", "message": "line\nbreak" })
    );
    assert_eq!(told[1]["event"], "intent_moved");
    assert_eq!(told.len(), 2);
}
