//! The chains of a configuration.

use std::time::Duration;

use vaultpilot_chain::{ChainSpec, Chains, ChainsError, Endpoint, EndpointGuard, FaucetKind};
use vaultpilot_config::{Chain, HostedConfig};
use vaultpilot_core::ChainId;
use vaultpilot_ports::chain::ChainView;

/// How often work is looked for where no chain says how often.
const POLL: Duration = Duration::from_secs(2);

/// Connects to nothing yet: a chain that cannot be reached is told, not awaited.
///
/// # Errors
/// When an endpoint cannot be used at all.
pub fn open(config: &HostedConfig) -> Result<(Chains, Duration), ChainsError> {
    let specs: Vec<ChainSpec> = config
        .enabled_chains()
        .map(|(id, chain)| spec(id, chain))
        .collect();
    let poll = shortest(&specs).unwrap_or(POLL);
    let private = config
        .enabled_chains()
        .any(|(_, chain)| chain.allow_private);
    let guard = EndpointGuard {
        allow_loopback: private,
        allow_private: private,
    };
    Ok((Chains::new(specs, guard)?, poll))
}

/// The shortest interval of all chains.
pub fn shortest(specs: &[ChainSpec]) -> Option<Duration> {
    specs.iter().map(|spec| spec.poll_interval).min()
}

/// A configured chain, as the pool of endpoints wants it.
pub fn spec(id: ChainId, chain: &Chain) -> ChainSpec {
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
        endpoints: chain
            .rpc
            .iter()
            .map(|url| Endpoint::new(url.expose()))
            .collect(),
        poll_interval: chain.poll_interval.duration(),
        faucet: FaucetKind::None,
    }
}
