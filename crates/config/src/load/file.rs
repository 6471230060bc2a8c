//! The file as settings, each with its line.

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_saphyr::Spanned;

use super::{File, Setting};
use crate::{Origin, Problem, ProblemKind, nearest};

/// YAML whose mappings remember their lines, as deep as settings go.
enum Node {
    Map(Vec<(String, Spanned<Self>)>),
    Leaf(Value),
}

/// Reads the file. Problems of its shape are pushed; what can be read is returned all the same.
pub(super) fn settings(
    file: Option<File<'_>>,
    sections: &[&'static str],
    problems: &mut Vec<Problem>,
) -> Vec<Setting> {
    let Some(file) = file else { return Vec::new() };
    let at = |line: u64| Origin::File {
        path: file.path.to_owned(),
        line,
    };
    let options = serde_saphyr::options! { with_snippet: false };
    let root = match serde_saphyr::from_str_with_options::<Option<Node>>(file.text, options) {
        Ok(None | Some(Node::Leaf(Value::Null))) => return Vec::new(),
        Ok(Some(Node::Map(entries))) => entries,
        Ok(Some(Node::Leaf(_))) => {
            let kind = ProblemKind::NotASection;
            problems.push(Problem {
                path: String::new(),
                origin: at(1),
                kind,
            });
            return Vec::new();
        }
        Err(source) => {
            let line = source.location().map_or(1, |at| at.line());
            let kind = ProblemKind::Yaml {
                detail: source.to_string(),
            };
            problems.push(Problem {
                path: String::new(),
                origin: at(line),
                kind,
            });
            return Vec::new();
        }
    };
    let mut walk = Walk {
        at: &at,
        sections,
        problems,
        settings: Vec::new(),
    };
    for (name, node) in root {
        walk.section(name, node);
    }
    walk.settings
}

struct Walk<'a> {
    at: &'a dyn Fn(u64) -> Origin,
    sections: &'a [&'static str],
    problems: &'a mut Vec<Problem>,
    settings: Vec<Setting>,
}

impl Walk<'_> {
    fn section(&mut self, name: String, node: Spanned<Node>) {
        let known = self.sections.contains(&name.as_str());
        match name.as_str() {
            "policies" if known => self.set(vec![name], node),
            "chains" if known => self.below(&[name], node, true),
            _ if known => self.below(&[name], node, false),
            _ => {
                let nearest = nearest(&name, self.sections.iter().copied()).map(str::to_owned);
                let origin = (self.at)(node.referenced.line());
                let kind = ProblemKind::Unknown { nearest };
                self.problems.push(Problem {
                    path: name,
                    origin,
                    kind,
                });
            }
        }
    }

    fn below(&mut self, path: &[String], node: Spanned<Node>, deeper: bool) {
        match node.value {
            Node::Map(entries) => {
                for (key, child) in entries {
                    let mut path = path.to_owned();
                    path.push(key);
                    if deeper {
                        self.below(&path, child, false);
                    } else {
                        self.set(path, child);
                    }
                }
            }
            // `server:` with nothing below it says nothing.
            Node::Leaf(Value::Null) => {}
            Node::Leaf(_) => {
                let origin = (self.at)(node.referenced.line());
                let kind = ProblemKind::NotASection;
                self.problems.push(Problem {
                    path: path.join("."),
                    origin,
                    kind,
                });
            }
        }
    }

    fn set(&mut self, path: Vec<String>, node: Spanned<Node>) {
        let origin = (self.at)(node.referenced.line());
        self.settings.push(Setting {
            path,
            value: node.value.into_value(),
            origin,
        });
    }
}

impl Node {
    fn into_value(self) -> Value {
        match self {
            Self::Leaf(value) => value,
            Self::Map(entries) => entries
                .into_iter()
                .map(|(key, node)| (key, node.value.into_value()))
                .collect(),
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Leaf(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Leaf(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Leaf(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Leaf(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Leaf(value.into()))
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Leaf(Value::Null))
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Leaf(Value::Null))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        Node::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element::<Node>()? {
            items.push(item.into_value());
        }
        Ok(Node::Leaf(Value::Array(items)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry::<String, Spanned<Node>>()? {
            entries.push(entry);
        }
        Ok(Node::Map(entries))
    }
}
