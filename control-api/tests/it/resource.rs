//! Every resource does what it is for.

use serde_json::{Value, json};

use crate::client::{Ask, get, post};
use crate::house::{GUARD, House};

impl House {
    async fn read(&self, path: &str) -> Value {
        get(path).key(&self.owner).send(self).await.json()
    }
}

#[tokio::test]
async fn status_tells_the_house_and_what_to_do_next() {
    let house = House::new().await;
    let status = house.read("/api/v1/status").await;
    assert_eq!(
        (&status["edition"], &status["tenant"]),
        (&json!("edge"), &json!("acme"))
    );
    assert_eq!(
        (&status["wallets"], &status["policies"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(
        (
            &status["chains"][0]["reachable"],
            &status["chains"][0]["head"]
        ),
        (&json!(true), &json!(0))
    );
    let done = |status: &Value| {
        let steps = status["checklist"].as_array().unwrap();
        steps.iter().filter(|step| step["done"] == true).count()
    };
    let before = done(&status);
    house.pay("0.1").await;
    house.chain.mine_blocks(3);
    for _ in 0..500 {
        let status = house.read("/api/v1/status").await;
        if done(&status) == status["checklist"].as_array().unwrap().len() {
            assert!(before < done(&status));
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("the first payment is never final");
}

#[tokio::test]
async fn wallets_are_made_shown_funded_and_stopped() {
    let house = House::new().await;
    let savings = post("/api/v1/wallets")
        .key(&house.owner)
        .json(&json!({ "label": "savings" }));
    let made = savings.clone().send(&house).await.json();
    assert_eq!(
        savings.send(&house).await.json(),
        made,
        "asking again gives the same wallet"
    );
    let by_id = house
        .read(&format!("/api/v1/wallets/{}", made["id"].as_str().unwrap()))
        .await;
    assert_eq!(by_id, made);
    let first = house.read("/api/v1/wallets?limit=1").await;
    assert_eq!(first["items"][0]["label"], "savings");
    let next = first["next_cursor"].as_str().unwrap();
    let second = house
        .read(&format!("/api/v1/wallets?limit=1&cursor={next}"))
        .await;
    assert_eq!(second["items"][0]["label"], "treasury");

    let fund = post("/api/v1/wallets/savings/faucet").key(&house.owner);
    let fund = fund.json(&json!({ "chain": "eip155:31337", "amount": "2.5" }));
    assert_eq!(fund.send(&house).await.json()["amount"], "2.5");
    let balances = house.read("/api/v1/wallets/savings/balances").await;
    assert_eq!(balances["balances"][0]["amount"], "2.5");
    assert_eq!(balances["balances"][0]["amount_raw"], "2500000000000000000");
    let budget = house.read("/api/v1/wallets/savings/budget").await;
    let rolling = budget["lines"]
        .as_array()
        .unwrap()
        .iter()
        .find(|line| line["kind"] == "rolling");
    assert_eq!(rolling.unwrap()["remaining"], "2");

    let freeze = post("/api/v1/wallets/savings/freeze").key(&house.approver);
    let frozen = freeze
        .json(&json!({ "reason": "odd" }))
        .send(&house)
        .await
        .json();
    assert_eq!(
        (&frozen["state"], &frozen["state_reason"]),
        (&json!("frozen"), &json!("odd"))
    );
    let thawed = post("/api/v1/wallets/savings/thaw")
        .key(&house.owner)
        .send(&house)
        .await
        .json();
    assert_eq!(thawed["state"], "active");
}

#[tokio::test]
async fn policies_are_applied_tested_and_removed() {
    let house = House::new().await;
    let put = |query: &str, body: String| {
        let ask = Ask::new("put", &format!("/api/v1/policies{query}")).key(&house.owner);
        ask.with("content-type", "application/yaml")
            .body(body)
            .send(&house)
    };
    let tighter = GUARD.replace("perTx: \"1\"", "perTx: \"0.3\"");
    let dry = put("?dry_run=true", tighter.clone()).await.json();
    assert_eq!(dry["outcome"], "updated");
    let shown = house.read("/api/v1/policies/guard").await;
    assert_eq!(
        shown["document"]["spec"]["assets"][0]["perTx"], "1",
        "a dry run changes nothing"
    );

    let request = json!({ "wallet": "treasury", "chain": "eip155:31337", "asset": "native",
                          "to": vaultpilot_testkit::fixture::address(1).to_checksum(None), "amount": "0.4" });
    let test = async |body: Value| {
        let ask = post("/api/v1/policies/test").key(&house.viewer).json(&body);
        ask.send(&house).await.json()["decision"].clone()
    };
    assert_eq!(
        test(json!({ "request": request })).await["outcome"],
        "allow"
    );
    let mut draft = shown["document"].clone();
    draft["spec"]["assets"][0]["perTx"] = json!("0.3");
    let denied = test(json!({ "request": request, "draft": draft })).await;
    assert_eq!(
        (&denied["outcome"], &denied["reasons"][0]["code"]),
        (&json!("deny"), &json!("per_tx_limit"))
    );

    assert_eq!(put("", tighter).await.json()["outcome"], "updated");
    assert_eq!(test(json!({ "request": request })).await["outcome"], "deny");
    let gone = Ask::new("delete", "/api/v1/policies/guard")
        .key(&house.owner)
        .send(&house)
        .await;
    assert_eq!(gone.status.as_u16(), 204);
    assert_eq!(house.read("/api/v1/policies").await["items"], json!([]));
}

#[tokio::test]
async fn approvals_are_answered_by_code() {
    let house = House::new().await;
    let waiting = house.pay("0.6").await.approval.unwrap();
    let secret = house.notices.last_code().unwrap();
    let listed = get("/api/v1/approvals?waiting_only=true")
        .key(&house.viewer)
        .send(&house)
        .await;
    assert!(listed.text.contains(&waiting.id) && !listed.text.contains(&secret));
    let approve = |code: Value| {
        let ask = post(&format!("/api/v1/approvals/{}/approve", waiting.id)).key(&house.approver);
        ask.json(&json!({ "code": code })).send(&house)
    };
    let wrong = approve(json!("abcdef")).await;
    assert_eq!(
        (wrong.status.as_u16(), wrong.problem().as_str()),
        (422, "code_wrong")
    );
    assert_eq!(wrong.json()["field"], "code");
    assert_eq!(approve(Value::Null).await.problem(), "code_wrong");
    let decided = approve(json!(secret)).await.json();
    assert_eq!(decided["approval"]["state"], "approved");
    assert_eq!(decided["approval"]["decided_by"], "anna");
    assert_eq!(decided["payment"]["status"], "submitted");
    let late = approve(json!(secret)).await;
    assert_eq!(
        (late.status.as_u16(), late.problem().as_str()),
        (409, "approval_over")
    );

    let other = house.pay("0.7").await.approval.unwrap();
    let reject = post(&format!("/api/v1/approvals/{}/reject", other.id)).key(&house.approver);
    let decided = reject
        .json(&json!({ "reason": "not\u{7} today" }))
        .send(&house)
        .await
        .json();
    assert_eq!(
        (&decided["approval"]["state"], &decided["payment"]["status"]),
        (&json!("rejected"), &json!("denied"))
    );
    let events = house.read("/api/v1/events?limit=1").await;
    let facts = events["items"][0]["facts"].as_array().unwrap();
    assert!(facts.contains(&json!(["reason", "not today"])), "{facts:?}");
}

#[tokio::test]
async fn payments_are_found_by_id_hash_wallet_and_state() {
    let house = House::new().await;
    let paid = house.pay("0.1").await;
    let denied = house.pay("5").await;
    let id = paid.transaction_id.unwrap();
    let by_id = house.read(&format!("/api/v1/transactions/{id}")).await;
    let hash = by_id["tx"]["hash"].as_str().unwrap();
    assert_eq!(
        house.read(&format!("/api/v1/transactions/{hash}")).await["id"],
        *id
    );
    let all = house.read("/api/v1/transactions?wallet=treasury").await;
    assert_eq!(all["items"].as_array().unwrap().len(), 2);
    let only = house.read("/api/v1/transactions?state=denied").await;
    assert_eq!(only["items"][0]["id"], denied.transaction_id.unwrap());
    assert_eq!(only["items"].as_array().unwrap().len(), 1);
    let cancel = post(&format!("/api/v1/transactions/{id}/cancel")).key(&house.owner);
    let answer = cancel.send(&house).await;
    assert_eq!(
        (answer.status.as_u16(), answer.problem().as_str()),
        (409, "not_cancellable")
    );

    let waiting = house.pay("0.6").await.transaction_id.unwrap();
    let cancel = post(&format!("/api/v1/transactions/{waiting}/cancel")).key(&house.approver);
    assert_eq!(
        cancel.send(&house).await.json()["transaction"]["state"],
        "cancelled"
    );
}

#[tokio::test]
async fn the_exported_audit_chain_verifies() {
    let house = House::new().await;
    house.pay("0.1").await;
    let mut after = 0;
    let mut entries = Vec::new();
    loop {
        let ask = get(&format!("/api/v1/audit?after={after}&limit=3")).key(&house.viewer);
        let page = ask.send(&house).await;
        assert_eq!(page.header("content-type"), Some("application/x-ndjson"));
        let next: u64 = page.header("x-next-after").unwrap().parse().unwrap();
        if page.text.is_empty() {
            assert_eq!(next, after);
            break;
        }
        for line in page.text.lines() {
            entries.push(serde_json::from_str::<vaultpilot_audit::Entry>(line).unwrap());
        }
        after = next;
    }
    assert!(entries.len() > 10);
    let head = vaultpilot_audit::verify(house.tenant, &entries).unwrap();
    assert_eq!(head.seq, after);
    entries.remove(4);
    assert!(vaultpilot_audit::verify(house.tenant, &entries).is_err());
}

#[tokio::test]
async fn keys_are_shown_once_and_ended() {
    let house = House::new().await;
    let ask = post("/api/v1/keys").key(&house.owner);
    let ask = ask.json(&json!({ "name": "buyer", "role": "agent", "scopes": ["wallet:read"] }));
    let answer = ask.send(&house).await;
    assert_eq!(answer.status.as_u16(), 201);
    let made = answer.json();
    let secret = made["secret"].as_str().unwrap();
    let listed = get("/api/v1/keys").key(&house.owner).send(&house).await;
    assert!(listed.text.contains("buyer") && !listed.text.contains(secret));
    let whoami = || get("/api/v1/whoami").key(secret).send(&house);
    let me = whoami().await.json();
    assert_eq!(
        (&me["kind"], &me["scopes"]),
        (&json!("agent"), &json!(["wallet:read"]))
    );
    let path = format!("/api/v1/keys/{}", made["key"]["id"].as_str().unwrap());
    Ask::new("delete", &path)
        .key(&house.owner)
        .send(&house)
        .await;
    assert_eq!(whoami().await.problem(), "unauthenticated");
    let keys = house.read("/api/v1/keys").await;
    let own = keys["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|key| key["name"] == "olivia")
        .unwrap();
    let own = format!("/api/v1/keys/{}", own["id"].as_str().unwrap());
    let answer = Ask::new("delete", &own)
        .key(&house.owner)
        .send(&house)
        .await;
    assert_eq!(
        (answer.status.as_u16(), answer.problem().as_str()),
        (409, "key_in_use")
    );
}

#[tokio::test]
async fn a_store_that_is_away_is_a_problem_worth_a_retry() {
    use vaultpilot_testkit::store::FailPoint;

    let house = House::new().await;
    house.store.fail_next(FailPoint::Read);
    let answer = get("/api/v1/wallets").key(&house.owner).send(&house).await;
    assert_eq!(
        (answer.status.as_u16(), answer.problem().as_str()),
        (503, "store_unavailable")
    );
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert_eq!(answer.json()["retryable"], true);
}
