//! Keeps the packet filter as the objects want it.
//!
//! What changes is only a hint: at each hint everything is read anew, so that no order of events and
//! no lost one can leave the filter wrong for longer than the pause between two readings.

use super::address::{self, Addresses};
use super::filter;
use super::object::World;
use crate::checkout::Checkout;
use crate::cluster::fault::Fault;
use crate::cluster::name::Name;
use crate::cluster::place::Place;
use crate::cluster::record::Record;
use crate::cluster::trace::ADDRESSES;
use crate::cluster::wait::{now, pause};
use crate::error::{Error, report};
use crate::process::{not_started, program, read};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

const KINDS: [&str; 3] = ["networkpolicies", "pods", "namespaces"];
/// How often is looked whether the network plugin has given an address.
const LOOK: Duration = Duration::from_millis(50);
/// The longest pause between two readings.
const ANYWAY: Duration = Duration::from_secs(5);
/// The pause after a filter that was refused.
const AGAIN: Duration = Duration::from_secs(1);

/// The file that appears when the filter is there.
pub(in crate::cluster) const READY: &str = "policy.ready";

/// Runs until it is stopped.
pub(in crate::cluster) fn run(checkout: &Checkout, name: &Name) -> Result<ExitCode, Error> {
    let place = Place::of(checkout, name)?;
    let record = Record::read(&place)?.ok_or_else(|| Fault::Down(name.to_string()))?;
    let api = Api {
        kubectl: record.tools.join("kubectl"),
        kubeconfig: place.path("policy.kubeconfig"),
        cache: place.path("policy-cache"),
    };
    let (hint, hints) = channel();
    let mut keeper = Keeper {
        checkout,
        api: &api,
        place: &place,
        network: name.namespace(),
        range: record.subnet.pods(),
        world: World::default(),
        applied: String::new(),
    };
    // With no pod known, nothing of a pod passes.
    keeper.apply(&Addresses::new())?;
    thread::scope(|scope| {
        for kind in KINDS {
            let (api, hint) = (&api, hint.clone());
            scope.spawn(move || watch(checkout, api, kind, &hint));
        }
        drop(hint);
        keeper.keep(&hints)
    })
}

/// How the API server is reached.
#[derive(Debug)]
struct Api {
    kubectl: PathBuf,
    kubeconfig: PathBuf,
    cache: PathBuf,
}

impl Api {
    fn get(&self, checkout: &Checkout, kinds: &str) -> Command {
        let mut command = program(checkout, &self.kubectl);
        command
            .arg("--kubeconfig")
            .arg(&self.kubeconfig)
            .arg("--cache-dir")
            .arg(&self.cache)
            .args(["get", kinds, "--all-namespaces"])
            .stdin(Stdio::null());
        command
    }
}

/// Gives a hint for each change of a kind; a watch that ends is begun again.
fn watch(checkout: &Checkout, api: &Api, kind: &'static str, hint: &Sender<()>) {
    loop {
        let mut command = api.get(checkout, kind);
        command
            .args(["--watch-only", "--output=name"])
            .stdout(Stdio::piped());
        if let Ok(mut child) = command.spawn() {
            for _ in child
                .stdout
                .take()
                .map(BufReader::new)
                .into_iter()
                .flat_map(BufReader::lines)
            {
                if hint.send(()).is_err() {
                    return;
                }
            }
            // Waited for, so that nothing of it remains. How it ended does not matter.
            let _ = child.wait();
        }
        pause(AGAIN);
    }
}

#[derive(Debug)]
struct Keeper<'a> {
    checkout: &'a Checkout,
    api: &'a Api,
    place: &'a Place,
    network: String,
    range: String,
    world: World,
    applied: String,
}

impl Keeper<'_> {
    fn keep(&mut self, hints: &Receiver<()>) -> Result<ExitCode, Error> {
        let mut ready = false;
        let mut read_at = None;
        loop {
            let hinted = match hints.recv_timeout(LOOK) {
                Ok(()) => {
                    // However many: one reading answers them all.
                    hints.try_iter().for_each(drop);
                    true
                }
                Err(RecvTimeoutError::Timeout) => false,
                Err(RecvTimeoutError::Disconnected) => return Ok(ExitCode::FAILURE),
            };
            if hinted || read_at.is_none_or(|at: std::time::Instant| at.elapsed() > ANYWAY) {
                match self.read() {
                    Ok(()) => {
                        read_at = Some(now());
                    }
                    // What was known holds on; the API server may be busy or not there yet.
                    Err(error) => report(&error),
                }
            }
            let given = address::given(Path::new(ADDRESSES), &self.network);
            if let Err(error) = self.apply(&given) {
                // The filter before it holds on, and drops what it does not know.
                report(&error);
                pause(AGAIN);
            }
            if !ready && read_at.is_some() {
                self.place.write(READY, "")?;
                ready = true;
            }
        }
    }

    fn read(&mut self) -> Result<(), Error> {
        let mut command = self.api.get(self.checkout, &KINDS.join(","));
        let list = read(command.args(["--output=json", "--request-timeout=5s"]))?;
        self.world = World::parse(&list).map_err(|source| Fault::Answer {
            program: "kubectl",
            source,
        })?;
        Ok(())
    }

    /// Replaces the filter in one step, if it is another than before.
    fn apply(&mut self, given: &Addresses) -> Result<(), Error> {
        let filter = filter::render(&self.world, given, &self.range);
        if filter == self.applied {
            return Ok(());
        }
        let mut nft = program(self.checkout, "nft");
        nft.args(["--file", "-"]).stdin(Stdio::piped());
        let mut child = nft.spawn().map_err(|source| not_started(&nft, source))?;
        if let Some(mut input) = child.stdin.take() {
            input
                .write_all(filter.as_bytes())
                .map_err(Error::file("write to", "nft"))?;
        }
        let status = child.wait().map_err(Error::file("wait for", "nft"))?;
        if !status.success() {
            return Err(Error::Ended {
                command: crate::process::line(&nft),
                status,
            });
        }
        self.applied = filter;
        Ok(())
    }
}
