//! The operator: a certificate and a token, both or nothing.

use vaultpilot_core::{Quota, ResourceKind};
use vaultpilot_ports::resource_plane::TenantWish;
use vaultpilot_proto::pb::resource_service_client::ResourceServiceClient;
use vaultpilot_proto::prost::Message as _;
use vaultpilot_proto::tonic::transport::Channel;
use vaultpilot_proto::tonic::{Code, Status};
use vaultpilot_proto::{Wire as _, pb};
use vaultpilot_testkit::fixture::{CHAIN, label};

use super::authority::Authority;
use super::door::{AUDIENCE, Door, OPERATOR, managed};
use super::wire::{call, reason};

const APPLY: &str = "/vaultpilot.v1.ResourceService/TenantApply";

async fn apply(channel: &Channel, token: Option<&str>) -> Result<Vec<u8>, Status> {
    let wish = pb::TenantApplyRequest::write(TenantWish {
        by: managed(ResourceKind::Tenant, "initech"),
        name: label("initech"),
        namespace: "vp-initech".to_owned(),
        suspended: None,
        keys: vaultpilot_core::KeyManagement::Local,
        quota: Quota::default(),
        chains: vec![CHAIN],
    });
    call(channel, APPLY, false, wish.encode_to_vec(), token).await
}

fn refusal(answer: Result<Vec<u8>, Status>) -> (Code, String) {
    let status = answer.err().unwrap();
    (status.code(), reason(&status))
}

#[tokio::test]
async fn with_both_it_makes_tenants() {
    let door = Door::new().await;
    let channel = door.operator().await;
    let answer = apply(&channel, Some("operator")).await.unwrap();
    let report = pb::TenantReport::decode(answer.as_slice()).unwrap();
    assert_eq!(report.state, "active");
    // The pods of the new namespace are that tenant's from now on.
    let pod = "system:serviceaccount:vp-initech:mcp-runtime";
    door.cluster.knows("token.of.initech", pod, AUDIENCE);
    let message = pb::StrategyNextRequest { tenant: report.id };
    let path = "/vaultpilot.v1.StrategyService/StrategyNext";
    let answer = call(
        &door.channel,
        path,
        false,
        message.encode_to_vec(),
        Some("token.of.initech"),
    );
    answer.await.unwrap();
    // A namespace belongs to one tenant.
    let mut client = ResourceServiceClient::new(channel);
    let mut second =
        vaultpilot_proto::tonic::Request::new(pb::TenantApplyRequest::write(TenantWish {
            by: managed(ResourceKind::Tenant, "other"),
            name: label("other"),
            namespace: "vp-initech".to_owned(),
            suspended: None,
            keys: vaultpilot_core::KeyManagement::Local,
            quota: Quota::default(),
            chains: vec![CHAIN],
        }));
    let bearer = "Bearer operator".parse().unwrap();
    second.metadata_mut().insert("authorization", bearer);
    let status = client.tenant_apply(second).await.unwrap_err();
    assert_eq!(status.code(), Code::FailedPrecondition, "{status:?}");
}

#[tokio::test]
async fn with_one_of_them_it_is_nobody() {
    let door = Door::new().await;
    let out = (Code::Unauthenticated, "workload_refused".to_owned());
    let certified = door.operator().await;
    for (what, channel, token) in [
        ("no certificate", &door.channel, Some("operator")),
        ("no token", &certified, None),
        ("a pod's token", &certified, Some(door.acme.token.as_str())),
        ("an unknown token", &certified, Some("unknown")),
    ] {
        assert_eq!(refusal(apply(channel, token).await), out, "{what}");
    }
    let namesake = "system:serviceaccount:vp-acme:vaultpilot-operator";
    door.cluster.knows("namesake", namesake, AUDIENCE);
    let answer = apply(&certified, Some("namesake")).await;
    assert_eq!(refusal(answer), out, "the operator of another namespace");
}

#[tokio::test]
async fn another_certificate_of_the_same_ca_is_not_its() {
    let door = Door::new().await;
    let other = door.clients.client("somebody-else");
    let channel = door.connect(Some(&other)).await.unwrap();
    let answer = apply(&channel, Some("operator")).await;
    assert_eq!(refusal(answer).1, "workload_refused");
}

#[tokio::test]
async fn a_certificate_of_another_ca_is_not_talked_to() {
    let door = Door::new().await;
    let strange = Authority::new("clients").client(OPERATOR);
    // TLS 1.3: the client learns with its first call that the server has hung up.
    let answer = match door.connect(Some(&strange)).await {
        Ok(channel) => apply(&channel, Some("operator")).await,
        Err(error) => Err(Status::unavailable(error)),
    };
    let status = answer.unwrap_err();
    assert!(
        matches!(status.code(), Code::Unavailable | Code::Unknown),
        "{status:?}"
    );
    // A server's certificate is no client's either, even of the right CA.
    let server = door.clients.server(OPERATOR);
    let answer = match door.connect(Some(&server)).await {
        Ok(channel) => apply(&channel, Some("operator")).await,
        Err(error) => Err(Status::unavailable(error)),
    };
    assert!(answer.is_err(), "{answer:?}");
}
