//! The node's process, held on a leash: a shell that ends the node when our end of its standard
//! input is gone, which the kernel sees to even if we are killed.

use std::fs::File;
use std::io;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, ChildStdin, Command};

use super::{DevnetError, DevnetOptions};

const LEASH: &str = include_str!("leash.sh");

#[derive(Debug)]
pub(super) struct Leash {
    child: Child,
    hold: Option<ChildStdin>,
}

impl Leash {
    pub(super) fn spawn(
        options: &DevnetOptions,
        port: u16,
        log: Option<File>,
    ) -> Result<Self, DevnetError> {
        let (output, errors) = match log {
            Some(log) => {
                let copy = log.try_clone().map_err(DevnetError::Process)?;
                (Stdio::from(log), Stdio::from(copy))
            }
            None => (Stdio::null(), Stdio::null()),
        };
        let mut child = Command::new("/bin/sh")
            .arg("-c")
            .arg(LEASH)
            .arg("devnet")
            .arg(&options.anvil)
            .args(arguments(options, port))
            // Our environment holds secrets, and the node needs nothing of it.
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            // A terminal's Ctrl-C is for us to handle; the node stays until we are done.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(output)
            .stderr(errors)
            .spawn()
            .map_err(DevnetError::Process)?;
        let hold = child.stdin.take();
        Ok(Self { child, hold })
    }

    pub(super) fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Lets go: the node ends.
    pub(super) fn release(&mut self) {
        self.hold = None;
    }

    pub(super) async fn ended(&mut self) -> io::Result<()> {
        self.child.wait().await.map(|_| ())
    }

    pub(super) fn has_ended(&mut self) -> io::Result<bool> {
        self.child.try_wait().map(|status| status.is_some())
    }
}

fn arguments(options: &DevnetOptions, port: u16) -> Vec<std::ffi::OsString> {
    let mut words: Vec<std::ffi::OsString> = Vec::new();
    let mut option = |name: &str, value: &std::ffi::OsStr| {
        words.push(name.into());
        words.push(value.to_owned());
    };
    option("--host", "127.0.0.1".as_ref());
    option("--port", port.to_string().as_ref());
    option("--chain-id", options.chain_id.to_string().as_ref());
    option("--prune-history", options.history.to_string().as_ref());
    if !options.block_time.is_zero() {
        option("--block-time", seconds(options.block_time).as_ref());
    }
    if let Some(state) = &options.state_file {
        option("--state", state.as_ref());
        let interval = options.state_interval.as_secs().max(1);
        option("--state-interval", interval.to_string().as_ref());
    }
    words.push("--quiet".into());
    words
}

/// anvil takes seconds with decimals.
fn seconds(time: Duration) -> String {
    format!(
        "{}.{:03}",
        time.as_secs(),
        time.subsec_millis().max(u32::from(time.as_secs() == 0))
    )
}
