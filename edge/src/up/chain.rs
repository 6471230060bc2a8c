//! The chains of the configuration, and the local one.

use std::path::{Path, PathBuf};
use std::time::Duration;

use vaultpilot_chain::{
    ChainSpec, Chains, Devnet, DevnetOptions, Endpoint, EndpointGuard, FaucetKind,
};
use vaultpilot_config::Config;
use vaultpilot_control_api::{Env, house};
use vaultpilot_core::ChainId;
use vaultpilot_ports::chain::ChainView;

use super::{StartError, UpArgs};

pub(crate) const DEVNET: ChainId = ChainId::eip155(31_337);
/// How often the local chain is looked at.
const DEVNET_POLL: Duration = Duration::from_millis(100);
/// How often it writes its state; an orderly end and even our own death write it, too.
const DEVNET_SAVE: Duration = Duration::from_secs(10);

/// The chains, and the process of the local one where it is ours.
pub(crate) struct Network {
    pub chains: Chains,
    pub devnet: Option<Devnet>,
    /// The shortest interval of all chains.
    pub poll: Duration,
}

/// Connects to nothing yet but a local chain: a chain that cannot be reached is told, not awaited.
pub(crate) async fn open(args: &UpArgs, config: &Config, env: &Env) -> Result<Network, StartError> {
    let mut specs: Vec<ChainSpec> = config
        .enabled_chains()
        .map(|(id, chain)| house::chain::spec(id, chain))
        .collect();
    let mut devnet = None;
    if args.wants_devnet() {
        let url = if let Some(url) = &args.devnet_url {
            url.clone()
        } else {
            let started = Devnet::start(options(args, &config.data.dir, env)?).await?;
            devnet.insert(started).url()
        };
        specs.retain(|spec| spec.view.id != DEVNET);
        specs.push(devnet_spec(url));
    }
    if specs.is_empty() {
        return Err(StartError::NoChain);
    }
    let private = config
        .enabled_chains()
        .any(|(_, chain)| chain.allow_private);
    let guard = EndpointGuard {
        allow_loopback: private || args.wants_devnet(),
        allow_private: private,
    };
    let poll = house::chain::shortest(&specs).unwrap_or(DEVNET_POLL);
    Ok(Network {
        chains: Chains::new(specs, guard)?,
        devnet,
        poll,
    })
}

fn devnet_spec(url: String) -> ChainSpec {
    ChainSpec {
        view: ChainView {
            id: DEVNET,
            name: "Local devnet".to_owned(),
            currency: "ETH".to_owned(),
            testnet: true,
            confirmations: 1,
            explorer: None,
            faucet: true,
        },
        endpoints: vec![Endpoint::new(url)],
        poll_interval: DEVNET_POLL,
        faucet: FaucetKind::DevAccount,
    }
}

fn options(args: &UpArgs, data_dir: &Path, env: &Env) -> Result<DevnetOptions, StartError> {
    let anvil = args
        .anvil
        .clone()
        .or_else(|| on_path(env))
        .ok_or(StartError::NoAnvil)?;
    let mut options = DevnetOptions::new(anvil);
    options.state_file = Some(data_dir.join("devnet.json"));
    options.state_interval = DEVNET_SAVE;
    if let Some(seconds) = args.block_time {
        options.block_time = Duration::from_secs(seconds);
    }
    Ok(options)
}

fn on_path(env: &Env) -> Option<PathBuf> {
    let path = env.get("PATH")?;
    path.split(':')
        .map(|folder| Path::new(folder).join("anvil"))
        .find(|file| file.is_file())
}
