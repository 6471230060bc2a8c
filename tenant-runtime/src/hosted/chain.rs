//! The chains the pod reads. It can send nothing: what it opens is only ever asked.

use vaultpilot_chain::{ChainSpec, Chains, ChainsError, Endpoint, EndpointGuard, FaucetKind};
use vaultpilot_config::{Chain, RuntimeConfig};
use vaultpilot_core::ChainId;
use vaultpilot_ports::chain::ChainView;

/// Connects to nothing yet: a chain that cannot be reached is told, not awaited.
pub(super) fn open(config: &RuntimeConfig) -> Result<Chains, ChainsError> {
    let specs = config.enabled_chains().map(|(id, chain)| spec(id, chain));
    let private = config
        .enabled_chains()
        .any(|(_, chain)| chain.allow_private);
    let guard = EndpointGuard {
        allow_loopback: private,
        allow_private: private,
    };
    Chains::new(specs.collect(), guard)
}

fn spec(id: ChainId, chain: &Chain) -> ChainSpec {
    let endpoints = chain.rpc.iter().map(|url| Endpoint::new(url.expose()));
    ChainSpec {
        view: ChainView {
            id,
            name: chain.name.clone(),
            currency: chain.currency.clone(),
            testnet: chain.testnet,
            confirmations: chain.confirmations,
            explorer: chain.explorer.as_ref().map(|url| format!("{url}{{tx}}")),
            faucet: false,
        },
        endpoints: endpoints.collect(),
        poll_interval: chain.poll_interval.duration(),
        faucet: FaucetKind::None,
    }
}
