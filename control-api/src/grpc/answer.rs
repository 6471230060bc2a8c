//! What every handler does the same: find out who calls, and turn what came of it into an answer.

use vaultpilot_app::App;
use vaultpilot_core::{Caller, Clock, TenantName};
use vaultpilot_ports::Fault;
use vaultpilot_proto::fault::{context_over, to_status, workload_refused};
use vaultpilot_proto::tonic::{Request, Response, Status};
use vaultpilot_proto::{Wire, WireError};

use super::{Operator, Pod};
use crate::identity::{ContextRefused, Seal};

/// The pod that calls, as the gate found it.
pub(super) fn pod<M>(request: &Request<M>) -> Result<Pod, Status> {
    // Without the gate in front nobody is anybody.
    let pod = request.extensions().get::<Pod>();
    pod.cloned().ok_or_else(workload_refused)
}

/// The same, where the message names a tenant: it must be the pod's own.
pub(super) fn pod_of<M>(request: &Request<M>, tenant: &str) -> Result<Pod, Status> {
    let pod = pod(request)?;
    if pod.tenancy.name.as_str() == tenant {
        return Ok(pod);
    }
    tracing::warn!(
        tenant.id = %pod.tenancy.id,
        workload.namespace = pod.namespace,
        "a pod named a tenant that is not its own"
    );
    Err(workload_refused())
}

/// Fails unless the operator calls.
pub(super) fn operator<M>(request: &Request<M>) -> Result<(), Status> {
    let operator = request.extensions().get::<Operator>();
    operator.map(|_| ()).ok_or_else(workload_refused)
}

/// Whose context a pod shows, and that its key is still good.
pub(super) async fn caller(
    pod: &Pod,
    context: &[u8],
    seal: &Seal,
    clock: &dyn Clock,
    app: &App,
) -> Result<Caller, Status> {
    let sealed = seal
        .open(context, pod.tenancy.id, &pod.namespace)
        .map_err(|refused| refuse(refused, pod))?;
    if !sealed.is_good(clock.now()) {
        return Err(context_over());
    }
    match app.authenticated_still(&sealed.caller).await {
        Ok(()) => Ok(sealed.caller),
        // Asking again tells the agent what is wrong with its key.
        Err(Fault::Unauthenticated) => Err(context_over()),
        Err(fault) => Err(to_status(&fault)),
    }
}

/// The answer is the same for every context that does not count; what is suspicious is logged.
pub(super) fn refuse(refused: ContextRefused, pod: &Pod) -> Status {
    if refused == ContextRefused::NotYours {
        tracing::warn!(
            tenant.id = %pod.tenancy.id,
            workload.namespace = pod.namespace,
            "a pod showed a call context that was made for another workload"
        );
    }
    context_over()
}

/// What came of a call, as a message.
pub(super) fn answer<T, M: Wire<T>>(result: Result<T, Fault>) -> Result<Response<M>, Status> {
    match result {
        Ok(value) => Ok(Response::new(M::write(value))),
        Err(fault) => Err(to_status(&fault)),
    }
}

/// A message that cannot be read is bad input.
pub(super) fn unreadable(error: WireError) -> Status {
    to_status(&Fault::from(error))
}

/// A tenant's name out of a message.
pub(super) fn tenant_name(text: &str) -> Result<TenantName, Status> {
    text.parse()
        .map_err(|error| unreadable(WireError::new(error).within("tenant")))
}
