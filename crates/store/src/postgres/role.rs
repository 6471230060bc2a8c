//! The role the application signs in as. It owns nothing.

use secrecy::{ExposeSecret as _, SecretString};

use super::PostgresError;

#[derive(Debug, Clone)]
pub struct AppRole {
    pub name: String,
    /// For a role that is not there yet. One that is there keeps its own.
    pub password: SecretString,
}

impl AppRole {
    /// The name as it may stand in a statement.
    pub(super) fn identifier(&self) -> Result<&str, PostgresError> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        let starts_well = !self.name.starts_with(|first: char| first.is_ascii_digit());
        // Longer names are cut by the database, and two could become one.
        if (1..=63).contains(&self.name.len()) && starts_well && self.name.bytes().all(plain) {
            Ok(&self.name)
        } else {
            Err(PostgresError::RoleName {
                name: self.name.clone(),
            })
        }
    }

    /// What makes it. The password goes as a verifier, so that neither the server nor its log sees
    /// it; a verifier holds no quote.
    pub(super) fn statement(&self) -> Result<String, PostgresError> {
        let name = self.identifier()?;
        let password = self.password.expose_secret().as_bytes();
        let verifier = postgres_protocol::password::scram_sha_256(password);
        Ok(format!(
            "CREATE ROLE \"{name}\" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION \
             NOBYPASSRLS NOINHERIT PASSWORD '{verifier}'"
        ))
    }
}
