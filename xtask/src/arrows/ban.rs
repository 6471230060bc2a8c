//! The bans of `deny.toml`, held against `Cargo.lock`. cargo-deny does the same and more, but takes
//! minutes to build; this takes no time.

use super::violation::Violation;
use crate::error::Error;
use cargo_metadata::semver::{Version, VersionReq};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(crate) struct Deny {
    bans: Bans,
}

#[derive(Debug, Deserialize)]
struct Bans {
    deny: Vec<Ban>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ban {
    /// `name`, `name@exact-version` or `name:version-requirement`.
    #[serde(rename = "crate")]
    spec: String,
    reason: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Lock {
    package: Vec<Locked>,
}

#[derive(Debug, Deserialize)]
struct Locked {
    name: String,
    version: String,
}

impl Deny {
    pub(crate) fn judge(&self, lock: &Lock) -> Result<Vec<Violation>, Error> {
        let mut violations = Vec::new();
        for ban in &self.bans.deny {
            let (name, versions) = ban.read()?;
            for locked in lock.package.iter().filter(|locked| locked.name == name) {
                if versions.matches(&locked.version()?) {
                    violations.push(Violation::Banned {
                        name: locked.name.clone(),
                        version: locked.version.clone(),
                        spec: ban.spec.clone(),
                        reason: ban.reason.clone(),
                    });
                }
            }
        }
        Ok(violations)
    }
}

impl Ban {
    fn read(&self) -> Result<(&str, VersionReq), Error> {
        let versions = |text: &str| {
            VersionReq::parse(text).map_err(|source| Error::BanSpec {
                spec: self.spec.clone(),
                source,
            })
        };
        if let Some((name, exact)) = self.spec.split_once('@') {
            return Ok((name, versions(&format!("={exact}"))?));
        }
        if let Some((name, requirement)) = self.spec.split_once(':') {
            return Ok((name, versions(requirement)?));
        }
        Ok((&self.spec, VersionReq::STAR))
    }
}

impl Locked {
    fn version(&self) -> Result<Version, Error> {
        Version::parse(&self.version).map_err(|source| Error::LockedVersion {
            name: self.name.clone(),
            version: self.version.clone(),
            source,
        })
    }
}
