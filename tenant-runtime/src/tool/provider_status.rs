//! `provider_status`: whether chains answer.

use futures::future::join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vaultpilot_core::{ChainId, Tool};
use vaultpilot_ports::chain::{ChainError, EndpointStatus};
use vaultpilot_ports::{ChainReader, Fault};

use super::{Call, Hints, Spec, admit};
use crate::answer::Answer;
use crate::argument;
use crate::error::{chain_fault, sentence};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    /// All when absent
    chain: Option<String>,
}

#[derive(Serialize)]
struct StatusView {
    chains: Vec<ChainStatus>,
}

#[derive(Serialize)]
struct ChainStatus {
    chain: String,
    reachable: bool,
    endpoints: Vec<EndpointStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

pub(super) struct ProviderStatus;

impl Spec for ProviderStatus {
    const DESCRIPTION: &'static str =
        "Whether chain endpoints answer, how quickly, at which block.";
    const HINTS: Hints = Hints::READS_CHAIN;
    type Arguments = Arguments;

    async fn run(call: &Call<'_>, arguments: Arguments) -> Result<Answer, Fault> {
        let chain = arguments
            .chain
            .as_deref()
            .map(argument::chain)
            .transpose()?;
        admit(call, Tool::ProviderStatus, None, chain).await?;
        let reader = call.chain();
        let asked = match chain {
            Some(chain) => vec![chain],
            None => reader.chains().into_iter().map(|view| view.id).collect(),
        };
        let chains = join_all(asked.into_iter().map(|chain| status(reader, chain))).await;
        let chains = chains.into_iter().collect::<Result<Vec<_>, _>>()?;
        let reachable = chains.iter().filter(|chain| chain.reachable).count();
        let sentence = format!("{reachable} of {} chains can be reached", chains.len());
        Answer::view(sentence, &StatusView { chains })
    }
}

/// A chain that is down is an answer; one that does not exist is a fault.
async fn status(reader: &dyn ChainReader, chain: ChainId) -> Result<ChainStatus, Fault> {
    let (endpoints, error) = match reader.status(chain).await {
        Ok(endpoints) => (endpoints, None),
        Err(error @ ChainError::Unknown { .. }) => return Err(chain_fault(error, "asset")),
        Err(error) => (Vec::new(), Some(sentence(&chain_fault(error, "asset")))),
    };
    Ok(ChainStatus {
        chain: chain.to_string(),
        reachable: endpoints.iter().any(|endpoint| endpoint.healthy),
        endpoints,
        error,
    })
}
