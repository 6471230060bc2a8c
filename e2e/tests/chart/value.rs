//! Values: what is refused, and in which words.

use crate::helm::{self, Chart};

fn refused(chart: Chart, values: &[&str], words: &[&str]) {
    let said = helm::refusal(chart, values);
    for word in words {
        assert!(said.contains(word), "{values:?}: no {word:?} in\n{said}");
    }
}

#[test]
fn a_value_outside_the_schema_is_refused_by_its_name() {
    let cases: [(&str, &[&str]); 25] = [
        ("keys.export=on", &["/keys/export", "'Off', 'Sealed'"]),
        ("vault.address=vault:8200", &["/vault/address"]),
        (
            "awsKms.signaturesPerSecond=0",
            &["/awsKms/signaturesPerSecond", "minimum"],
        ),
        ("replicas=2", &["additional properties 'replicas'"]),
        (
            "controlAPI.replicas=2",
            &["additional properties 'controlAPI'"],
        ),
        ("executor.image.tag=x", &["/executor", "'image'"]),
        (
            "database.kind=MySQL",
            &["/database/kind", "'Bundled', 'External'"],
        ),
        ("database.name=a-b", &["/database/name"]),
        (
            "database.connections=1",
            &["/database/connections", "minimum"],
        ),
        (
            "database.external.tls=Prefer",
            &["/database/external/tls", "'Verify', 'Plain'"],
        ),
        (
            "database.bundled.runAsUser=0",
            &["/database/bundled/runAsUser"],
        ),
        (
            "database.bundled.storage.kind=Disk",
            &["/database/bundled/storage/kind"],
        ),
        (
            "database.bundled.storage.size=8",
            &["/database/bundled/storage/size"],
        ),
        ("controlApi.replicas=-1", &["/controlApi/replicas"]),
        (
            "controlApi.image.digest=sha256:12",
            &["/controlApi/image/digest"],
        ),
        (
            "controlApi.image.repository=Vault Pilot",
            &["/controlApi/image/repository"],
        ),
        (
            "controlApi.publicUrl=vault.example.com",
            &["/controlApi/publicUrl"],
        ),
        (
            "controlApi.resources.limits=null",
            &["/controlApi/resources", "'limits'"],
        ),
        (
            "controlApi.podLabels.app\\.kubernetes\\.io/name=x",
            &["/controlApi/podLabels"],
        ),
        (
            "image.pullPolicy=Sometimes",
            &["/image/pullPolicy", "'Always'"],
        ),
        ("fullnameOverride=Vault_Pilot", &["/fullnameOverride"]),
        ("bootstrap.schedule=weekly", &["/bootstrap/schedule"]),
        (
            "networkPolicy.apiServer.ports[0]=0",
            &["/networkPolicy/apiServer/ports/0"],
        ),
        (
            "networkPolicy.restApi.from[0].cidr=10.0.0.0/8",
            &["/networkPolicy/restApi/from/0"],
        ),
        (
            "keys.vault.address=https://vault",
            &["/keys", "additional properties 'vault'"],
        ),
    ];
    for (value, words) in cases {
        refused(Chart::ControlPlane, &[value], words);
    }
}

#[test]
fn a_chain_is_what_vaultpilot_yml_would_take() {
    let cases: [(&str, &[&str]); 6] = [
        (
            "chains.ethereum.rpc[0]=https://rpc.example.org",
            &["invalid propertyName 'ethereum'"],
        ),
        (
            "chains.eip155:1.url=https://rpc.example.org",
            &["/chains/eip155:1", "'url'"],
        ),
        (
            "chains.eip155:1.rpc[0]=rpc.example.org",
            &["/chains/eip155:1/rpc/0"],
        ),
        (
            "chains.eip155:1.confirmations=0",
            &["/chains/eip155:1/confirmations"],
        ),
        (
            "chains.eip155:1.poll_interval=soon",
            &["/chains/eip155:1/poll_interval"],
        ),
        // Such a name would be taken for a setting of the process.
        (
            "chains.eip155:1.rpc[0]=env:VAULTPILOT_DATABASE_HOST",
            &["/chains/eip155:1/rpc/0"],
        ),
    ];
    for (value, words) in cases {
        refused(Chart::ControlPlane, &[value], words);
    }
}

#[test]
fn what_does_not_fit_together_is_refused_in_words() {
    let cases: [(&[&str], &str); 7] = [
        (
            &["database.external.user=vaultpilot"],
            "the processes must not own the schema",
        ),
        (
            &[
                "database.kind=External",
                "database.external.host=postgres.example.com",
                "database.external.passwordSecret=postgres",
            ],
            "database.external.caSecret must name the Secret with ca.crt",
        ),
        (
            &["database.kind=External"],
            "database.external.host and database.external.passwordSecret must be given",
        ),
        (
            &[
                "database.kind=External",
                "database.external.host=postgres.example.com",
            ],
            "database.external.host and database.external.passwordSecret must be given",
        ),
        (
            &[
                "controlApi.autoscaling.enabled=true",
                "controlApi.autoscaling.minReplicas=9",
            ],
            "minReplicas is above maxReplicas",
        ),
        (
            &["monitoring.serviceMonitor.enabled=true"],
            "monitoring.serviceMonitor.enabled needs monitoring.enabled",
        ),
        (
            &["chains.eip155:1.rpc[0]=env:MAINNET"],
            "an endpoint is env:MAINNET, so chainsSecret must name the Secret",
        ),
    ];
    for (values, words) in cases {
        refused(Chart::ControlPlane, values, &[words]);
    }
}

#[test]
fn the_kinds_take_no_other_values_either() {
    refused(Chart::Crds, &["operator.name=x"], &["/operator", "'name'"]);
    refused(
        Chart::Crds,
        &["operator.namespace=A B"],
        &["/operator/namespace"],
    );
    refused(Chart::Crds, &["install=false"], &["'install'"]);
}

/// Two endpoints in one Secret, and one without a key in it.
#[test]
fn an_endpoint_from_a_secret_is_a_variable() {
    let values = [
        "chainsSecret=endpoints",
        "chains.eip155:1.rpc[0]=env:MAINNET",
        "chains.eip155:8453.rpc[0]=env:BASE",
        "chains.eip155:8453.rpc[1]=https://rpc.example.org",
    ];
    let rendering = helm::render(Chart::ControlPlane, &values);
    for name in ["MAINNET", "BASE"] {
        let variable = format!(
            "- name: {name}\n              valueFrom:\n                secretKeyRef:\n                  \
             name: endpoints\n                  key: {name}"
        );
        // For the deciding, the signing and the migrating process: all read one configuration.
        assert_eq!(rendering.matches(&variable).count(), 3, "{name}");
    }
}
