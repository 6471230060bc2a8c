//! `control-api.yml`: the same machinery, other sections.

use std::collections::BTreeMap;
use std::path::Path;

use vaultpilot_config::{
    ConfigErrors, File, HostedConfig, Loaded, LogFormat, Sources, hosted_reference, hosted_schema,
};

const SMALLEST: &str = "database: { host: postgres, tls: plain }\n";

fn load(text: &str, env: &[(&str, &str)]) -> Result<Loaded<HostedConfig>, ConfigErrors> {
    let env: BTreeMap<String, String> = env
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    HostedConfig::load(&Sources {
        file: Some(File {
            path: Path::new("control-api.yml"),
            text,
        }),
        env: &env,
        flags: Vec::new(),
    })
}

fn problems(text: &str, env: &[(&str, &str)]) -> Vec<String> {
    load(text, env)
        .err()
        .iter()
        .flat_map(|errors| &errors.0)
        .map(ToString::to_string)
        .collect()
}

#[test]
fn the_smallest_file_is_enough() {
    let config = load(SMALLEST, &[]).unwrap().config;
    assert_eq!(config.rest.listen.to_string(), "0.0.0.0:8080");
    assert_eq!(config.grpc.listen.to_string(), "0.0.0.0:9443");
    assert_eq!(config.probes.listen.to_string(), "0.0.0.0:9090");
    assert_eq!(
        (config.log.level.as_str(), config.log.format),
        ("info", LogFormat::Json)
    );
    assert_eq!(
        config.identity.operator_account(),
        Some(("vaultpilot-system", "vaultpilot-operator"))
    );
    assert_eq!(config.enabled_chains().count(), 0);
}

#[test]
fn the_environment_beats_the_file_and_enables_chains() {
    let env = [
        ("VAULTPILOT_DATABASE_HOST", "elsewhere"),
        ("VAULTPILOT_DATABASE_PORT", "6432"),
        ("VAULTPILOT_PROBES_DRAIN_DELAY", "0s"),
        ("VAULTPILOT_RPC_8453", "https://base.example"),
    ];
    let loaded = load(SMALLEST, &env).unwrap();
    let config = &loaded.config;
    assert_eq!(
        (config.database.host.as_str(), config.database.port),
        ("elsewhere", 6432)
    );
    assert!(config.probes.drain_delay.is_zero());
    assert_eq!(config.enabled_chains().count(), 1);
    assert_eq!(
        loaded.origin("database.host").to_string(),
        "env VAULTPILOT_DATABASE_HOST"
    );
    assert_eq!(
        loaded.origin("database.tls").to_string(),
        "control-api.yml:1"
    );
}

#[test]
fn every_problem_is_told_at_once_and_with_its_place() {
    let text = "\
database:
  tls: plain
  ca_file: ca.crt
  user: vaultpilot
  connections: 0
identity:
  api_server: http://kubernetes.default.svc
  operator: vaultpilot-operator
  service_account: Runtime
  operator_certificate: ''
keys:
  pepper_file: same
  context_file: same
grpc:
  max_in_flight: 0
  listne: 1
probes: { drain_delay: 2m }
data: { dir: /data }
";
    insta::assert_snapshot!(problems(text, &[]).join("\n"));
}

#[test]
fn without_a_file_only_the_database_is_missing() {
    assert_eq!(
        problems("", &[]),
        [
            "database.host (default) is empty",
            "database.ca_file (default) is needed when database.tls is verify",
        ]
    );
}

#[test]
fn a_variable_that_kubernetes_injects_is_told_not_taken() {
    let env = [("VAULTPILOT_GRPC_SERVICE_HOST", "10.96.0.7")];
    let loaded = load(SMALLEST, &env).unwrap();
    assert_eq!(loaded.unused_env, ["VAULTPILOT_GRPC_SERVICE_HOST"]);
}

#[test]
fn every_field_is_explained_and_has_its_variable() {
    let schema = serde_json::to_value(hosted_schema()).unwrap();
    let page = hosted_reference();
    for (section, kind) in [
        ("rest", "Rest"),
        ("grpc", "Grpc"),
        ("probes", "Probes"),
        ("database", "Database"),
        ("identity", "Identity"),
        ("keys", "Custody"),
        ("vault", "Vault"),
        ("aws_kms", "AwsKms"),
    ] {
        let fields = schema["$defs"][kind]["properties"].as_object().unwrap();
        for key in fields.keys() {
            let variable = format!("VAULTPILOT_{section}_{key}").to_uppercase();
            assert!(page.contains(&variable), "{variable} is missing in\n{page}");
        }
    }
    assert!(page.contains("| `level` | `\"info\"` |"), "{page}");
}
