//! Opening a connection the one way we open them.

use std::task::{Context, Poll};

use diesel_async::AsyncPgConnection;
use tokio_postgres::{AsyncMessage, Client, Connection, NoTls, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::options::PostgresOptions;
use super::{PostgresError, tls};

/// A database, and the way there.
#[derive(Clone)]
pub(super) struct Target {
    config: tokio_postgres::Config,
    tls: Option<MakeRustlsConnect>,
}

/// What the server sends unasked, and the work of sending and receiving: it only goes on while this
/// is polled.
pub(super) type Messages = Box<
    dyn FnMut(&mut Context<'_>) -> Poll<Option<Result<AsyncMessage, tokio_postgres::Error>>> + Send,
>;

impl Target {
    pub(super) fn new(options: &PostgresOptions) -> Result<Self, PostgresError> {
        let (mut config, mode) = options.parse()?;
        let tls = tls::connector(mode, options.root_ca.as_deref())?;
        config.ssl_mode(match tls {
            Some(_) => tokio_postgres::config::SslMode::Require,
            None => tokio_postgres::config::SslMode::Disable,
        });
        Ok(Self { config, tls })
    }

    /// The role it signs in as.
    pub(super) fn user(&self) -> Option<&str> {
        self.config.get_user()
    }

    pub(super) async fn establish(&self) -> Result<AsyncPgConnection, PostgresError> {
        let established = if let Some(tls) = &self.tls {
            let connected = self.config.connect(tls.clone()).await;
            let (client, connection) = connected.map_err(PostgresError::Connect)?;
            AsyncPgConnection::try_from_client_and_connection(client, connection).await
        } else {
            let connected = self.config.connect(NoTls).await;
            let (client, connection) = connected.map_err(PostgresError::Connect)?;
            AsyncPgConnection::try_from_client_and_connection(client, connection).await
        };
        established.map_err(PostgresError::Setup)
    }

    /// A connection whose messages are listened to.
    pub(super) async fn listen(&self) -> Result<(Client, Messages), tokio_postgres::Error> {
        if let Some(tls) = &self.tls {
            let (client, connection) = self.config.connect(tls.clone()).await?;
            Ok((client, messages(connection)))
        } else {
            let (client, connection) = self.config.connect(NoTls).await?;
            Ok((client, messages(connection)))
        }
    }
}

fn messages<T>(mut connection: Connection<Socket, T>) -> Messages
where
    T: tokio_postgres::tls::TlsStream + Unpin + Send + 'static,
{
    Box::new(move |context| connection.poll_message(context))
}
