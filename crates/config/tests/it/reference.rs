use vaultpilot_config::{reference, schema};

#[test]
fn the_schema_knows_every_section_and_refuses_others() {
    let schema = serde_json::to_value(schema()).unwrap();
    let mut sections: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
    sections.sort();
    assert_eq!(
        sections,
        [
            "aws_kms", "chains", "data", "keys", "log", "policies", "server", "vault"
        ]
    );
    assert_eq!(schema["additionalProperties"], serde_json::json!(false));
    assert_eq!(
        schema["$defs"]["Server"]["additionalProperties"],
        serde_json::json!(false)
    );
    assert!(
        schema.get("required").is_none(),
        "an empty file is a configuration"
    );
}

#[test]
fn every_field_is_explained() {
    let schema = serde_json::to_value(schema()).unwrap();
    for section in ["Server", "Data", "Chain", "Keys", "Vault", "AwsKms", "Log"] {
        for (key, field) in schema["$defs"][section]["properties"].as_object().unwrap() {
            assert!(
                field.get("description").is_some(),
                "{section}.{key} has no doc comment"
            );
        }
    }
}

#[test]
fn the_reference_names_keys_variables_and_chains() {
    let page = reference();
    for expected in [
        "| `listen` | `\"127.0.0.1:8420\"` |",
        "`VAULTPILOT_SERVER_LISTEN`",
        "| `eip155:8453` | Base | ETH |",
        "## chains.<id>",
    ] {
        assert!(page.contains(expected), "{expected} is missing in\n{page}");
    }
}
