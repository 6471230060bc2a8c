//! The endpoints of one chain, best first.

use std::time::Duration;

use alloy::rpc::json_rpc::{RpcRecv, RpcSend};
use futures::future::join_all;
use tokio::time::Instant;

use crate::node::{CallError, Node};
use crate::transport::CALL_TIMEOUT;

/// A question is passed on until this is over: two silent endpoints, or many that refuse at once.
const PATIENCE: Duration = CALL_TIMEOUT.saturating_mul(2);

#[derive(Debug)]
pub(crate) struct Pool {
    nodes: Vec<Node>,
}

impl Pool {
    pub(crate) const fn new(nodes: Vec<Node>) -> Self {
        Self { nodes }
    }

    pub(crate) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Resting endpoints come last, but they come: a bad answer is better than none.
    pub(crate) fn ranked(&self) -> Vec<&Node> {
        let now = Instant::now();
        let mut nodes: Vec<&Node> = self.nodes.iter().collect();
        nodes.sort_by_cached_key(|node| node.rank(now));
        nodes
    }

    /// Asks the best endpoint, and another one when it fails. An error the node answers with is an
    /// answer.
    pub(crate) async fn call<P: RpcSend, R: RpcRecv>(
        &self,
        method: &'static str,
        params: P,
    ) -> Result<R, CallError> {
        self.call_first(method, params)
            .await
            .map(|(result, _)| result)
    }

    /// The answer, and the endpoint that gave it.
    pub(crate) async fn call_first<P: RpcSend, R: RpcRecv>(
        &self,
        method: &'static str,
        params: P,
    ) -> Result<(R, &Node), CallError> {
        let deadline = Instant::now() + PATIENCE;
        let mut worst: Option<CallError> = None;
        for node in self.ranked() {
            match node.call(method, params.clone()).await {
                Ok(result) => return Ok((result, node)),
                Err(error @ CallError::Refused(_)) => return Err(error),
                Err(error) => worst = Some(telling(worst, error)),
            }
            if Instant::now() >= deadline {
                break;
            }
        }
        Err(worst.unwrap_or(CallError::Form))
    }

    /// Asks all endpoints but one, at the same time.
    pub(crate) async fn call_all<P: RpcSend, R: RpcRecv>(
        &self,
        method: &'static str,
        params: P,
        but: Option<&Node>,
    ) -> Vec<Result<R, CallError>> {
        let others = self
            .nodes
            .iter()
            .filter(|node| but.is_none_or(|but| !std::ptr::eq(*node, but)));
        join_all(others.map(|node| node.call(method, params.clone()))).await
    }
}

/// Of several failures, the one that says most: a node that answered beats one that did not.
fn telling(before: Option<CallError>, after: CallError) -> CallError {
    match (before, after) {
        (Some(before), CallError::Fault(_)) => before,
        (_, after) => after,
    }
}
