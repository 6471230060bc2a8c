//! `runtime.yml`: the same machinery, the sections of a tenant's pod.

use std::collections::BTreeMap;
use std::path::Path;

use vaultpilot_config::{
    ConfigErrors, File, Flag, Loaded, RuntimeConfig, Sources, runtime_reference, runtime_schema,
};

const SMALLEST: &str = "\
mcp: { tenant: acme, public_url: 'http://mcp.vp-acme.svc:8080' }
control_plane: { address: 'https://control-api.vaultpilot-system.svc:9443' }
strategies: { holder: mcp-0 }
";

fn load(text: &str, env: &[(&str, &str)]) -> Result<Loaded<RuntimeConfig>, ConfigErrors> {
    let env: BTreeMap<String, String> = env
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    RuntimeConfig::load(&Sources {
        file: Some(File {
            path: Path::new("runtime.yml"),
            text,
        }),
        env: &env,
        flags: vec![Flag {
            path: "log.level",
            name: "--log-level",
            value: "warn".to_owned(),
        }],
    })
}

fn problems(text: &str) -> Vec<String> {
    let errors = load(text, &[]).err();
    let told = errors.iter().flat_map(|errors| &errors.0);
    told.map(ToString::to_string).collect()
}

#[test]
fn the_smallest_file_is_enough() {
    let config = load(SMALLEST, &[]).unwrap().config;
    assert_eq!(config.mcp.listen.to_string(), "0.0.0.0:8080");
    assert_eq!(config.probes.listen.to_string(), "0.0.0.0:9090");
    assert_eq!(config.snapshot.max_age.duration().as_secs(), 600);
    assert_eq!(config.log.level, "warn");
    assert!(config.strategies.enabled);
    assert_eq!(config.enabled_chains().count(), 0);
}

#[test]
fn the_pod_gives_its_name_by_the_environment() {
    let env = [
        ("VAULTPILOT_STRATEGIES_HOLDER", "mcp-7c9d-x2"),
        ("VAULTPILOT_CONTROL_PLANE_ADDRESS", "http://127.0.0.1:9443"),
        ("VAULTPILOT_RPC_8453", "https://base.example"),
    ];
    let config = load(SMALLEST, &env).unwrap().config;
    assert_eq!(config.strategies.holder, "mcp-7c9d-x2");
    assert_eq!(config.control_plane.address, "http://127.0.0.1:9443");
    assert_eq!(config.enabled_chains().count(), 1);
}

#[test]
fn every_problem_is_told_at_once_and_with_its_place() {
    let text = "\
mcp: { tenant: Acme, publik_url: x, body_timeout: 0s, max_connections: 0 }
control_plane: { address: 'control-api:9443', token_file: '', key_file: /k }
snapshot: { max_age: 20m, max_queued_reads: 0 }
secrets: { key: x }
";
    assert_eq!(
        problems(text),
        [
            "secrets (runtime.yml:4) is not a known key",
            "mcp.tenant (runtime.yml:1) cannot be read: label is not 1 to 63 lower-case letters, \
             digits or inner hyphens",
            "mcp.publik_url (runtime.yml:1) is not a known key; did you mean public_url?",
            "mcp.tenant (default) is needed when a tenant is served",
            "mcp.public_url (default) is needed when a tenant is served",
            "mcp.body_timeout (runtime.yml:1) is 0, allowed is 1 to 300",
            "mcp.max_connections (runtime.yml:1) is 0, allowed is 1 to 100000",
            "control_plane.token_file (runtime.yml:2) is empty",
            "control_plane.address (runtime.yml:2) is not an http:// or https:// URL with a host",
            "control_plane.key_file (runtime.yml:2) has no effect unless cert_file is given",
            "snapshot.max_age (runtime.yml:3) is 1200, allowed is 0 to 600",
            "snapshot.max_queued_reads (runtime.yml:3) is 0, allowed is 1 to 100000",
            "strategies.holder (default) is needed when strategies are enabled",
        ]
    );
}

#[test]
fn a_public_url_has_no_path() {
    let text = SMALLEST.replace("svc:8080", "svc:8080/t/acme/mcp");
    assert_eq!(
        problems(&text),
        ["mcp.public_url (runtime.yml:1) is not an origin such as https://app.example.com"]
    );
}

#[test]
fn schema_and_reference_know_every_key() {
    let schema = serde_json::to_value(runtime_schema()).unwrap();
    let page = runtime_reference();
    let config = serde_json::to_value(RuntimeConfig::default()).unwrap();
    for (section, keys) in config.as_object().unwrap() {
        assert!(schema["properties"].get(section).is_some(), "{section}");
        if section == "chains" {
            continue;
        }
        for key in keys.as_object().unwrap().keys() {
            let variable = format!("VAULTPILOT_{section}_{key}").to_uppercase();
            assert!(page.contains(&variable), "{variable}");
        }
    }
}
