#![doc = include_str!("../README.md")]

mod admin;
mod api;
mod cli;
mod command;
mod failure;
pub mod grpc;
mod guard;
pub mod hosted;
pub mod house;
pub mod identity;
mod machine;
mod openapi;
mod operation;
pub mod probe;
mod problem;
mod rest;
mod router;
mod session;

use std::process::ExitCode;

use clap::Parser as _;

pub use api::{Api, House, LiveEvent};
pub use machine::{Env, OsEntropy, SystemClock};
pub use openapi::document as openapi;
pub use operation::{Access, Method, Operation};
pub use problem::Problem;
pub use router::{operations, router};
pub use session::Sessions;

use cli::Cli;
use failure::{Failure, chain};

/// Reads the command line and carries it out.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(told) => {
            // Help goes to standard output, errors to standard error; nobody is left to tell if
            // that fails.
            let _ = told.print();
            return ExitCode::from(if told.use_stderr() { 2 } else { 0 });
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let done = runtime
        .map_err(Failure::from)
        .and_then(|runtime| runtime.block_on(command::run(cli, Env::of_process())));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !failure.is_silent() {
                eprintln!("error: {}", chain(&failure));
                if let Some(next) = failure.next() {
                    eprintln!("next: {next}");
                }
            }
            failure.exit()
        }
    }
}
