//! Calls of any method, in bytes: what the tests say is exactly what is sent.

use vaultpilot_proto::prost::bytes::{Buf as _, BufMut as _};
use vaultpilot_proto::tonic::client::Grpc;
use vaultpilot_proto::tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use vaultpilot_proto::tonic::codegen::http::uri::PathAndQuery;
use vaultpilot_proto::tonic::transport::Channel;
use vaultpilot_proto::tonic::{Request, Status};
use vaultpilot_proto::tonic_types::StatusExt as _;

#[derive(Clone, Copy, Default)]
struct Bytes;

impl Codec for Bytes {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Bytes {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        to.put_slice(&item);
        Ok(())
    }
}

impl Decoder for Bytes {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        Ok(Some(from.copy_to_bytes(from.remaining()).to_vec()))
    }
}

/// One call: the answer, or the first message of a stream.
pub(super) async fn call(
    channel: &Channel,
    path: &str,
    streams: bool,
    message: Vec<u8>,
    token: Option<&str>,
) -> Result<Vec<u8>, Status> {
    let mut request = Request::new(message);
    if let Some(token) = token {
        let value = format!("Bearer {token}").parse().unwrap();
        request.metadata_mut().insert("authorization", value);
    }
    send(channel, path, streams, request).await
}

pub(super) async fn send(
    channel: &Channel,
    path: &str,
    streams: bool,
    request: Request<Vec<u8>>,
) -> Result<Vec<u8>, Status> {
    let mut client = Grpc::new(channel.clone());
    client
        .ready()
        .await
        .map_err(|error| Status::unavailable(error.to_string()))?;
    let path: PathAndQuery = path.parse().unwrap();
    if streams {
        let answer = client.server_streaming(request, path, Bytes).await?;
        let first = answer.into_inner().message().await?;
        return Ok(first.unwrap_or_default());
    }
    let answer = client.unary(request, path, Bytes).await?;
    Ok(answer.into_inner())
}

/// The stable code of a refusal.
pub(super) fn reason(status: &Status) -> String {
    let details = status.get_error_details();
    let info = details.error_info();
    info.map(|info| info.reason.clone()).unwrap_or_default()
}
