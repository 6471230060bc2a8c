//! `charts/vaultpilot-crds`: the generated files, and nothing done to them but what is said.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::helm::{self, Chart};
use crate::object::{self, Object};

fn files(folder: &Path) -> BTreeMap<String, String> {
    let files = fs::read_dir(folder).unwrap().map(|entry| {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, fs::read_to_string(path).unwrap())
    });
    files.collect()
}

#[test]
fn the_chart_has_the_generated_files() {
    let generated = files(&Chart::Crds.folder().join("../../crds/generated"));
    let packaged = files(&Chart::Crds.folder().join("files"));
    assert!(generated.len() >= 7, "{:?}", generated.keys());
    let names = |files: &BTreeMap<String, String>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&generated), names(&packaged));
    for (name, text) in &generated {
        assert!(
            packaged[name] == *text,
            "{name} differs: run `cargo xtask codegen`"
        );
    }
}

/// But for labels, the annotation and the operator's name, what is applied is what was generated.
#[test]
fn nothing_else_is_changed() {
    let mut generated: Vec<Object> = files(&Chart::Crds.folder().join("files"))
        .values()
        .flat_map(|text| object::parse(text))
        .collect();
    let mut rendered = object::parse(&helm::render(Chart::Crds, &[]));
    for object in &mut rendered {
        let metadata = object.0["metadata"].as_object_mut().unwrap();
        let annotations = metadata.remove("annotations").unwrap();
        assert_eq!(
            annotations["helm.sh/resource-policy"],
            "keep",
            "{}",
            object.label()
        );
        let labels = object.0["metadata"]
            .as_object_mut()
            .unwrap()
            .remove("labels");
        assert_eq!(labels.unwrap()["app.kubernetes.io/name"], "vaultpilot-crds");
    }
    for objects in [&mut generated, &mut rendered] {
        objects.sort_by_key(Object::label);
    }
    assert_eq!(generated.len(), rendered.len());
    for (generated, rendered) in generated.iter().zip(&rendered) {
        assert_eq!(generated.0, rendered.0, "{}", generated.label());
    }
}

/// Deleting a kind deletes its objects, deleting an admission policy its protection.
#[test]
fn all_of_it_outlives_the_release() {
    let objects = object::parse(&helm::render(Chart::Crds, &[]));
    let kinds = objects
        .iter()
        .filter(|one| one.kind() == "CustomResourceDefinition");
    assert_eq!(kinds.count(), 4);
    for object in objects {
        let policy = object.at("/metadata/annotations/helm.sh~1resource-policy");
        assert_eq!(policy, "keep", "{}", object.label());
    }
}

#[test]
fn the_operator_is_who_it_is_said_to_be() {
    let values = [
        "operator.namespace=guard",
        "operator.serviceAccount=other-operator",
    ];
    let rendering = helm::render(Chart::Crds, &values);
    assert!(rendering.contains("system:serviceaccount:guard:other-operator"));
    // Where the control plane lives, no tenant does.
    assert!(rendering.contains("self != 'guard'"));
    assert!(!rendering.contains("vaultpilot-system"));
    let known = helm::render(Chart::Crds, &[]);
    assert!(known.contains("system:serviceaccount:vaultpilot-system:vaultpilot-operator"));
}

/// The two charts agree on who the operator is, without being told.
#[test]
fn the_operator_of_the_other_chart_is_meant() {
    let objects = object::parse(&helm::render(Chart::ControlPlane, &[]));
    let account = objects
        .iter()
        .find(|one| one.label() == "ServiceAccount vaultpilot-operator")
        .unwrap();
    let name = format!(
        "system:serviceaccount:{}:{}",
        account.text("/metadata/namespace"),
        account.name()
    );
    assert!(helm::render(Chart::Crds, &[]).contains(&name));
}
