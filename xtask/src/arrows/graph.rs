//! The crates of the workspace and what each names in its manifest.

use crate::checkout::Checkout;
use crate::error::Error;
use crate::process::{cargo, read};
use cargo_metadata::{DependencyKind, MetadataCommand};

#[derive(Debug)]
pub(crate) struct Graph {
    pub(crate) members: Vec<Member>,
}

#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) dependencies: Vec<Dependency>,
}

#[derive(Debug)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) kind: DependencyKind,
}

impl Graph {
    pub(crate) fn of(checkout: &Checkout) -> Result<Self, Error> {
        let output =
            read(cargo(checkout).args(["metadata", "--format-version", "1", "--no-deps"]))?;
        let metadata = MetadataCommand::parse(String::from_utf8_lossy(&output))?;
        let members = metadata.packages.into_iter().map(Member::from).collect();
        Ok(Self { members })
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.members.iter().any(|member| member.name == name)
    }
}

impl From<cargo_metadata::Package> for Member {
    fn from(package: cargo_metadata::Package) -> Self {
        let dependencies = package
            .dependencies
            .into_iter()
            .map(|dependency| Dependency {
                name: dependency.name,
                kind: dependency.kind,
            })
            .collect();
        Self {
            name: package.name.to_string(),
            dependencies,
        }
    }
}
