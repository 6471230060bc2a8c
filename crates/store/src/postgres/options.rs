//! Which database, and how it is talked to.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};

use super::PostgresError;

/// What is asked of the network between us and the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SslMode {
    /// Everything is readable on the way: for a socket on the same machine.
    Disable,
    /// Encrypted, to whoever answers.
    Require,
    /// Encrypted, and the server shows a certificate for the very name it was called by.
    VerifyFull,
}

impl FromStr for SslMode {
    type Err = PostgresError;

    /// `prefer` and `allow` are no choices: whoever sits on the line would choose.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "disable" => Ok(Self::Disable),
            "require" => Ok(Self::Require),
            "verify-full" => Ok(Self::VerifyFull),
            other => Err(PostgresError::SslMode {
                given: other.to_owned(),
            }),
        }
    }
}

#[derive(Debug, Clone)]
pub struct PostgresOptions {
    /// `postgres://user:password@host/database`; `sslmode` may stand in it.
    pub url: SecretString,
    /// Instead of the URL's `sslmode`. Without either: verify-full.
    pub ssl_mode: Option<SslMode>,
    /// The authorities that sign the server's certificate, in PEM.
    pub root_ca: Option<PathBuf>,
    /// The most connections that are open at once.
    pub connections: usize,
    /// How long a unit of work waits for its turn and for a connection before it is refused.
    pub patience: Duration,
    /// How long one statement may run.
    pub statement_timeout: Duration,
    /// What the server's own lists call us.
    pub application: String,
}

impl PostgresOptions {
    pub fn new(url: impl Into<SecretString>) -> Self {
        Self {
            url: url.into(),
            ssl_mode: None,
            root_ca: None,
            connections: 16,
            patience: Duration::from_secs(10),
            statement_timeout: Duration::from_secs(30),
            application: "vaultpilot".to_owned(),
        }
    }

    /// The client's configuration and the mode the URL asks for. `sslmode` is taken out, because
    /// the client knows no verify-full.
    pub(super) fn parse(&self) -> Result<(tokio_postgres::Config, SslMode), PostgresError> {
        let url = self.url.expose_secret();
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(PostgresError::Url(None));
        }
        let (address, query) = url.split_once('?').unwrap_or((url, ""));
        let (mut kept, mut mode) = (Vec::new(), None);
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("sslmode", value)) => mode = Some(value.parse()?),
                Some(("sslrootcert", _)) => {
                    return Err(PostgresError::UrlOption {
                        name: "sslrootcert",
                    });
                }
                _ => kept.push(pair),
            }
        }
        let plain = SecretString::from(if kept.is_empty() {
            address.to_owned()
        } else {
            format!("{address}?{}", kept.join("&"))
        });
        let mut config: tokio_postgres::Config = plain
            .expose_secret()
            .parse()
            .map_err(|error| PostgresError::Url(Some(error)))?;
        self.tune(&mut config);
        let mode = self.ssl_mode.or(mode).unwrap_or(SslMode::VerifyFull);
        Ok((config, mode))
    }

    fn tune(&self, config: &mut tokio_postgres::Config) {
        // A server that is gone without a word is noticed.
        config
            .application_name(&self.application)
            .connect_timeout(self.patience)
            .tcp_user_timeout(Duration::from_secs(20))
            .keepalives(true)
            .keepalives_idle(Duration::from_secs(10))
            .keepalives_interval(Duration::from_secs(5))
            .keepalives_retries(2);
        let (wait, run) = (
            self.patience.as_millis(),
            self.statement_timeout.as_millis(),
        );
        // And so is a client that is gone: its transaction must not hold its tenant's turn.
        let mut session = format!(
            "-c search_path=public -c lock_timeout={wait} -c statement_timeout={run} \
             -c idle_in_transaction_session_timeout={run} -c client_connection_check_interval=1000"
        );
        if let Some(given) = config.get_options() {
            session = format!("{session} {given}");
        }
        config.options(session);
    }
}
