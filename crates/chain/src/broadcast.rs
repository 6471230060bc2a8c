//! Sends signed bytes, the same ones however often.

use alloy::primitives::{B256, Bytes, keccak256};
use async_trait::async_trait;
use vaultpilot_core::ChainId;
use vaultpilot_intent::Answer;
use vaultpilot_intent::answer::classify;
use vaultpilot_ports::Broadcaster;

use crate::chains::Chains;
use crate::node::{CallError, Node};
use crate::pool::Pool;

#[async_trait]
impl Broadcaster for Chains {
    async fn broadcast(&self, chain: ChainId, raw: &Bytes) -> Answer {
        match self.network(chain) {
            Ok(network) => send(&network.pool, raw).await,
            // Nothing was sent, and nothing is known.
            Err(_) => Answer::Unclear,
        }
    }
}

/// Goes from endpoint to endpoint until one gives a clear answer. Once an endpoint may have taken
/// the bytes without saying so, another one's refusal no longer proves that nobody has them.
async fn send(pool: &Pool, raw: &Bytes) -> Answer {
    let hash = keccak256(raw);
    let mut may_be_out = false;
    for node in pool.ranked() {
        match attempt(node, raw, hash).await {
            Attempt::NotSent => {}
            Attempt::Answered(Answer::Unclear) => may_be_out = true,
            Attempt::Answered(Answer::Rejected | Answer::Underpriced) if may_be_out => {
                return Answer::Unclear;
            }
            Attempt::Answered(answer) => return answer,
        }
    }
    Answer::Unclear
}

enum Attempt {
    /// For certain: no connection, or another chain behind the URL.
    NotSent,
    Answered(Answer),
}

async fn attempt(node: &Node, raw: &Bytes, hash: B256) -> Attempt {
    if node.verify().await.is_err() {
        return Attempt::NotSent;
    }
    match node
        .call::<_, B256>("eth_sendRawTransaction", (raw.clone(),))
        .await
    {
        Ok(returned) if returned == hash => Attempt::Answered(Answer::Accepted),
        Err(CallError::Refused(payload)) => Attempt::Answered(classify(&payload.message)),
        Err(CallError::Unable(_) | CallError::WrongChain { .. }) => Attempt::NotSent,
        Err(CallError::Fault(fault)) if !fault.may_have_arrived() => Attempt::NotSent,
        Ok(_) | Err(CallError::Fault(_) | CallError::Form) => Attempt::Answered(Answer::Unclear),
    }
}
