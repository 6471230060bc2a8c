//! What was found, each as one sentence.

use std::fmt::{Display, Formatter, Result};

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Violation {
    NoFloor {
        member: String,
    },
    Arrow {
        member: String,
        floor: String,
        dependency: String,
        dependency_floor: String,
        allowed: Vec<String>,
    },
    OnlyInTests {
        member: String,
        dependency: String,
    },
    Forbidden {
        member: String,
        floor: String,
        dependency: String,
    },
    Owner {
        member: String,
        dependency: String,
        owners: Vec<String>,
    },
    Banned {
        name: String,
        version: String,
        spec: String,
        reason: String,
    },
}

impl Display for Violation {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        match self {
            Self::NoFloor { member } => {
                write!(
                    out,
                    "{member} stands on no floor: add it to xtask/arrows.toml."
                )
            }
            Self::Arrow {
                member,
                floor,
                dependency,
                dependency_floor,
                allowed,
            } => write!(
                out,
                "{member} ({floor}) names {dependency} ({dependency_floor}); it may name {}.",
                list(allowed)
            ),
            Self::OnlyInTests { member, dependency } => {
                write!(
                    out,
                    "{member} names {dependency} outside its dev-dependencies."
                )
            }
            Self::Forbidden {
                member,
                floor,
                dependency,
            } => {
                write!(
                    out,
                    "{member} ({floor}) is built with {dependency}; that floor stays pure."
                )
            }
            Self::Owner {
                member,
                dependency,
                owners,
            } => {
                write!(
                    out,
                    "{member} is built with {dependency}, which is for {} alone.",
                    list(owners)
                )
            }
            Self::Banned {
                name,
                version,
                spec,
                reason,
            } => {
                write!(
                    out,
                    "Cargo.lock holds {name} {version}; deny.toml bans {spec}: {reason}."
                )
            }
        }
    }
}

fn list(words: &[String]) -> String {
    match words {
        [] => "nothing of ours".to_owned(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
