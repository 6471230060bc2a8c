//! What can be seen without a server.

use std::path::{Path, PathBuf};

use vaultpilot_config::Loaded;

use super::check::Check;
use crate::command::Context;
use crate::place;
use crate::private;

/// The checks, and the data folder where it could be found out.
pub(super) fn checks(ctx: &Context) -> (Vec<Check>, Option<PathBuf>) {
    let loaded = match place::load(&ctx.global, &ctx.env, Vec::new()) {
        Ok(loaded) => loaded,
        Err(failure) => {
            let why = failure.why().unwrap_or_else(|| failure.to_string());
            let check = Check::failed("configuration", why, "vaultpilot config check");
            return (vec![check], None);
        }
    };
    let dir = loaded.config.data.dir.clone();
    let checks = vec![
        configuration(&loaded),
        exposure(&loaded),
        data_folder(&dir),
        owner_key(&place::owner_key_path(&dir)),
        anvil(ctx),
    ];
    (checks, Some(dir))
}

fn configuration(loaded: &Loaded) -> Check {
    let file = loaded.file.as_ref().map(|path| path.display().to_string());
    let told = file.unwrap_or_else(|| "no file, defaults and environment".to_owned());
    match loaded.unused_env.as_slice() {
        [] => Check::ok("configuration", told),
        unused => {
            let detail = format!("{told}; set but meaningless: {}", unused.join(", "));
            Check::warning(
                "configuration",
                detail,
                format!("unset {}", unused.join(" ")),
            )
        }
    }
}

fn exposure(loaded: &Loaded) -> Check {
    let server = &loaded.config.server;
    if !server.is_exposed() {
        return Check::ok("exposure", "only this machine can connect");
    }
    let plain = server
        .public_url
        .as_ref()
        .is_none_or(|url| !url.0.starts_with("https://"));
    if plain {
        let detail = "others can connect, and no https:// address is configured: keys would travel \
                      in the clear";
        let fix = "put a TLS proxy in front and set server.public_url to its https:// address";
        return Check::warning("exposure", detail, fix);
    }
    Check::ok(
        "exposure",
        format!("others connect through {}", server.base_url()),
    )
}

fn data_folder(dir: &Path) -> Check {
    let shown = dir.display();
    if !dir.is_dir() {
        let detail = format!("{shown} is not there yet; the first start makes it");
        return Check::skipped("data", detail);
    }
    match private::is_shared(dir) {
        Ok(false) => Check::ok("data", shown.to_string()),
        Ok(true) => {
            let detail = format!("{shown} can be entered by others");
            Check::failed("data", detail, format!("chmod 700 {shown}"))
        }
        Err(error) => Check::failed(
            "data",
            format!("{shown}: {error}"),
            format!("ls -ld {shown}"),
        ),
    }
}

fn owner_key(path: &Path) -> Check {
    let shown = path.display();
    match private::is_shared(path) {
        Ok(false) => Check::ok("owner key", shown.to_string()),
        Ok(true) => {
            let detail = format!("{shown} can be read by others");
            Check::failed("owner key", detail, format!("chmod 600 {shown}"))
        }
        Err(_) => Check::skipped("owner key", format!("{shown} is not there")),
    }
}

fn anvil(ctx: &Context) -> Check {
    let named = ctx.env.get("VAULTPILOT_ANVIL").map(PathBuf::from);
    let path = ctx.env.get("PATH").unwrap_or_default();
    let found = named
        .into_iter()
        .chain(std::env::split_paths(path).map(|folder| folder.join("anvil")))
        .find(|candidate| candidate.is_file());
    match found {
        Some(path) => Check::ok("anvil", path.display().to_string()),
        None => Check::skipped(
            "anvil",
            "not found; only `up --devnet` needs it: --anvil or VAULTPILOT_ANVIL names it",
        ),
    }
}
