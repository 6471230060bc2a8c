//! The table of manifests that are accepted and refused: `tests/manifests`. The end-to-end tests
//! read the same table and ask a real API server.

use std::path::{Path, PathBuf};

use serde_json::Value;

pub(crate) const KINDS: [&str; 4] = ["tenant", "wallet", "strategy", "policy"];

/// What must become of a manifest.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expected {
    Accepted,
    /// By the rule with this message.
    Message(String),
    /// By the schema, because of this field.
    Field(String),
}

#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) name: String,
    /// What was there before, for an update.
    pub(crate) before: Option<Value>,
    pub(crate) object: Value,
    pub(crate) expected: Expected,
}

/// All cases of a kind, the good ones first.
pub(crate) fn cases(kind: &str) -> Vec<Case> {
    let base = read(&folder().join(format!("base/{kind}.yaml")));
    let mut all = Vec::new();
    for side in ["good", "bad"] {
        let table = read(&folder().join(format!("{side}/{kind}.yaml")));
        for row in table.as_array().expect("a list of cases") {
            let case = case(&base, row);
            assert_eq!(
                case.expected == Expected::Accepted,
                side == "good",
                "{}",
                case.name
            );
            all.push(case);
        }
    }
    all
}

fn case(base: &Value, row: &Value) -> Case {
    let fields = row.as_object().expect("a case");
    let known = ["name", "from", "patch", "message", "field"];
    for field in fields.keys() {
        assert!(known.contains(&field.as_str()), "{field} in {row}");
    }
    let text = |field: &str| row[field].as_str().map(str::to_owned);
    let patched = |field: &str| {
        let mut object = base.clone();
        merge(&mut object, fields.get(field).unwrap_or(&Value::Null));
        object
    };
    Case {
        name: text("name").expect("a case has a name"),
        before: fields.contains_key("from").then(|| patched("from")),
        object: patched("patch"),
        expected: match (text("message"), text("field")) {
            (None, None) => Expected::Accepted,
            (Some(message), None) => Expected::Message(message),
            (None, Some(field)) => Expected::Field(field),
            (Some(_), Some(_)) => panic!("a message and a field: {row}"),
        },
    }
}

/// A JSON merge patch (RFC 7386), of objects into objects.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    let fields = target.as_object_mut().expect("an object");
    for (name, change) in changes {
        match change {
            Value::Null => {
                fields.remove(name);
            }
            Value::Object(_) => merge(fields.entry(name.clone()).or_insert(Value::Null), change),
            other => {
                fields.insert(name.clone(), other.clone());
            }
        }
    }
}

pub(crate) fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_saphyr::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crds/tests/manifests")
}
