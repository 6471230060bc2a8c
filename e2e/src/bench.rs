//! The benchmark: a guarded call against the bare protocol and against its peers, in one run, on
//! one core each; and what a payment costs from accepted to broadcast.
//!
//! Every row is a ratio to something measured in the same rounds. Nothing here judges: numbers are
//! printed, and written to docs/benchmarks.md with `--write`.

mod call;
mod floor;
mod load;
mod machine;
mod path;
mod peer;
mod report;
mod signing;

use crate::{Chain, House};
use report::Report;
use signing::Signing;

/// How long and how often.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effort {
    pub rounds: usize,
    pub seconds: u64,
    pub payments: usize,
}

/// Runs what the arguments ask for: `--quick`, `--write`, `--signing` with what was measured before, or,
/// for its own use, `floor --port N`.
pub fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = { runtime }.worker_threads(1).enable_all().build().unwrap();
    if arguments.first().is_some_and(|word| word == "floor") {
        let port = arguments.last().and_then(|port| port.parse().ok());
        return runtime.block_on(floor::serve(
            port.unwrap_or_else(|| panic!("floor --port N")),
        ));
    }
    let quick = arguments.iter().any(|word| word == "--quick");
    let effort = if quick {
        Effort {
            rounds: 2,
            seconds: 1,
            payments: 30,
        }
    } else {
        Effort {
            rounds: 5,
            seconds: 3,
            payments: 200,
        }
    };
    let signing = Signing::of(&arguments);
    let report = runtime.block_on(run(effort, signing));
    println!("{}", report.text());
    println!("{}", report.json());
    if arguments.iter().any(|word| word == "--write") {
        std::fs::write(
            crate::parts::here().join("../docs/benchmarks.md"),
            report.page(),
        )
        .unwrap();
    }
}

async fn run(effort: Effort, signing: Signing) -> Report {
    machine::pin(std::process::id(), machine::LOAD_CORE);
    let chain = Chain::start().await;
    machine::pin(chain.pid(), machine::LOAD_CORE);
    let house = House::start(&chain).await;
    let calls = call::measure(&house, effort).await;
    let path = path::measure(&house, &chain, effort).await;
    Report {
        machine: machine::facts(),
        effort,
        calls,
        path,
        signing,
    }
}
