//! The list of tools as models see it.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use vaultpilot_core::{Tool, ToolClass};
use vaultpilot_tenant_runtime::tool_list;

use crate::wire::Endpoint;

fn tools() -> Vec<Value> {
    tool_list()["tools"].as_array().unwrap().clone()
}

#[test]
fn the_list_is_as_it_was() {
    insta::assert_json_snapshot!("tools", tool_list());
}

#[test]
fn the_list_fits_into_a_context() {
    // About four characters a token in JSON: 3,000 tokens.
    let size = tool_list().to_string().len();
    assert!(size <= 12_000, "tools/list has {size} bytes");
}

#[test]
fn every_tool_of_the_registry_is_there_once_in_its_order() {
    let listed = tools();
    let names: Vec<_> = listed
        .iter()
        .map(|tool| tool["name"].as_str().unwrap())
        .collect();
    let registry: Vec<_> = Tool::ALL.iter().map(|tool| tool.name()).collect();
    assert_eq!(names, registry);
    let distinct: BTreeSet<_> = names.iter().map(|name| name.replace('_', "")).collect();
    assert_eq!(distinct.len(), names.len());
}

#[test]
fn every_tool_says_what_it_does_and_how_much_harm_it_can_do() {
    for (tool, listed) in Tool::ALL.iter().zip(tools()) {
        let hint = |name: &str| {
            let said = listed["annotations"][name].as_bool();
            said.unwrap_or_else(|| panic!("{tool} does not say {name}"))
        };
        let (reads, destroys) = (hint("readOnlyHint"), hint("destructiveHint"));
        hint("idempotentHint");
        hint("openWorldHint");
        assert_eq!(reads, tool.class() == ToolClass::S0, "{tool}");
        assert!(!(reads && destroys), "{tool} only reads but destroys");
        if tool.class() >= ToolClass::S2 {
            assert!(destroys, "{tool} moves value");
        }
        let said = listed["description"].as_str().unwrap();
        assert!((10..=220).contains(&said.len()), "{tool}: {}", said.len());
    }
}

#[test]
fn the_hints_are_those_of_the_design() {
    // readOnly, destructive, idempotent, openWorld
    let table = [
        (
            "get_capabilities list_wallets get_wallet get_budget get_policy check_policy",
            "TFTF",
        ),
        ("list_approvals get_approval list_events", "TFTF"),
        (
            "get_balances get_gas provider_status inspect_token simulate_transfer",
            "TFTT",
        ),
        (
            "get_transaction list_transactions wait_for_transaction",
            "TFTT",
        ),
        ("create_wallet freeze_wallet", "FFTF"),
        ("cancel_request", "FTTF"),
        ("request_faucet_funds", "FFFT"),
        ("transfer", "FTTT"),
    ];
    let mut seen = 0;
    for listed in tools() {
        let name = listed["name"].as_str().unwrap();
        let row = table
            .iter()
            .find(|(names, _)| names.split(' ').any(|known| known == name));
        let (_, expected) = row.unwrap_or_else(|| panic!("{name} is not in the table"));
        let letters: String = [
            "readOnlyHint",
            "destructiveHint",
            "idempotentHint",
            "openWorldHint",
        ]
        .map(|hint| {
            if listed["annotations"][hint] == true {
                'T'
            } else {
                'F'
            }
        })
        .iter()
        .collect();
        assert_eq!(letters, *expected, "{name}");
        seen += 1;
    }
    assert_eq!(
        seen,
        table.iter().flat_map(|(names, _)| names.split(' ')).count()
    );
}

#[test]
fn every_schema_is_closed_and_names_its_types() {
    for listed in tools() {
        let schema = &listed["inputSchema"];
        let name = &listed["name"];
        assert_eq!(schema["type"], "object", "{name}");
        assert_eq!(schema["additionalProperties"], false, "{name}");
        let properties = schema["properties"].as_object().unwrap();
        for (field, property) in properties {
            assert!(property["type"].is_string(), "{name}.{field}: {property}");
            assert!(
                property.get("title").is_none(),
                "{name}.{field}: {property}"
            );
            if field.contains("amount") {
                assert_eq!(property["type"], "string", "{name}.{field}");
            }
        }
        for required in schema["required"].as_array().into_iter().flatten() {
            assert!(
                properties.contains_key(required.as_str().unwrap()),
                "{name}"
            );
        }
    }
}

#[test]
fn every_tool_that_moves_value_needs_a_request_id() {
    for (tool, listed) in Tool::ALL.iter().zip(tools()) {
        if tool.class() < ToolClass::S2 {
            continue;
        }
        let schema = &listed["inputSchema"];
        let required = schema["required"].as_array().unwrap();
        assert!(required.contains(&json!("request_id")), "{tool}");
        let told = schema["properties"]["request_id"]["description"]
            .as_str()
            .unwrap();
        assert_eq!(
            told,
            "Identifies this payment. When you retry the same payment, send the SAME value; use a \
             new value only for a different payment."
        );
        for field in ["dry_run", "memo"] {
            assert!(schema["properties"][field].is_object(), "{tool}.{field}");
        }
    }
}

#[tokio::test]
async fn callers_see_what_they_may_use_in_the_same_order() {
    let endpoint = Endpoint::new().await;
    let all = endpoint.rpc("tools/list", json!({})).await;
    assert_eq!(all["result"]["tools"], tool_list()["tools"]);
    *endpoint.house.tools.lock().unwrap() = vec![Tool::Transfer, Tool::GetWallet];
    let few = endpoint.rpc("tools/list", json!({})).await;
    let few = few["result"]["tools"].as_array().unwrap();
    let names: Vec<_> = few
        .iter()
        .map(|tool| tool["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["get_wallet", "transfer"]);
    endpoint.house.tools.lock().unwrap().clear();
    let none = endpoint.rpc("tools/list", json!({})).await;
    assert_eq!(none["result"]["tools"], json!([]));
}
