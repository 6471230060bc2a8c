//! `tenant-runtime serve`.

use std::process::ExitCode;

use vaultpilot_config::LogFormat;
use vaultpilot_telemetry::{LogShape, init_tracing};

use super::{FAILED, Given, MISUSED, fail};
use crate::hosted::{self, Ended};

pub(super) fn run(given: &Given) -> ExitCode {
    let loaded = match given.load() {
        Ok(loaded) => loaded,
        Err(error) => return fail(&error, MISUSED),
    };
    let config = &loaded.config;
    let shape = match config.log.format {
        LogFormat::Text => LogShape::Text,
        LogFormat::Json => LogShape::Json,
    };
    if let Err(error) = init_tracing(&config.log.level, shape) {
        return fail(&error, MISUSED);
    }
    for name in &loaded.unused_env {
        tracing::warn!(
            name,
            "environment variable looks like a setting and is none"
        );
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error, FAILED),
    };
    match runtime.block_on(hosted::run(config)) {
        Ok(Ended::Drained) => ExitCode::SUCCESS,
        Ok(Ended::AtOnce) => ExitCode::from(FAILED),
        Err(error) => fail(&error, FAILED),
    }
}
