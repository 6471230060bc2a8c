//! Lays settings over a section's defaults, one by one.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{Setting, split};
use crate::section::Section;
use crate::{Origin, Problem, ProblemKind, nearest};

/// Settings in ascending precedence, and what was learned while laying them over.
pub(crate) struct Overlay<'a> {
    settings: &'a [Setting],
    env: &'a BTreeMap<String, String>,
    origins: BTreeMap<String, Origin>,
    problems: Vec<Problem>,
}

impl<'a> Overlay<'a> {
    pub(super) fn new(settings: &'a [Setting], env: &'a BTreeMap<String, String>) -> Self {
        Self {
            settings,
            env,
            origins: BTreeMap::new(),
            problems: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> (BTreeMap<String, Origin>, Vec<Problem>) {
        (self.origins, self.problems)
    }

    /// The names somebody set directly below `section`.
    pub(super) fn names_below(&self, section: &str) -> BTreeSet<String> {
        let below = self
            .settings
            .iter()
            .filter(|setting| setting.path[0] == section);
        below
            .filter_map(|setting| setting.path.get(1).cloned())
            .collect()
    }

    /// Says of everything below a path that it cannot be.
    pub(super) fn reject(&mut self, path: &[&str], kind: ProblemKind) {
        let first = self
            .settings
            .iter()
            .find(|setting| setting.path.starts_with(&owned(path)));
        let origin = first.map_or(Origin::Default, |setting| setting.origin.clone());
        self.problems.push(Problem {
            path: path.join("."),
            origin,
            kind,
        });
    }

    /// Lays every setting that can be read over the section. Bad ones are reported and left out.
    pub(crate) fn section<T: Section>(&mut self, path: &[&str], section: &mut T) {
        // What is serialised has secrets redacted; a base holds none.
        let Ok(Value::Object(mut raw)) = serde_json::to_value(&*section) else {
            return;
        };
        let prefix = owned(path);
        for setting in self.settings {
            let Some([key]) = setting.path.strip_prefix(prefix.as_slice()) else {
                continue;
            };
            match self.lay::<T>(&raw, key, setting) {
                Ok((next, value)) => {
                    raw.insert(key.clone(), value);
                    *section = next;
                    self.origins
                        .insert(setting.path.join("."), setting.origin.clone());
                }
                Err(kind) => self.problem(setting, kind),
            }
        }
    }

    /// A list that stands alone, such as `policies`.
    pub(super) fn list<T: DeserializeOwned>(&mut self, name: &str) -> Vec<T> {
        let mut list = Vec::new();
        for setting in self
            .settings
            .iter()
            .filter(|setting| setting.path == [name])
        {
            let Value::Array(items) = &setting.value else {
                let detail = "it is not a list".to_owned();
                self.problem(setting, ProblemKind::Unreadable { detail });
                continue;
            };
            self.origins.insert(name.to_owned(), setting.origin.clone());
            for (index, item) in items.iter().enumerate() {
                match serde_json::from_value(item.clone()) {
                    Ok(item) => list.push(item),
                    Err(error) => self.problems.push(Problem {
                        path: format!("{name}[{index}]"),
                        origin: setting.origin.clone(),
                        kind: ProblemKind::Unreadable {
                            detail: error.to_string(),
                        },
                    }),
                }
            }
        }
        list
    }

    fn lay<T: Section>(
        &self,
        raw: &Map<String, Value>,
        key: &str,
        setting: &Setting,
    ) -> Result<(T, Value), ProblemKind> {
        let Some(base) = raw.get(key) else {
            let nearest = nearest(key, raw.keys().map(String::as_str)).map(str::to_owned);
            return Err(ProblemKind::Unknown { nearest });
        };
        let value = self.resolve(coerce(base, &setting.value, &setting.origin))?;
        let mut candidate = raw.clone();
        candidate.insert(key.to_owned(), value.clone());
        serde_json::from_value(Value::Object(candidate))
            .map(|section| (section, value))
            .map_err(|error| ProblemKind::Unreadable {
                detail: error.to_string(),
            })
    }

    /// Follows `env:NAME` and `file:PATH` in lists.
    fn resolve(&self, value: Value) -> Result<Value, ProblemKind> {
        let Value::Array(items) = value else {
            return Ok(value);
        };
        let follow = |item: Value| {
            if let Some(path) = item.as_str().and_then(|text| text.strip_prefix("file:")) {
                return match std::fs::read_to_string(path) {
                    Ok(text) => Ok(Value::String(text.trim().to_owned())),
                    Err(error) => Err(ProblemKind::Unreadable {
                        detail: format!("{path}: {error}"),
                    }),
                };
            }
            let Some(name) = item.as_str().and_then(|text| text.strip_prefix("env:")) else {
                return Ok(item);
            };
            match self.env.get(name).filter(|text| !text.is_empty()) {
                Some(text) => Ok(Value::String(text.clone())),
                None => Err(ProblemKind::Unset {
                    name: name.to_owned(),
                }),
            }
        };
        items.into_iter().map(follow).collect()
    }

    fn problem(&mut self, setting: &Setting, kind: ProblemKind) {
        let (path, origin) = (setting.path.join("."), setting.origin.clone());
        self.problems.push(Problem { path, origin, kind });
    }
}

/// Environment and flags only have text: it takes the form the default has.
fn coerce(base: &Value, value: &Value, origin: &Origin) -> Value {
    let (Value::String(text), Origin::Env { .. } | Origin::Flag { .. }) = (value, origin) else {
        return value.clone();
    };
    let read = match base {
        Value::Array(_) => Some(split(text)),
        Value::Number(_) => text.parse::<u64>().ok().map(Value::from),
        Value::Bool(_) => text.parse::<bool>().ok().map(Value::from),
        _ => None,
    };
    read.unwrap_or_else(|| value.clone())
}

fn owned(path: &[&str]) -> Vec<String> {
    path.iter().map(|part| (*part).to_owned()).collect()
}
