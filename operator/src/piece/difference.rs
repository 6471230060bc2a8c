//! Whether what is there is what is wanted.
//!
//! The API server adds defaults and what other controllers write, so what is wanted must be found
//! in what is there, and no more. Except where the server replaces a map as a whole: there, what
//! somebody added would change who is selected.

use serde_json::{Map, Value};

/// Maps that are one value: selectors of pods and namespaces.
const WHOLE: [&str; 5] = [
    "podSelector",
    "namespaceSelector",
    "selector",
    "nodeSelector",
    "labelSelector",
];

/// Maps whose values are quantities: `1024Mi` and `1Gi` are the same.
const QUANTITIES: [&str; 8] = [
    "limits",
    "requests",
    "hard",
    "default",
    "defaultRequest",
    "max",
    "min",
    "emptyDir",
];

/// What an object is, which the API server leaves out of the items of a list.
const IDENTITY: [&str; 2] = [".apiVersion", ".kind"];

/// The path of the first field that is not as it is wanted.
pub fn differs(wanted: &Value, there: &Value) -> Option<String> {
    compare(wanted, there, "", "")
}

fn compare(wanted: &Value, there: &Value, path: &str, parent: &str) -> Option<String> {
    let differing = || Some(path.trim_start_matches('.').to_owned());
    match (wanted, there) {
        _ if IDENTITY.contains(&path) => None,
        (Value::Null, _) => None,
        (Value::Object(wanted), there) => {
            let empty = Map::new();
            let there = match there {
                Value::Object(there) => there,
                // An empty map and none are the same to the API server.
                Value::Null if wanted.is_empty() => &empty,
                _ => return differing(),
            };
            let name = path.rsplit('.').next().unwrap_or_default();
            if WHOLE.contains(&name) && wanted.len() != there.len() {
                return differing();
            }
            wanted.iter().find_map(|(key, value)| {
                let found = there.get(key).unwrap_or(&Value::Null);
                compare(value, found, &format!("{path}.{key}"), name)
            })
        }
        (Value::Array(wanted), there) => {
            let empty = Vec::new();
            let there = match there {
                Value::Array(there) => there,
                Value::Null => &empty,
                _ => return differing(),
            };
            if wanted.len() != there.len() {
                return differing();
            }
            wanted
                .iter()
                .zip(there)
                .enumerate()
                .find_map(|(at, (wanted, there))| {
                    compare(wanted, there, &format!("{path}[{at}]"), "")
                })
        }
        (Value::String(one), Value::String(other)) if QUANTITIES.contains(&parent) => {
            let same =
                one == other || quantity(one).is_some_and(|one| Some(one) == quantity(other));
            if same { None } else { differing() }
        }
        _ if wanted == there => None,
        _ => differing(),
    }
}

/// In thousandths, so that `50m` and `0.05` are the same.
fn quantity(text: &str) -> Option<u128> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.');
    let (number, unit) = text.split_at(digits.unwrap_or(text.len()));
    let thousandths: u128 = match unit {
        "m" => 1,
        "" => 1_000,
        "k" => 1_000_000,
        "M" => 1_000_000_000,
        "G" => 1_000_000_000_000,
        "Ki" => 1_000 << 10,
        "Mi" => 1_000 << 20,
        "Gi" => 1_000 << 30,
        "Ti" => 1_000 << 40,
        _ => return None,
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let scale = 10u128.checked_pow(u32::try_from(part.len()).ok()?)?;
    let value: u128 = format!("{whole}{part}").parse().ok()?;
    let scaled = value.checked_mul(thousandths)?;
    (scaled % scale == 0).then(|| scaled / scale)
}
