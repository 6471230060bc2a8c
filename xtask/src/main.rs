use clap::Parser;
use std::process::ExitCode;
use xtask::command::Xtask;

fn main() -> ExitCode {
    match Xtask::parse().run() {
        Ok(code) => code,
        Err(error) => {
            xtask::error::report(&error);
            ExitCode::FAILURE
        }
    }
}
