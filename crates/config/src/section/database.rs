//! The hosted edition's Postgres.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::rule::is_host;
use super::{Rule, Section};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// Name or address of the Postgres server.
    pub host: String,
    pub port: u16,
    /// The database on it.
    pub name: String,
    /// The role everything but migrations runs as. It owns nothing and cannot pass row-level
    /// security by; `control-api migrate` makes it.
    pub user: String,
    /// The file whose first line is the role's password.
    pub password_file: PathBuf,
    /// The role that owns the schema, for `control-api migrate` only.
    pub owner: String,
    /// The file whose first line is the owner's password.
    pub owner_password_file: PathBuf,
    /// How the server is told from an impostor.
    pub tls: DatabaseTls,
    /// Who signed the server's certificate, PEM. Needed while `tls` is `verify`.
    pub ca_file: Option<PathBuf>,
    /// Connections of this process at most.
    pub connections: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DatabaseTls {
    /// TLS, with the server's certificate and name checked.
    #[default]
    Verify,
    /// Plain text: for a database in the same namespace, behind a network policy.
    Plain,
}

impl Default for Database {
    fn default() -> Self {
        Self {
            host: String::new(),
            port: 5432,
            name: "vaultpilot".to_owned(),
            user: "vaultpilot_app".to_owned(),
            password_file: PathBuf::from("/var/run/vaultpilot/database/password"),
            owner: "vaultpilot".to_owned(),
            owner_password_file: PathBuf::from("/var/run/vaultpilot/database-owner/password"),
            tls: DatabaseTls::default(),
            ca_file: None,
            connections: 10,
        }
    }
}

impl Section for Database {
    fn validate(&self) -> Vec<(&'static str, Rule)> {
        let mut broken = super::rule::absent(&[
            ("password_file", &self.password_file),
            ("owner_password_file", &self.owner_password_file),
        ]);
        if self.host.is_empty() {
            broken.push(("host", Rule::Empty));
        } else if !is_host(&self.host) {
            broken.push(("host", Rule::NotAHost));
        }
        let names = [
            ("name", &self.name),
            ("user", &self.user),
            ("owner", &self.owner),
        ];
        let empty = names.into_iter().filter(|(_, text)| text.is_empty());
        broken.extend(empty.map(|(key, _)| (key, Rule::Empty)));
        if !self.user.is_empty() && self.user == self.owner {
            broken.push(("user", Rule::Same { other: "owner" }));
        }
        if self.tls == DatabaseTls::Verify && self.ca_file.is_none() {
            let when = "database.tls is verify";
            broken.push(("ca_file", Rule::Needed { when }));
        }
        if self.tls == DatabaseTls::Plain && self.ca_file.is_some() {
            let unless = "database.tls is verify";
            broken.push(("ca_file", Rule::Useless { unless }));
        }
        let (given, least, most) = (u64::from(self.connections), 1, 1000);
        if !(least..=most).contains(&given) {
            broken.push(("connections", Rule::OutOfRange { given, least, most }));
        }
        broken
    }
}
