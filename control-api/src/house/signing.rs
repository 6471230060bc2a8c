//! The signing zone: the executor and the work on keys, over the one keyring of the hosted edition.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use vaultpilot_app::{self as app, CustodyParts, Executor, ExecutorParts, Exports};
use vaultpilot_chain::Eip1559;
use vaultpilot_config::{Custody, Export};
use vaultpilot_core::{Duration, Entropy};
use vaultpilot_keys::{Holding, KekMac, Keyring, KeyringParts, LocalRootUnwrapper, Roots};
use vaultpilot_ports::{RootUnwrapper, Signer};
use zeroize::Zeroizing;

use super::{Ground, OpenError, Providers, secret};

/// How often a keyring that nobody uses is looked through for keys that are held too long.
const SWEEP: Duration = Duration::from_mins(1);

/// What may unwrap keys.
pub struct SigningZone {
    executor: Executor,
    custody: app::Custody,
    keyring: Arc<Keyring>,
}

/// # Errors
/// When a root key or the pepper cannot be opened.
pub fn open(ground: &Ground, custody: &Custody, holder: String) -> Result<SigningZone, OpenError> {
    let entropy = Arc::clone(&ground.entropy);
    let previous = &custody.previous_kek_files;
    let root = LocalRootUnwrapper::mounted(&custody.kek_file, previous, Arc::clone(&entropy))?;
    let root = Arc::new(root);
    let pepper = Zeroizing::new(secret::bytes(&custody.pepper_file)?);
    let keyring = Arc::new(Keyring::new(KeyringParts {
        roots: unwrappers(&ground.providers, root.clone()),
        first: Some(root),
        external: external(&ground.providers),
        mac: KekMac::new(&pepper),
        entropy: Arc::clone(&entropy),
        clock: Arc::clone(&ground.clock),
        holding: Holding::default(),
    }));
    let executor = Executor::new(ExecutorParts {
        store: Arc::clone(&ground.store),
        signer: keyring.clone(),
        chain: ground.chains.clone(),
        broadcaster: ground.chains.clone(),
        codec: Arc::new(Eip1559),
        notifier: Arc::clone(&ground.notifier),
        clock: Arc::clone(&ground.clock),
        entropy: Arc::clone(&entropy),
        feed: ground.feed.clone(),
        holder,
        poll: ground.poll,
    });
    let exports = custody.export;
    let custody = app::Custody::new(CustodyParts {
        store: Arc::clone(&ground.store),
        custodian: keyring.clone(),
        chain: ground.chains.clone(),
        notifier: Arc::clone(&ground.notifier),
        clock: Arc::clone(&ground.clock),
        entropy,
        feed: ground.feed.clone(),
        exports: match exports {
            Export::Off => Exports::Off,
            Export::Sealed => Exports::ByTwo,
        },
    });
    Ok(SigningZone::new(executor, custody, keyring))
}

/// What unwraps, of the house's own root and of the providers.
pub fn unwrappers(
    providers: &Providers,
    local: Arc<dyn RootUnwrapper>,
) -> Roots<dyn RootUnwrapper> {
    let vault = providers.vault.as_ref();
    let aws_kms = providers.aws_kms.as_ref();
    Roots {
        local: Some(local),
        vault: vault.map(|vault| Arc::new(vault.unwrapper()) as Arc<dyn RootUnwrapper>),
        aws_kms: aws_kms.map(|kms| Arc::new(kms.unwrapper()) as Arc<dyn RootUnwrapper>),
    }
}

/// What signs with wallet keys that live elsewhere.
pub fn external(providers: &Providers) -> Option<Arc<dyn Signer>> {
    let aws_kms = providers.aws_kms.as_ref();
    aws_kms.map(|kms| Arc::new(kms.signer()) as Arc<dyn Signer>)
}

impl SigningZone {
    pub const fn new(executor: Executor, custody: app::Custody, keyring: Arc<Keyring>) -> Self {
        Self {
            executor,
            custody,
            keyring,
        }
    }

    /// Everything the zone does, until told to stop; the steps it is at are finished first.
    pub async fn run(self, stop: CancellationToken) {
        let Self {
            executor,
            custody,
            keyring,
        } = self;
        tokio::join!(
            executor.run(stop.clone()),
            custody.run(stop.clone()),
            sweep(&keyring, &stop),
        );
    }
}

/// Erases keys that are held too long, also while nobody signs.
async fn sweep(keyring: &Keyring, stop: &CancellationToken) {
    while stop
        .run_until_cancelled(tokio::time::sleep(SWEEP))
        .await
        .is_some()
    {
        keyring.sweep();
    }
}

/// Names this process in leases: no two processes ever have one name, also not a pod and the one
/// that was restarted in its place.
pub fn holder(pod: &str, entropy: &dyn Entropy) -> String {
    let mut random = [0u8; 4];
    entropy.fill(&mut random);
    let pod = if pod.is_empty() { "executor" } else { pod };
    format!("{pod}.{}", hex::encode(random))
}
