//! The signing zone: the executor, over the one signer of the hosted edition.

use std::sync::Arc;

use vaultpilot_app::{Executor, ExecutorParts};
use vaultpilot_chain::Eip1559;
use vaultpilot_config::Custody;
use vaultpilot_core::Entropy;
use vaultpilot_keys::LocalSigner;

use super::{Ground, OpenError};

/// # Errors
/// When the key encryption key cannot be opened.
pub fn open(ground: &Ground, custody: &Custody, holder: String) -> Result<Executor, OpenError> {
    let signer = LocalSigner::mounted(&custody.kek_file)?;
    Ok(Executor::new(ExecutorParts {
        store: Arc::clone(&ground.store),
        signer: Arc::new(signer),
        chain: ground.chains.clone(),
        broadcaster: ground.chains.clone(),
        codec: Arc::new(Eip1559),
        notifier: Arc::clone(&ground.notifier),
        clock: Arc::clone(&ground.clock),
        entropy: Arc::clone(&ground.entropy),
        feed: ground.feed.clone(),
        holder,
        poll: ground.poll,
    }))
}

/// Names this process in leases: no two processes ever have one name, also not a pod and the one
/// that was restarted in its place.
pub fn holder(pod: &str, entropy: &dyn Entropy) -> String {
    let mut random = [0u8; 4];
    entropy.fill(&mut random);
    let pod = if pod.is_empty() { "executor" } else { pod };
    format!("{pod}.{}", hex::encode(random))
}
