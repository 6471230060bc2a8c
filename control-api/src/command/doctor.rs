//! `control-api doctor`: everything the process needs, looked at once.

mod check;
mod database;
mod file;
mod world;

use serde_json::json;
use vaultpilot_config::HostedConfig;

use super::Context;
use crate::failure::{Failure, chain};
use check::{Check, State};

pub(super) async fn run(ctx: &Context) -> Result<(), Failure> {
    let loaded = ctx.load()?;
    let checks = checks(&loaded.config).await;
    let failed = checks.iter().any(|check| check.state == State::Bad);
    let words: Vec<String> = checks.iter().map(ToString::to_string).collect();
    ctx.answer(
        &json!({ "healthy": !failed, "checks": checks }),
        &words.join("\n"),
    )?;
    if failed { Err(Failure::Told) } else { Ok(()) }
}

async fn checks(config: &HostedConfig) -> Vec<Check> {
    let mut checks = vec![Check::good("configuration", "can be used")];
    checks.extend(file::checks(config));
    checks.extend(database::checks(&config.database).await);
    checks.extend(world::chains(config).await);
    checks.push(world::api_server(&config.identity).await);
    checks
}

/// An error as the text of a check.
fn why(error: &dyn std::error::Error) -> String {
    chain(error)
}
