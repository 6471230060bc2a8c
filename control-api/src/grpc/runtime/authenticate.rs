//! A credential becomes a call context.

use secrecy::SecretString;
use vaultpilot_ports::ControlPlane as _;
use vaultpilot_proto::fault::to_status;
use vaultpilot_proto::tonic::{Request, Response, Status};
use vaultpilot_proto::{Wire, WireError, pb};

use super::Runtime;
use crate::grpc::answer::{pod_of, unreadable};
use crate::identity::LIFETIME;

pub(super) async fn authenticate(
    runtime: &Runtime,
    request: Request<pb::AuthenticateRequest>,
) -> Result<Response<pb::AuthenticateResponse>, Status> {
    let pod = pod_of(&request, &request.get_ref().tenant)?;
    let pb::AuthenticateRequest {
        tenant: _,
        credential,
        client_ip,
    } = request.into_inner();
    let credential = SecretString::from(credential);
    let ip = Wire::read(client_ip);
    let ip = ip.map_err(|error: WireError| unreadable(error.within("client_ip")))?;
    let tenant = &pod.tenancy.name;
    let caller = runtime.app.authenticate(tenant, &credential, ip).await;
    let caller = caller.map_err(|fault| to_status(&fault))?;
    let (context, sealed) = runtime
        .seal
        .seal(caller, &pod.namespace, runtime.clock.now());
    let lifetime = pb_duration(LIFETIME);
    Ok(Response::new(pb::AuthenticateResponse {
        context,
        caller: Some(Wire::write(sealed.caller)),
        expires_at: Some(Wire::write(sealed.expires_at)),
        lifetime: Some(lifetime),
    }))
}

fn pb_duration(length: std::time::Duration) -> vaultpilot_proto::prost_types::Duration {
    Wire::write(length)
}
