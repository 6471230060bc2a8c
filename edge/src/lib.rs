#![doc = include_str!("../README.md")]

pub mod cli;
pub mod command;
pub mod exit;
#[cfg(feature = "failpoints")]
mod failpoint;
pub mod failure;
mod http;
mod mcp;
mod ordered;
pub mod place;
mod private;
mod rest;
pub mod screen;
pub mod server_file;
mod sse;
pub mod up;
mod view;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::Cli;
use crate::command::Context;
use crate::exit::Exit;
use crate::screen::Screen;
use vaultpilot_control_api::Env;

/// Reads the command line and carries it out.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(told) => {
            // Help goes to standard output, errors to standard error; nobody is left to tell if
            // that fails.
            let _ = told.print();
            let exit = if told.use_stderr() {
                Exit::Usage
            } else {
                Exit::Ok
            };
            return exit.into();
        }
    };
    let env = Env::of_process();
    let screen = Screen::new(cli.global.json, &env);
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(source) => return screen.fail(&source.into()).into(),
    };
    let context = Context {
        global: cli.global,
        env,
        screen,
    };
    match runtime.block_on(command::run(cli.command, &context)) {
        Ok(exit) => exit.into(),
        Err(failure) => context.screen.fail(&failure).into(),
    }
}
