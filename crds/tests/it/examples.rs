//! The manifests the documentation shows are accepted, and refer to each other by the right names.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::case::KINDS;
use crate::rules::{judge, schema};

pub(crate) fn examples(kind: &str) -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/examples/kubernetes");
    let text = std::fs::read_to_string(folder.join(format!("{kind}.yaml"))).unwrap();
    serde_saphyr::from_multiple(&text).unwrap()
}

#[test]
fn every_example_is_accepted() {
    for kind in KINDS {
        let schema = schema(kind);
        let all = examples(kind);
        assert!(all.len() >= 2, "{kind}: a trial and a real one");
        for object in all {
            let name = &object["metadata"]["name"];
            assert_eq!(object["kind"].as_str().unwrap().to_lowercase(), kind);
            assert_eq!(judge(&schema, None, &object), [], "{kind} {name}");
        }
    }
}

#[test]
fn references_of_the_examples_hold() {
    let named = |kind: &str, reference: &Value, namespace: &Value| {
        examples(kind).iter().any(|object| {
            object["metadata"]["name"] == *reference
                && object["metadata"]["namespace"] == *namespace
        })
    };
    let mut seen = 0;
    for wallet in examples("wallet") {
        let namespace = &wallet["metadata"]["namespace"];
        for policy in wallet["spec"]["policyRefs"]
            .as_array()
            .into_iter()
            .flatten()
        {
            assert!(named("policy", &policy["name"], namespace), "{policy}");
            seen += 1;
        }
    }
    for strategy in examples("strategy") {
        let namespace = &strategy["metadata"]["namespace"];
        let wallet = &strategy["spec"]["walletRef"]["name"];
        assert!(named("wallet", wallet, namespace), "{wallet}");
        seen += 1;
    }
    for kind in ["wallet", "strategy", "policy"] {
        for object in examples(kind) {
            let namespace = object["metadata"]["namespace"].as_str().unwrap();
            let tenant = namespace.strip_prefix("vp-").unwrap();
            let known = |object: &Value| object["metadata"]["name"] == tenant;
            assert!(examples("tenant").iter().any(known), "{namespace}");
        }
    }
    assert!(seen >= 4, "{seen}");
}

fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(pages(&path));
        } else if path.extension().is_some_and(|ending| ending == "md") {
            found.push(path);
        }
    }
    found
}

#[test]
fn every_manifest_on_a_page_is_accepted() {
    let mut seen = 0;
    for page in pages(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs")) {
        let text = std::fs::read_to_string(&page).unwrap();
        // Fenced blocks stand between the first and the second fence, the third and the fourth…
        for block in text.split("```").skip(1).step_by(2) {
            let Some(yaml) = block.strip_prefix("yaml\n") else {
                continue;
            };
            if !yaml.contains("apiVersion: vaultpilot.io/v1alpha1") {
                continue;
            }
            let objects: Vec<Value> = serde_saphyr::from_multiple(yaml).unwrap();
            for object in objects {
                let kind = object["kind"].as_str().unwrap().to_lowercase();
                let said = judge(&schema(&kind), None, &object);
                assert_eq!(
                    said,
                    [],
                    "{}: {}",
                    page.display(),
                    object["metadata"]["name"]
                );
                seen += 1;
            }
        }
    }
    assert!(seen >= 8, "{seen}");
}
