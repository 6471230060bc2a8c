//! Why a pass over an object came to an end before it was through.

use vaultpilot_ports::Fault;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("cluster did not do what was asked: {doing}")]
    Cluster {
        doing: String,
        #[source]
        source: Box<kube::Error>,
    },
    #[error("control plane cannot be reached")]
    ControlPlane(#[source] Box<Fault>),
    #[error("object has no {field}, which every object of the API server has")]
    Incomplete { field: &'static str },
}

impl Error {
    pub fn cluster(doing: impl Into<String>) -> impl FnOnce(kube::Error) -> Self {
        let doing = doing.into();
        |source| Self::Cluster {
            doing,
            source: Box::new(source),
        }
    }
}

/// The API server's own answer, where the error is one.
pub fn answer(error: &kube::Error) -> Option<&kube::core::Status> {
    match error {
        kube::Error::Api(status) => Some(status),
        _ => None,
    }
}

pub fn is_not_found(error: &kube::Error) -> bool {
    answer(error).is_some_and(|status| status.code == 404)
}

pub fn is_conflict(error: &kube::Error) -> bool {
    answer(error).is_some_and(|status| status.code == 409)
}
