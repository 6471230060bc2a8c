//! Objects of Kubernetes as they stand in a rendering.

use serde_json::Value;

#[derive(Debug, Clone)]
pub(crate) struct Object(pub(crate) Value);

/// A pod as an object would make it.
#[derive(Debug)]
pub(crate) struct Pod {
    /// `Deployment vaultpilot-executor`
    pub(crate) of: String,
    pub(crate) metadata: Value,
    pub(crate) spec: Value,
}

/// All objects of a rendering.
pub(crate) fn parse(rendering: &str) -> Vec<Object> {
    let options = serde_saphyr::options! {
        // As kubectl reads it: `0440` is octal.
        legacy_octal_numbers: true,
    };
    serde_saphyr::from_multiple_with_options::<Value>(rendering, options)
        .unwrap()
        .into_iter()
        .filter(|value| !value.is_null())
        .map(Object)
        .collect()
}

impl Object {
    pub(crate) fn kind(&self) -> &str {
        self.text("/kind")
    }

    pub(crate) fn name(&self) -> &str {
        self.text("/metadata/name")
    }

    pub(crate) fn label(&self) -> String {
        format!("{} {}", self.kind(), self.name())
    }

    pub(crate) fn at(&self, pointer: &str) -> &Value {
        self.0.pointer(pointer).unwrap_or(&Value::Null)
    }

    pub(crate) fn text(&self, pointer: &str) -> &str {
        self.at(pointer)
            .as_str()
            .unwrap_or_else(|| panic!("{pointer} is no text in {}", self.0))
    }

    /// The pod it would make, where it makes one.
    pub(crate) fn pod(&self) -> Option<Pod> {
        let template = match self.kind() {
            "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "Job" => "/spec/template",
            "CronJob" => "/spec/jobTemplate/spec/template",
            "Pod" => "",
            _ => return None,
        };
        Some(Pod {
            of: self.label(),
            metadata: self.at(&format!("{template}/metadata")).clone(),
            spec: self.at(&format!("{template}/spec")).clone(),
        })
    }
}

impl Pod {
    pub(crate) fn containers(&self) -> impl Iterator<Item = &Value> {
        ["initContainers", "containers", "ephemeralContainers"]
            .into_iter()
            .flat_map(|list| items(&self.spec[list]))
    }

    pub(crate) fn labels(&self) -> &Value {
        &self.metadata["labels"]
    }
}

pub(crate) fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

/// Whether a label selector's `matchLabels` are all there. Expressions are not known here.
pub(crate) fn selects(selector: &Value, labels: &Value) -> bool {
    assert!(
        selector["matchExpressions"].is_null(),
        "not known: {selector}"
    );
    selector["matchLabels"]
        .as_object()
        .into_iter()
        .flatten()
        .all(|(key, value)| labels.get(key) == Some(value))
}
