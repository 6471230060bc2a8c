//! Who stands at the door: tokens, contexts, limits, and what answers without either.

use std::time::{Duration, Instant};

use vaultpilot_core::Duration as Span;
use vaultpilot_proto::pb::runtime_service_client::RuntimeServiceClient;
use vaultpilot_proto::prost::Message as _;
use vaultpilot_proto::tonic::{Code, Request, Status};
use vaultpilot_proto::tonic_health::pb::HealthCheckRequest;
use vaultpilot_proto::tonic_health::pb::health_client::HealthClient;
use vaultpilot_proto::tonic_reflection::pb::v1 as reflection;
use vaultpilot_proto::{methods, pb};

use super::door::{AUDIENCE, Door, Limits, authenticate};
use super::wire::{call, reason, send};

const TOOLS: &str = "/vaultpilot.v1.RuntimeService/Tools";

/// A call of the agent of acme, with this token.
async fn tools(door: &Door, token: &str, context: &[u8]) -> Result<Vec<u8>, Status> {
    let message = pb::ToolsRequest {
        context: context.to_vec(),
    };
    let message = message.encode_to_vec();
    call(&door.channel, TOOLS, false, message, Some(token)).await
}

fn refusal(answer: Result<Vec<u8>, Status>) -> (Code, String) {
    let status = answer.err().unwrap();
    (status.code(), reason(&status))
}

#[tokio::test]
async fn only_the_clusters_word_counts() {
    let door = Door::new().await;
    let bot = "system:serviceaccount:vp-acme:mcp-runtime";
    door.cluster.knows("wrong-audience", bot, "somebody-else");
    let account = "system:serviceaccount:vp-acme:default";
    door.cluster.knows("wrong-account", account, AUDIENCE);
    let namespace = "system:serviceaccount:elsewhere:mcp-runtime";
    door.cluster.knows("wrong-namespace", namespace, AUDIENCE);
    door.cluster.knows("a-person", "admin", AUDIENCE);
    let out = (Code::Unauthenticated, "workload_refused".to_owned());
    for token in [
        "unknown",
        "wrong-audience",
        "wrong-account",
        "wrong-namespace",
        "a-person",
        "operator",
        "",
        &"x".repeat(20_000),
    ] {
        let answer = tools(&door, token, &door.acme.context).await;
        assert_eq!(refusal(answer), out, "{token:.20}");
    }
    assert!(
        tools(&door, &door.acme.token, &door.acme.context)
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn two_tokens_are_none() {
    let door = Door::new().await;
    let message = pb::ToolsRequest {
        context: door.acme.context.clone(),
    };
    let mut request = Request::new(message.encode_to_vec());
    for side in [&door.acme, &door.umbra] {
        let bearer = format!("Bearer {}", side.token).parse().unwrap();
        request.metadata_mut().append("authorization", bearer);
    }
    let answer = send(&door.channel, TOOLS, false, request).await;
    assert_eq!(refusal(answer).1, "workload_refused");
}

#[tokio::test]
async fn who_cannot_be_told_is_not_let_in_and_may_come_again() {
    let door = Door::new().await;
    door.cluster.knows(
        "fresh",
        "system:serviceaccount:vp-acme:mcp-runtime",
        AUDIENCE,
    );
    door.cluster.is_down(true);
    let answer = tools(&door, "fresh", &door.acme.context).await;
    let unavailable = "token_review_unavailable".to_owned();
    assert_eq!(refusal(answer), (Code::Unavailable, unavailable));
    // Whoever was known a moment ago still is, for a minute.
    assert!(
        tools(&door, &door.acme.token, &door.acme.context)
            .await
            .is_ok()
    );
    door.clock.advance(Span::from_mins(1));
    let answer = tools(&door, &door.acme.token, &door.acme.context).await;
    assert_eq!(refusal(answer).0, Code::Unavailable);
    door.cluster.is_down(false);
    let answer = tools(&door, "fresh", &door.acme.context).await;
    assert_eq!(
        refusal(answer).1,
        "context_over",
        "let in, and a minute late"
    );
}

#[tokio::test]
async fn a_pod_that_is_gone_is_out_within_a_minute() {
    let door = Door::new().await;
    let Door { acme, .. } = &door;
    door.cluster.forgets(&acme.token);
    assert!(tools(&door, &acme.token, &acme.context).await.is_ok());
    door.clock.advance(Span::from_mins(1));
    let answer = tools(&door, &acme.token, &acme.context).await;
    assert_eq!(refusal(answer).1, "workload_refused");
}

#[tokio::test]
async fn a_context_lives_a_minute_and_no_longer_than_its_key() {
    let door = Door::new().await;
    let Door { acme, .. } = &door;
    door.clock.advance(Span::from_secs(59));
    assert!(tools(&door, &acme.token, &acme.context).await.is_ok());
    door.clock.advance(Span::from_secs(1));
    let over = (Code::Unauthenticated, "context_over".to_owned());
    let answer = tools(&door, &acme.token, &acme.context).await;
    assert_eq!(refusal(answer), over);
    let fresh = authenticate(&door.channel, &acme.token, acme.name, &acme.key).await;
    assert!(tools(&door, &acme.token, &fresh).await.is_ok());
    let name = "acme-bot".parse().unwrap();
    let tenant = acme.name.parse().unwrap();
    door.app.house_key_revoke(&tenant, &name).await.unwrap();
    let answer = tools(&door, &acme.token, &fresh).await;
    assert_eq!(refusal(answer), over, "revoked while the context was good");
}

#[tokio::test]
async fn a_wrong_credential_is_the_callers_fault_not_the_pods() {
    let door = Door::new().await;
    let mut request = Request::new(pb::AuthenticateRequest {
        tenant: "acme".to_owned(),
        credential: door.umbra.key.clone(),
        client_ip: Some("10.0.0.9".to_owned()),
    });
    let bearer = format!("Bearer {}", door.acme.token).parse().unwrap();
    request.metadata_mut().insert("authorization", bearer);
    let mut client = RuntimeServiceClient::new(door.channel.clone());
    let status = client.authenticate(request).await.unwrap_err();
    assert_eq!(reason(&status), "unauthenticated");
    let last = door.entries(&door.acme).await.pop();
    assert_eq!(last.as_deref(), Some("authentication.failed"));
}

#[tokio::test]
async fn health_and_reflection_answer_anybody() {
    let door = Door::new().await;
    let mut health = HealthClient::new(door.channel.clone());
    for service in ["", "vaultpilot.v1.RuntimeService"] {
        let asked = HealthCheckRequest {
            service: service.to_owned(),
        };
        let answer = health.check(asked).await.unwrap().into_inner();
        assert_eq!(answer.status, 1, "{service} is serving");
    }
    let mut client =
        reflection::server_reflection_client::ServerReflectionClient::new(door.channel.clone());
    let asked = reflection::ServerReflectionRequest {
        host: String::new(),
        message_request: Some(
            reflection::server_reflection_request::MessageRequest::ListServices(String::new()),
        ),
    };
    let asked = futures::stream::iter([asked]);
    let mut answers = client
        .server_reflection_info(asked)
        .await
        .unwrap()
        .into_inner();
    let answer = answers.message().await.unwrap().unwrap();
    let Some(reflection::server_reflection_response::MessageResponse::ListServicesResponse(list)) =
        answer.message_response
    else {
        panic!("{answer:?}");
    };
    let listed: Vec<String> = list.service.into_iter().map(|one| one.name).collect();
    for method in methods() {
        assert!(listed.contains(&method.service), "{listed:?}");
    }
}

#[tokio::test]
async fn what_is_in_no_table_is_not_there() {
    let door = Door::new().await;
    for path in [
        "/vaultpilot.v1.RuntimeService/Sign",
        "/vaultpilot.v1.KeyService/Export",
        "/x/y",
    ] {
        let answer = call(&door.channel, path, false, vec![], Some(&door.acme.token)).await;
        assert_eq!(refusal(answer).0, Code::Unimplemented, "{path}");
    }
}

#[tokio::test]
async fn messages_have_a_largest_size() {
    let door = Door::new().await;
    let huge = vec![7; 100_000];
    let status = tools(&door, &door.acme.token, &huge).await.unwrap_err();
    assert!(
        matches!(status.code(), Code::OutOfRange | Code::ResourceExhausted),
        "{status:?}"
    );
    assert!(
        tools(&door, &door.acme.token, &door.acme.context)
            .await
            .is_ok()
    );
}

/// Waits for the payment that waits for a person: nothing ever happens to it.
async fn wait(door: &Door, deadline: Duration) -> Result<Vec<u8>, Status> {
    let message = pb::TransactionWaitRequest {
        context: door.acme.context.clone(),
        transaction: door.acme.transaction.clone(),
        confirmations: None,
        timeout_s: 20,
    };
    let mut request = Request::new(message.encode_to_vec());
    request.set_timeout(deadline);
    let bearer = format!("Bearer {}", door.acme.token).parse().unwrap();
    request.metadata_mut().insert("authorization", bearer);
    let path = "/vaultpilot.v1.RuntimeService/TransactionWait";
    send(&door.channel, path, false, request).await
}

#[tokio::test]
async fn a_deadline_is_kept() {
    let door = Door::new().await;
    assert!(!door.acme.transaction.is_empty());
    #[expect(clippy::disallowed_methods, reason = "the deadline is real time")]
    let begun = Instant::now();
    let status = wait(&door, Duration::from_millis(300)).await.unwrap_err();
    assert!(
        matches!(status.code(), Code::DeadlineExceeded | Code::Cancelled),
        "{status:?}"
    );
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn one_tenant_leaves_room_for_others() {
    let door = Door::with(Limits { max_in_flight: 16 }).await;
    let waiting = (0..12).map(|_| wait(&door, Duration::from_secs(2)));
    let waiting = futures::future::join_all(waiting);
    let umbra = async {
        // Not before the others stand in line.
        tokio::time::sleep(Duration::from_millis(500)).await;
        tools(&door, &door.umbra.token, &door.umbra.context).await
    };
    let (waited, answer) = tokio::join!(waiting, umbra);
    assert!(answer.is_ok(), "{answer:?}");
    let busy = waited
        .into_iter()
        .filter_map(Result::err)
        .filter(|status| reason(status) == "too_many_calls")
        .count();
    assert_eq!(
        busy, 8,
        "a quarter of 16 waits, the rest is told to come again"
    );
}
