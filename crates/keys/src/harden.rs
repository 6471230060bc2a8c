//! What a process that holds keys asks of the kernel.

/// The kernel refused.
#[derive(Debug, thiserror::Error)]
#[error("process cannot be hardened")]
pub struct HardenError(#[source] std::io::Error);

/// No core dumps, and no tracing by other processes of the same user. Called first thing by a
/// process that signs.
///
/// # Errors
/// When the kernel refuses; a signer should not start then.
#[cfg(target_os = "linux")]
pub fn harden_process() -> Result<(), HardenError> {
    use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
    set_dumpable_behavior(DumpableBehavior::NotDumpable)
        .and_then(|()| {
            setrlimit(
                Resource::Core,
                Rlimit {
                    current: Some(0),
                    maximum: Some(0),
                },
            )
        })
        .map_err(|refused| HardenError(refused.into()))
}

/// Only Linux knows how.
///
/// # Errors
/// Always.
#[cfg(not(target_os = "linux"))]
pub fn harden_process() -> Result<(), HardenError> {
    Err(HardenError(std::io::ErrorKind::Unsupported.into()))
}

#[cfg(test)]
mod tests;
