//! The deciding zone: the use-cases, over a wrapper that makes keys and unwraps none.

use std::sync::Arc;

use tokio_util::task::TaskTracker;
use vaultpilot_app::{App, AppParts, AuditWriter, Exports, Pepper};
use vaultpilot_config::{Custody, Export};
use vaultpilot_keys::{KekMac, LocalRootWrapper, Wrapper, WrapperParts};
use vaultpilot_ports::ChainReader as _;
use zeroize::Zeroizing;

use super::{Ground, OpenError, secret};

/// The use-cases. `writers` are tasks that end after the last call was answered.
///
/// # Errors
/// When a secret cannot be read.
pub fn open(
    ground: &Ground,
    custody: &Custody,
    writers: &TaskTracker,
) -> Result<Arc<App>, OpenError> {
    let entropy = Arc::clone(&ground.entropy);
    let root = LocalRootWrapper::mounted(&custody.kek_file, Arc::clone(&entropy))?;
    let pepper = Zeroizing::new(secret::bytes(&custody.pepper_file)?);
    let wrapper = Wrapper::new(WrapperParts {
        roots: ground.providers.wrappers(Arc::new(root)),
        external: ground.providers.external_keys(),
        mac: KekMac::new(&pepper),
        entropy,
        clock: Arc::clone(&ground.clock),
    });
    let measured = Arc::clone(&ground.metrics);
    let (audit, writing) =
        AuditWriter::observed(Arc::clone(&ground.store), move |entries, time| {
            measured.audit_appended(u32::try_from(entries).unwrap_or(u32::MAX), time);
        });
    writers.spawn(writing);
    Ok(Arc::new(App::new(AppParts {
        store: Arc::clone(&ground.store),
        wrapper: Arc::new(wrapper),
        chain: ground.chains.clone(),
        faucet: ground.chains.clone(),
        notifier: Arc::clone(&ground.notifier),
        clock: Arc::clone(&ground.clock),
        entropy: Arc::clone(&ground.entropy),
        audit,
        feed: ground.feed.clone(),
        pepper: Pepper::new(*pepper),
        live: ground.chains.chains().iter().any(|chain| !chain.testnet),
        exports: match custody.export {
            Export::Off => Exports::Off,
            Export::Sealed => Exports::ByTwo,
        },
    })))
}
