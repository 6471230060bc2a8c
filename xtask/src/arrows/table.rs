//! The rules, as `arrows.toml` has them, and their judgement of a graph.

use super::graph::{Dependency, Graph, Member};
use super::violation::Violation;
use cargo_metadata::DependencyKind;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    #[serde(rename = "floor")]
    pub(crate) floors: Vec<Floor>,
    #[serde(rename = "owner")]
    pub(crate) owners: Vec<Owner>,
}

/// Crates with the same rights.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Floor {
    pub(crate) name: String,
    pub(crate) crates: Vec<String>,
    /// The floors whose crates these may name.
    pub(crate) names: Vec<String>,
    /// The floors whose crates their tests may name besides.
    #[serde(default)]
    pub(crate) tests_name: Vec<String>,
    /// Foreign crates that these may not be built with.
    #[serde(default)]
    pub(crate) forbids: Vec<Pattern>,
    /// Named by anyone in dev-dependencies, by no one elsewhere.
    #[serde(default)]
    pub(crate) only_in_tests: bool,
}

/// Foreign crates that few may be built with.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Owner {
    pub(crate) dependencies: Vec<Pattern>,
    #[serde(default)]
    pub(crate) except: Vec<Pattern>,
    pub(crate) crates: Vec<String>,
}

/// A crate's name; a trailing `*` stands for any ending.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(crate) struct Pattern(String);

impl Table {
    pub(crate) fn judge(&self, graph: &Graph) -> Vec<Violation> {
        graph
            .members
            .iter()
            .flat_map(|member| self.judge_member(graph, member))
            .collect()
    }

    fn judge_member(&self, graph: &Graph, member: &Member) -> Vec<Violation> {
        let Some(floor) = self.floor_of(&member.name) else {
            return vec![Violation::NoFloor {
                member: member.name.clone(),
            }];
        };
        let (ours, foreign): (Vec<_>, Vec<_>) = member
            .dependencies
            .iter()
            .partition(|dependency| graph.has(&dependency.name));
        let arrows = ours
            .iter()
            .filter_map(|dependency| self.arrow(floor, member, dependency));
        let built = foreign
            .iter()
            .filter(|d| d.kind != DependencyKind::Development);
        let belongings = built.flat_map(|dependency| {
            self.ownership(member, dependency)
                .into_iter()
                .chain(purity(floor, member, dependency))
        });
        arrows.chain(belongings).collect()
    }

    fn floor_of(&self, name: &str) -> Option<&Floor> {
        self.floors
            .iter()
            .find(|floor| floor.crates.iter().any(|ours| ours == name))
    }

    fn arrow(&self, from: &Floor, member: &Member, dependency: &Dependency) -> Option<Violation> {
        // A crate without a floor is reported once, as a member.
        let to = self.floor_of(&dependency.name)?;
        let (member, dependency_name) = (member.name.clone(), dependency.name.clone());
        if to.only_in_tests {
            return (dependency.kind != DependencyKind::Development).then_some(
                Violation::OnlyInTests {
                    member,
                    dependency: dependency_name,
                },
            );
        }
        let in_tests = dependency.kind == DependencyKind::Development;
        if from.names.contains(&to.name) || (in_tests && from.tests_name.contains(&to.name)) {
            return None;
        }
        Some(Violation::Arrow {
            member,
            floor: from.name.clone(),
            dependency: dependency_name,
            dependency_floor: to.name.clone(),
            allowed: from.names.clone(),
        })
    }

    fn ownership(&self, member: &Member, dependency: &Dependency) -> Option<Violation> {
        let owner = self
            .owners
            .iter()
            .find(|owner| owner.governs(&dependency.name))?;
        (!owner.crates.contains(&member.name)).then(|| Violation::Owner {
            member: member.name.clone(),
            dependency: dependency.name.clone(),
            owners: owner.crates.clone(),
        })
    }
}

fn purity(floor: &Floor, member: &Member, dependency: &Dependency) -> Option<Violation> {
    matches(&floor.forbids, &dependency.name).then(|| Violation::Forbidden {
        member: member.name.clone(),
        floor: floor.name.clone(),
        dependency: dependency.name.clone(),
    })
}

impl Owner {
    fn governs(&self, name: &str) -> bool {
        matches(&self.dependencies, name) && !matches(&self.except, name)
    }
}

fn matches(patterns: &[Pattern], name: &str) -> bool {
    patterns
        .iter()
        .any(|Pattern(pattern)| match pattern.strip_suffix('*') {
            Some(beginning) => name.starts_with(beginning),
            None => name == pattern,
        })
}
