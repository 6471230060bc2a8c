//! Bad input gets a clear, typed error with a stable code, and changes nothing.

use reqwest::StatusCode;
use serde_json::{Value, json};
use vaultpilot_e2e::chain::client;

use crate::wire::{call, json_of, post};
use crate::world::{BOB, World, payment, with, without};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_wrong_argument_is_named_and_changes_nothing() {
    let world = World::new().await;
    let address = world.funded("treasury").await;
    let key = world.house.agent_key();
    let good = payment("treasury", "0.01");
    let long = "9".repeat(200);
    let checksum = BOB
        .replace("7099", "7098")
        .replace("70997970C", "70997970c");
    let cases: Vec<(&str, Value, &str)> = vec![
        (
            "negative",
            with(good.clone(), "amount", "-1"),
            "amount_negative",
        ),
        ("zero", with(good.clone(), "amount", "0"), "amount_zero"),
        (
            "zero with places",
            with(good.clone(), "amount", "0.000"),
            "amount_zero",
        ),
        ("empty", with(good.clone(), "amount", ""), "amount_empty"),
        (
            "exponent",
            with(good.clone(), "amount", "1e18"),
            "amount_not_a_decimal",
        ),
        (
            "comma",
            with(good.clone(), "amount", "1,5"),
            "amount_not_a_decimal",
        ),
        (
            "overlong",
            with(good.clone(), "amount", long),
            "amount_too_long",
        ),
        (
            "over-precise",
            with(good.clone(), "amount", "0.0000000000000000001"),
            "amount_too_precise",
        ),
        (
            "bad checksum",
            with(good.clone(), "to", checksum),
            "address_checksum",
        ),
        (
            "no address",
            with(good.clone(), "to", "bob.eth"),
            "address_malformed",
        ),
        (
            "zero address",
            with(
                good.clone(),
                "to",
                "0x0000000000000000000000000000000000000000",
            ),
            "address_zero",
        ),
        (
            "unknown chain",
            with(good.clone(), "chain", "eip155:424242"),
            "chain_unknown",
        ),
        ("no token", with(good.clone(), "asset", BOB), "not_a_token"),
        (
            "unknown wallet",
            with(good.clone(), "wallet", "nobody"),
            "not_found",
        ),
    ];
    for (name, arguments, code) in cases {
        let answer = call(&world.house, &key, "transfer", arguments).await;
        let result = &answer["result"];
        assert_eq!(result["isError"], true, "{name}: {answer}");
        assert_eq!(
            result["structuredContent"]["error"]["code"], code,
            "{name}: {answer}"
        );
    }
    let none = world.agent.ok("list_transactions", json!({})).await;
    assert_eq!(
        none["items"].as_array().unwrap().len(),
        0,
        "{}",
        none.content
    );
    assert_eq!(world.chain.nonce(&address).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_wrong_shape_names_the_field() {
    let world = World::new().await;
    world
        .agent
        .ok("create_wallet", json!({ "label": "treasury" }))
        .await;
    let key = world.house.agent_key();
    let good = payment("treasury", "0.01");
    let shapes: Vec<(&str, Value)> = vec![
        ("amount", with(good.clone(), "amount", 0.01)),
        ("amount", without(good.clone(), "amount")),
        ("chain", with(good.clone(), "chain", "solana:mainnet")),
        ("chain", with(good.clone(), "chain", 31337)),
        ("request_id", without(good.clone(), "request_id")),
        ("request_id", with(good.clone(), "request_id", "short")),
        ("wallet", with(good.clone(), "wallet", "NOT A LABEL")),
        ("surprise", with(good.clone(), "surprise", true)),
    ];
    for (field, arguments) in shapes {
        let answer = call(&world.house, &key, "transfer", arguments).await;
        let error = &answer["result"]["structuredContent"]["error"];
        let told = answer.to_string();
        assert!(
            error["code"].is_string() || answer["error"]["code"].is_i64(),
            "{field}: {told}"
        );
        assert!(told.contains(field), "{field}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_protocol_refuses_what_is_no_protocol() {
    let world = World::new().await;
    let key = world.house.agent_key();
    for body in [
        "{",
        "",
        "[]",
        "\"tools\"",
        "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"x\"}",
    ] {
        let response = post(&world.house, &key).body(body).send().await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        let typed: Option<Value> = serde_json::from_str(&text).ok();
        let code = typed
            .as_ref()
            .and_then(|json| json["error"]["code"].as_i64());
        assert!(
            status.is_client_error() || code.is_some(),
            "{body}: {status} {text}"
        );
        assert!(
            code.is_some(),
            "{body} is not answered by JSON-RPC: {status} {text}"
        );
    }
    let unknown = call(&world.house, &key, "steal_everything", json!({})).await;
    assert_eq!(unknown["error"]["code"], -32602, "{unknown}");
    let method = json!({ "jsonrpc": "2.0", "id": 1, "method": "wallets/drain" });
    let response = post(&world.house, &key)
        .body(method.to_string())
        .send()
        .await
        .unwrap();
    assert_eq!(json_of(response).await["error"]["code"], -32601);
    let big = format!("{{\"jsonrpc\":\"2.0\",\"x\":\"{}\"}}", "x".repeat(5 << 20));
    let response = post(&world.house, &key).body(big).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    // It still works.
    world.agent.ok("get_capabilities", json!({})).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_gets_in_without_a_key_of_ours() {
    let world = World::new().await;
    let key = world.house.agent_key();
    let mut forged = key.clone();
    let last = if forged.pop() == Some('0') { '1' } else { '0' };
    forged.push(last);
    let unknown = "vp_test_0000000000000000000000AAAAAA";
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" }).to_string();
    for bad in ["", "x", unknown, &forged] {
        let response = post(&world.house, bad)
            .body(body.clone())
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{bad}");
        let challenge = response.headers()["www-authenticate"]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(challenge.contains("resource_metadata="), "{challenge}");
    }
    let naked = client()
        .post(world.house.mcp_url())
        .body(body.clone())
        .send()
        .await
        .unwrap();
    assert_eq!(naked.status(), StatusCode::UNAUTHORIZED);
    let in_query = format!("{}?access_token={key}", world.house.mcp_url());
    let queried = client()
        .post(in_query)
        .body(body.clone())
        .send()
        .await
        .unwrap();
    assert_eq!(queried.status(), StatusCode::UNAUTHORIZED);

    // Another tenant's door does not tell whether it exists.
    let elsewhere = world.house.mcp_url().replace("/t/default/", "/t/other/");
    let response = client()
        .post(elsewhere)
        .bearer_auth(&key)
        .body(body.clone())
        .send()
        .await;
    assert_eq!(response.unwrap().status(), StatusCode::UNAUTHORIZED);

    // Revoked: at once.
    let created = world.house.json(&["key", "create", "second"]).await;
    let second = created["secret"].as_str().unwrap().to_owned();
    let agent = world.house.agent(&second).await;
    agent.ok("get_capabilities", json!({})).await;
    let id = created["key"]["id"].as_str().unwrap();
    assert!(
        world
            .house
            .cli(&["key", "revoke", id])
            .await
            .status
            .success()
    );
    let response = post(&world.house, &second).body(body).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn foreign_pages_are_turned_away() {
    let world = World::new().await;
    let key = world.house.agent_key();
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" }).to_string();
    let foreign = post(&world.house, &key).header("origin", "https://evil.example");
    let response = foreign.body(body.clone()).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    let rebound = post(&world.house, &key).header("host", "evil.example");
    let response = rebound.body(body.clone()).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    let rest = format!("{}/api/v1/status", world.house.api_url());
    let response = client()
        .get(rest)
        .header("host", "evil.example")
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    for method in [reqwest::Method::GET, reqwest::Method::DELETE] {
        let request = client()
            .request(method, world.house.mcp_url())
            .bearer_auth(&key);
        assert_eq!(
            request.send().await.unwrap().status(),
            StatusCode::METHOD_NOT_ALLOWED
        );
    }
    // An agent's key opens nothing of what people do.
    for path in [
        "status",
        "wallets",
        "policies",
        "approvals",
        "audit",
        "keys",
    ] {
        let url = format!("{}/api/v1/{path}", world.house.api_url());
        let response = client().get(url).bearer_auth(&key).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{path}");
    }
}
