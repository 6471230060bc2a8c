//! rmcp's own client, in both lifecycles, over the socket.

use rmcp::model::{CallToolRequestParams, ProtocolVersion, ReadResourceRequestParams};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use rmcp::{ClientLifecycleMode, ClientServiceExt as _, ServiceExt as _};
use serde_json::json;
use vaultpilot_core::Tool;

use crate::house::KEY;
use crate::wire::{Endpoint, client};

fn transport(endpoint: &Endpoint, key: &str) -> StreamableHttpClientTransport<reqwest::Client> {
    let config = StreamableHttpClientTransportConfig::with_uri(endpoint.url()).auth_header(key);
    StreamableHttpClientTransport::with_client(client(), config)
}

#[tokio::test]
async fn the_older_lifecycle_lists_and_calls() {
    let endpoint = Endpoint::new().await;
    let agent = ().serve(transport(&endpoint, KEY)).await.unwrap();
    let tools = agent.list_all_tools().await.unwrap();
    assert_eq!(tools.len(), Tool::ALL.len());
    let arguments = json!({ "wallet": "treasury" }).as_object().unwrap().clone();
    let params = CallToolRequestParams::new("get_wallet").with_arguments(arguments);
    let result = agent.call_tool(params).await.unwrap();
    assert_eq!(result.structured_content.unwrap()["label"], "treasury");
    assert_eq!(agent.list_all_prompts().await.unwrap().len(), 3);
    assert_eq!(agent.list_all_resources().await.unwrap().len(), 1);
    agent.cancel().await.unwrap();
}

#[tokio::test]
async fn the_newer_lifecycle_lists_and_calls() {
    let endpoint = Endpoint::new().await;
    let lifecycle = ClientLifecycleMode::Discover {
        preferred_versions: vec![ProtocolVersion::V_2026_07_28],
    };
    let agent = ().serve_with_lifecycle(transport(&endpoint, KEY), lifecycle).await.unwrap();
    let info = agent.peer_info().unwrap();
    assert_eq!(info.protocol_version, ProtocolVersion::V_2026_07_28);
    assert_eq!(agent.list_all_tools().await.unwrap().len(), Tool::ALL.len());
    let result = agent
        .call_tool(CallToolRequestParams::new("get_capabilities"))
        .await
        .unwrap();
    assert_eq!(result.structured_content.unwrap()["tenant"], "default");
    let context = ReadResourceRequestParams::new("vaultpilot://context");
    let read = agent.read_resource(context).await.unwrap();
    assert_eq!(read.contents.len(), 1);
    agent.cancel().await.unwrap();
}

#[tokio::test]
async fn a_wrong_key_is_not_let_in() {
    let endpoint = Endpoint::new().await;
    let refused = ().serve(transport(&endpoint, "vp_test_wrong")).await;
    assert!(refused.is_err());
    assert_eq!(endpoint.house.count(), 0);
}
