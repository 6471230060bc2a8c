//! A control plane on a socket: the generated services in front of scripted planes.

// The paths are said because the runtime's tests use this file too, from where they are.
#[path = "server/resource.rs"]
mod resource;
#[path = "server/runtime.rs"]
mod runtime;
#[path = "server/strategy.rs"]
mod strategy;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;
use vaultpilot_core::{Caller, Timestamp};
use vaultpilot_ports::Fault;
use vaultpilot_proto::client::Endpoint;
use vaultpilot_proto::fault::{context_over, to_status, workload_refused};
use vaultpilot_proto::pb::resource_service_server::ResourceServiceServer;
use vaultpilot_proto::pb::runtime_service_server::RuntimeServiceServer;
use vaultpilot_proto::pb::strategy_service_server::StrategyServiceServer;
use vaultpilot_proto::tonic::transport::server::TcpIncoming;
use vaultpilot_proto::tonic::transport::{Certificate, Identity, Server, ServerTlsConfig};
use vaultpilot_proto::tonic::{Request, Response, Status};
use vaultpilot_proto::wire::{Read, Snapshot};
use vaultpilot_proto::{Ask, Wire};

use crate::authority::Authority;
use crate::house::House;
use crate::plane::Planes;

pub(crate) const TOKEN: &str = "token-of-the-pod";

/// The token of a snapshot that ends the stream in good order.
pub(crate) const END: &str = "end";

/// What the services stand on.
pub(crate) struct Desk {
    pub(crate) house: House,
    pub(crate) planes: Planes,
    /// The one token that is let in.
    pub(crate) token: Mutex<String>,
    /// How long contexts are good.
    pub(crate) lifetime: Mutex<Duration>,
    pub(crate) contexts: Mutex<HashMap<Vec<u8>, Caller>>,
    /// Methods, in the order they were called, with the deadline each was given.
    pub(crate) calls: Mutex<Vec<(String, Option<String>)>>,
    pub(crate) reads: Mutex<Vec<Read>>,
    /// What the stream says: token, and the state it names.
    pub(crate) snapshot: watch::Sender<(String, Snapshot)>,
    /// Contexts the last stream was opened for, and the token it was resumed from.
    pub(crate) watched: Mutex<Vec<(Vec<Vec<u8>>, String)>>,
}

/// What a service trait is implemented for.
#[derive(Clone)]
pub(crate) struct Service(pub(crate) Arc<Desk>);

impl Desk {
    pub(crate) fn called(&self) -> Vec<String> {
        let calls = self.calls.lock().unwrap();
        calls.iter().map(|(name, _)| name.clone()).collect()
    }

    pub(crate) fn count(&self, method: &str) -> usize {
        self.called().iter().filter(|name| *name == method).count()
    }

    /// Every context that was given out is over.
    pub(crate) fn forget_contexts(&self) {
        self.contexts.lock().unwrap().clear();
    }

    fn enter<M>(&self, method: &str, request: &Request<M>) -> Result<(), Status> {
        let metadata = request.metadata();
        let text = |name: &str| Some(metadata.get(name)?.to_str().ok()?.to_owned());
        let call = (method.to_owned(), text("grpc-timeout"));
        self.calls.lock().unwrap().push(call);
        let wanted = format!("Bearer {}", self.token.lock().unwrap());
        if text("authorization") == Some(wanted) {
            Ok(())
        } else {
            Err(workload_refused())
        }
    }

    fn caller(&self, context: &[u8]) -> Result<Caller, Status> {
        let contexts = self.contexts.lock().unwrap();
        contexts.get(context).cloned().ok_or_else(context_over)
    }
}

impl Service {
    /// A call in the name of a caller.
    async fn act<M, Q, R, P, F>(
        &self,
        method: &str,
        request: Request<M>,
        answer: impl FnOnce(Caller, Q) -> F,
    ) -> Result<Response<P>, Status>
    where
        M: Ask<Q>,
        P: Wire<R>,
        F: Future<Output = Result<R, Fault>>,
    {
        self.0.enter(method, &request)?;
        let message = request.into_inner();
        let caller = self.0.caller(message.context())?;
        let question = message
            .unpack()
            .map_err(|error| to_status(&Fault::from(error)))?;
        done(answer(caller, question).await)
    }
}

fn done<R, P: Wire<R>>(answer: Result<R, Fault>) -> Result<Response<P>, Status> {
    match answer {
        Ok(answer) => Ok(Response::new(P::write(answer))),
        Err(fault) => Err(to_status(&fault)),
    }
}

/// The control plane, its address and its certificates. Ends when dropped.
pub(crate) struct ControlPlane {
    pub(crate) desk: Arc<Desk>,
    pub(crate) address: SocketAddr,
    pub(crate) folder: TempDir,
    authority: Authority,
    client_authority: Option<String>,
    /// Of its own, so that everything it holds can be gone at once.
    running: Option<Runtime>,
}

impl ControlPlane {
    pub(crate) async fn start() -> Self {
        Self::with_clients_of(None).await
    }

    /// One that asks clients for a certificate of this authority, in PEM.
    pub(crate) async fn with_clients_of(client_authority: Option<String>) -> Self {
        let id = vaultpilot_testkit::fixture::tenant().build().id;
        let empty = Snapshot {
            tenant_id: id,
            tenant_state: "active".to_owned(),
            callers: Vec::new(),
        };
        let desk = Desk {
            house: House::new(),
            planes: Planes::default(),
            token: Mutex::new(TOKEN.to_owned()),
            lifetime: Mutex::new(Duration::from_mins(5)),
            contexts: Mutex::default(),
            calls: Mutex::default(),
            reads: Mutex::default(),
            snapshot: watch::Sender::new(("first".to_owned(), empty)),
            watched: Mutex::default(),
        };
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::new();
        std::fs::write(folder.path().join("ca.crt"), authority.pem()).unwrap();
        std::fs::write(folder.path().join("token"), TOKEN).unwrap();
        let mut this = Self {
            desk: Arc::new(desk),
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            folder,
            authority,
            client_authority,
            running: None,
        };
        this.come_back().await;
        this
    }

    /// Listens where it listened before.
    pub(crate) async fn come_back(&mut self) {
        let listener = listen(self.address).await;
        listener.set_nonblocking(true).unwrap();
        self.address = listener.local_addr().unwrap();
        let signed = self.authority.sign("localhost");
        let mut tls =
            ServerTlsConfig::new().identity(Identity::from_pem(signed.certificate, signed.key));
        if let Some(authority) = &self.client_authority {
            tls = tls.client_ca_root(Certificate::from_pem(authority));
        }
        let service = Service(self.desk.clone());
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        runtime.spawn(async move {
            let listener = TcpListener::from_std(listener).unwrap();
            let server = Server::builder()
                .tls_config(tls)
                .unwrap()
                .add_service(RuntimeServiceServer::new(service.clone()))
                .add_service(StrategyServiceServer::new(service.clone()))
                .add_service(ResourceServiceServer::new(service))
                .serve_with_incoming(TcpIncoming::from(listener));
            server.await.unwrap();
        });
        self.running = Some(runtime);
    }

    /// Is gone from one moment to the next, with every connection.
    pub(crate) async fn go_away(&mut self) {
        if let Some(runtime) = self.running.take() {
            let ended = tokio::task::spawn_blocking(|| {
                runtime.shutdown_timeout(Duration::from_secs(1));
            });
            ended.await.unwrap();
        }
    }

    /// Another certificate, of another authority; clients find it in the same file.
    pub(crate) fn change_authority(&mut self) {
        self.authority = Authority::new();
        let file = self.folder.path().join("ca.crt");
        std::fs::write(file, self.authority.pem()).unwrap();
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn url(&self) -> String {
        format!("https://localhost:{}", self.address.port())
    }

    pub(crate) fn endpoint(&self) -> Endpoint {
        Endpoint {
            address: self.url(),
            ca_file: Some(self.file("ca.crt")),
            server_name: None,
            identity: None,
            token_file: Some(self.file("token")),
        }
    }
}

impl Drop for ControlPlane {
    fn drop(&mut self) {
        if let Some(runtime) = self.running.take() {
            runtime.shutdown_background();
        }
    }
}

async fn listen(address: SocketAddr) -> std::net::TcpListener {
    let end = tokio::time::Instant::now() + Duration::from_secs(10);
    loop {
        match std::net::TcpListener::bind(address) {
            Ok(listener) => return listener,
            Err(error) => assert!(tokio::time::Instant::now() < end, "{address}: {error}"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn now() -> Timestamp {
    Timestamp::from_second(1_767_225_600).unwrap()
}
