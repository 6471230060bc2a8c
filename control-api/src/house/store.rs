//! The hosted edition's database.

use std::fmt::Write as _;

use secrecy::{ExposeSecret as _, SecretString};
use vaultpilot_config::{Database, DatabaseTls};
use vaultpilot_store::{PostgresOptions, PostgresStore, SslMode};

use super::OpenError;
use super::secret::{self, SecretError};

/// How the database is reached as this role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum As {
    /// The role of everything but migrations.
    App,
    /// The role that owns the schema.
    Owner,
}

/// # Errors
/// When the role's password cannot be read.
pub fn store_options(database: &Database, role: As) -> Result<PostgresOptions, SecretError> {
    let (user, file) = match role {
        As::App => (&database.user, &database.password_file),
        As::Owner => (&database.owner, &database.owner_password_file),
    };
    let password = secret::password(file)?;
    let url = SecretString::from(format!(
        "postgres://{}:{}@{}:{}/{}",
        encoded(user),
        encoded(password.expose_secret()),
        database.host,
        database.port,
        encoded(&database.name),
    ));
    let mut options = PostgresOptions::new(url);
    options.ssl_mode = Some(match database.tls {
        DatabaseTls::Verify => SslMode::VerifyFull,
        DatabaseTls::Plain => SslMode::Disable,
    });
    options.root_ca.clone_from(&database.ca_file);
    options.connections = usize::try_from(database.connections).unwrap_or(usize::MAX);
    "control-api".clone_into(&mut options.application);
    Ok(options)
}

/// The store, if its schema is the one this program was made for.
///
/// # Errors
/// When it cannot be reached, or its schema is older or newer.
pub async fn open_store(database: &Database) -> Result<PostgresStore, OpenError> {
    let store = PostgresStore::connect(&store_options(database, As::App)?).await?;
    match store.pending().await? {
        0 => Ok(store),
        pending => Err(OpenError::NotMigrated { pending }),
    }
}

/// As it may stand in a URL (RFC 3986: everything but unreserved characters as `%XX`).
fn encoded(text: &str) -> String {
    let mut url = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            url.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(url, "%{byte:02X}");
        }
    }
    url
}

#[cfg(test)]
mod tests;
