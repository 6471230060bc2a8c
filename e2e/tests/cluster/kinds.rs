//! The four kinds at a real API server: the table of manifests the kinds' own tests judge offline
//! is judged again, with the same sentences, and the admission policies are asked as people ask.

mod admission;
#[path = "../../../crds/tests/it/case.rs"]
mod case;
mod manifest;

use serde_json::Value;
use vaultpilot_e2e::Cluster;
use vaultpilot_e2e::cluster::Ran;

use admission::NAMESPACE;
use case::{Case, Expected, KINDS, cases};
use manifest::{Scratch, create, name, namespace, replace};

/// As many kubectl as a small machine bears.
const AT_ONCE: usize = 6;

/// For a cluster without the charts: applies what is generated, judges, and cleans up.
#[tokio::test]
#[ignore = "the story asks the same of the kinds it installed; alone: --ignored on a bare cluster"]
async fn kinds_on_a_bare_cluster() {
    let Some(cluster) = Cluster::given() else {
        eprintln!("skipped: no cluster; set VAULTPILOT_KUBECONFIG");
        return;
    };
    let folder = vaultpilot_e2e::parts::here().join("../crds/generated");
    let folder = folder.to_str().unwrap();
    cluster
        .kubectl(&["apply", "--server-side", "-f", folder])
        .output();
    for plural in ["tenants", "wallets", "strategies", "policies"] {
        let kind = format!("crd/{plural}.vaultpilot.io");
        let wait = [
            "wait",
            "--for=condition=Established",
            "--timeout=30s",
            &kind,
        ];
        cluster.kubectl(&wait).output();
    }
    are_judged_as_offline(&cluster).await;
    cluster.kubectl(&["delete", "-f", folder]).output();
}

/// Judges every manifest of the table, and the requests the admission policies are there for. The
/// kinds and the policies are installed; nothing is left behind.
pub(crate) async fn are_judged_as_offline(cluster: &Cluster) {
    let scratch = Scratch::new();
    admission::namespace(cluster).await;
    let mut all = Vec::new();
    for kind in KINDS {
        all.extend(cases(kind).into_iter().map(|case| (kind, case)));
    }
    assert!(all.len() > 100, "{}", all.len());
    let (changed, made): (Vec<_>, Vec<_>) = all.iter().partition(|(_, case)| case.before.is_some());
    // What is made is only asked about, so many can be asked at once.
    std::thread::scope(|threads| {
        for some in made.chunks(made.len().div_ceil(AT_ONCE)) {
            let scratch = &scratch;
            threads.spawn(move || {
                for (kind, case) in some {
                    judge(cluster, scratch, kind, case);
                }
            });
        }
    });
    for (kind, case) in changed {
        judge(cluster, &scratch, kind, case);
    }
    for kind in KINDS {
        examples(cluster, &scratch, kind);
    }
    admission::guards(cluster, &scratch);
    admission::namespace_gone(cluster);
}

/// What the documentation shows, in the namespace of the test.
fn examples(cluster: &Cluster, scratch: &Scratch, kind: &str) {
    let file = format!("../docs/examples/kubernetes/{kind}.yaml");
    let text = std::fs::read_to_string(vaultpilot_e2e::parts::here().join(file)).unwrap();
    let objects: Vec<Value> = serde_saphyr::from_multiple(&text).unwrap();
    assert!(objects.len() >= 2, "{kind}");
    for mut object in objects {
        if !namespace(&object).is_empty() {
            object["metadata"]["namespace"] = NAMESPACE.into();
        }
        create(cluster, scratch, &object, true).output();
    }
}

fn judge(cluster: &Cluster, scratch: &Scratch, kind: &str, case: &Case) {
    let said = match &case.before {
        None => create(cluster, scratch, &case.object, true),
        Some(before) => {
            create(cluster, scratch, before, false).output();
            let said = replace(cluster, scratch, &case.object);
            admission::unprotect_and_delete(cluster, kind, before);
            said
        }
    };
    compare(kind, case, &said);
}

fn compare(kind: &str, case: &Case, said: &Ran) {
    let of = format!("{kind} {}: {}", name(&case.object), case.name);
    match &case.expected {
        Expected::Accepted => assert!(said.ok, "{of}: {}", said.stderr),
        Expected::Message(text) | Expected::Field(text) => {
            assert!(!said.ok, "{of}: accepted");
            let told = said.stderr.contains(text.as_str());
            assert!(told, "{of}: {text:?} is not in: {}", said.stderr);
        }
    }
}

/// A field of an object, for an argument of kubectl.
fn text<'a>(object: &'a Value, field: &str) -> &'a str {
    object[field].as_str().unwrap_or_default()
}
