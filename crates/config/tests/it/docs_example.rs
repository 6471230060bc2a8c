//! The configuration that the documentation shows is one that loads.

use vaultpilot_config::PolicySource;

use crate::Given;

const EXAMPLE: &str = include_str!("../../../../docs/examples/vaultpilot.yml");
const PAGE: &str = include_str!("../../../../docs/how-to/run-on-your-own-chains.md");

#[test]
fn the_example_loads_and_stands_on_its_page() {
    let given = Given {
        file: Some(EXAMPLE),
        env: &[("SEPOLIA_RPC", "https://sepolia.example/v1/key")],
        flags: vec![],
    };
    let config = given.load().unwrap().config;
    let enabled: Vec<String> = config
        .enabled_chains()
        .map(|(id, _)| id.to_string())
        .collect();
    assert_eq!(enabled, ["eip155:4242", "eip155:11155111"]);
    assert_eq!(config.policies, [PolicySource::File("sepolia.yaml".into())]);
    assert!(PAGE.contains(EXAMPLE));
}

#[test]
fn without_its_variable_it_says_so() {
    let problems = Given {
        file: Some(EXAMPLE),
        env: &[],
        flags: vec![],
    }
    .problems();
    assert!(
        problems
            .iter()
            .any(|problem| problem.contains("SEPOLIA_RPC")),
        "{problems:?}"
    );
}
