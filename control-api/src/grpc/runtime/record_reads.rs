//! What a runtime served while it could not ask is written down.

use vaultpilot_app::ServedRead;
use vaultpilot_core::{Duration, clock};
use vaultpilot_ports::Fault;
use vaultpilot_proto::fault::to_status;
use vaultpilot_proto::tonic::{Request, Response, Status};
use vaultpilot_proto::wire::Read;
use vaultpilot_proto::{Wire, WireError, pb};

use super::Runtime;
use crate::grpc::Pod;
use crate::grpc::answer::{pod_of, refuse, unreadable};

/// The longest id of a read, and the longest code of a refusal.
const LONGEST: usize = 64;
/// How far clocks may be apart.
const SKEW: Duration = Duration::from_secs(5);

pub(super) async fn record(
    runtime: &Runtime,
    request: Request<pb::RecordReadsRequest>,
) -> Result<Response<pb::RecordReadsResponse>, Status> {
    let pod = pod_of(&request, &request.get_ref().tenant)?;
    let reads: Result<Vec<Read>, WireError> = request.into_inner().reads.read();
    let reads = reads.map_err(|error| unreadable(error.within("reads")))?;
    let served = reads.into_iter().map(|read| served(runtime, &pod, read));
    let served = served.collect::<Result<Vec<_>, _>>()?;
    let recorded = runtime.app.reads_record(pod.tenancy.id, &served).await;
    recorded.map_err(|fault| to_status(&fault))?;
    let recorded = u32::try_from(served.len()).unwrap_or(u32::MAX);
    Ok(Response::new(pb::RecordReadsResponse { recorded }))
}

/// The caller is taken from its context: of any age by now, but good when the snapshot was made.
fn served(runtime: &Runtime, pod: &Pod, read: Read) -> Result<ServedRead, Status> {
    let Read {
        id,
        context,
        tool,
        wallet,
        served_at,
        as_of,
        refused,
    } = read;
    let sealed = runtime
        .seal
        .open(&context, pod.tenancy.id, &pod.namespace)
        .map_err(|error| refuse(error, pod))?;
    let then = clock::before(sealed.made_at, SKEW) <= as_of
        && as_of < clock::after(sealed.expires_at, SKEW);
    if !then {
        return Err(invalid("as_of", "the context was not good at that time"));
    }
    if served_at < as_of || served_at > clock::after(runtime.clock.now(), SKEW) {
        return Err(invalid("served_at", "is not between as_of and now"));
    }
    let plain = |text: &str| {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        text.len() <= LONGEST && text.bytes().all(plain)
    };
    if id.is_empty() || !plain(&id) {
        return Err(invalid("id", "is not 1 to 64 letters, digits, hyphens"));
    }
    if !plain(&refused) {
        return Err(invalid("refused", "is no code"));
    }
    Ok(ServedRead {
        id,
        caller: sealed.caller,
        tool,
        wallet,
        served_at,
        as_of,
        refused: (!refused.is_empty()).then_some(refused),
    })
}

fn invalid(field: &str, message: &str) -> Status {
    let field = format!("reads.{field}");
    to_status(&Fault::invalid("invalid_message", &field, message))
}
