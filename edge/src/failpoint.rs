//! Test builds only: kills this process, as the kernel would, at the point it is told.

use rustix::process::{Signal, getpid, kill_process};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::screen::Screen;
use vaultpilot_control_api::Env;

/// Names the point to die at.
const VARIABLE: &str = "VAULTPILOT_FAILPOINT";

/// Arms the point that the environment names.
pub(crate) fn arm(env: &Env) {
    let Some(wanted) = env.get(VARIABLE) else {
        return;
    };
    let known = vaultpilot_app::failpoint::ALL
        .iter()
        .find(|name| **name == wanted);
    let Some(name) = known else {
        tracing::error!(wanted, "no failpoint of that name");
        return;
    };
    let die = || {
        // Nothing runs after SIGKILL: no destructor, no flush.
        let _ = kill_process(getpid(), Signal::KILL);
    };
    if let Err(error) = fail::cfg_callback(*name, die) {
        tracing::error!(error, "failpoint cannot be armed");
    }
}

/// Prints every point, in the order a payment passes them.
pub(crate) fn list(screen: &Screen) -> Result<Exit, Failure> {
    for name in vaultpilot_app::failpoint::ALL {
        screen.line(name)?;
    }
    Ok(Exit::Ok)
}
