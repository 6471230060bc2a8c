//! Where the server, its data and its keys are.

use std::path::{Path, PathBuf};

use secrecy::SecretString;
use vaultpilot_config::{Config, File, Flag, Loaded, Sources};

use crate::cli::Global;
use crate::failure::Failure;
use crate::server_file::ServerFile;
use vaultpilot_control_api::Env;

/// Reads the configuration: `--config`, `VAULTPILOT_CONFIG`, `./vaultpilot.yml`, then
/// `vaultpilot/vaultpilot.yml` in the person's configuration folder; the first that is there.
///
/// # Errors
/// When a named file cannot be read, or any value is wrong.
pub fn load(global: &Global, env: &Env, flags: Vec<Flag>) -> Result<Loaded, Failure> {
    let path = config_path(global, env);
    let text = match &path {
        Some(path) => Some(read(path)?),
        None => None,
    };
    let file = path
        .as_deref()
        .zip(text.as_deref())
        .map(|(path, text)| File { path, text });
    let mut all = Vec::new();
    if let Some(dir) = &global.data_dir {
        let value = dir.display().to_string();
        all.push(Flag {
            path: "data.dir",
            name: "--data-dir",
            value,
        });
    }
    all.extend(flags);
    Ok(Config::load(&Sources {
        file,
        env: env.all(),
        flags: all,
    })?)
}

fn config_path(global: &Global, env: &Env) -> Option<PathBuf> {
    if let Some(named) = &global.config {
        return Some(named.clone());
    }
    if let Some(named) = env.get("VAULTPILOT_CONFIG") {
        return Some(PathBuf::from(named));
    }
    let personal = env
        .config_home()
        .map(|home| home.join("vaultpilot/vaultpilot.yml"));
    let places = [Some(PathBuf::from("vaultpilot.yml")), personal];
    places.into_iter().flatten().find(|path| path.is_file())
}

/// The data folder, by the same precedence as `up` finds it.
///
/// # Errors
/// When the configuration cannot be used.
pub fn data_dir(global: &Global, env: &Env) -> Result<PathBuf, Failure> {
    Ok(load(global, env, Vec::new())?.config.data.dir)
}

/// The file with the owner's key, in the data folder.
pub fn owner_key_path(data_dir: &Path) -> PathBuf {
    data_dir.join("owner.key")
}

/// A server and somebody's key to it.
pub(crate) struct Place {
    /// Without `/api/v1`.
    pub base: String,
    pub key: SecretString,
}

impl Place {
    /// What a person's commands speak to, and as whom.
    pub(crate) fn find(global: &Global, env: &Env) -> Result<Self, Failure> {
        let url = global
            .url
            .clone()
            .or_else(|| env.get("VAULTPILOT_URL").map(str::to_owned));
        let base = match url {
            Some(url) => url,
            None => server(global, env)?.api_url,
        };
        let base = base
            .trim_end_matches('/')
            .trim_end_matches("/api/v1")
            .to_owned();
        Ok(Self {
            base,
            key: person_key(global, env)?,
        })
    }
}

/// The server that runs on the data folder.
pub(crate) fn server(global: &Global, env: &Env) -> Result<ServerFile, Failure> {
    let dir = data_dir(global, env)?;
    match ServerFile::read(&dir)? {
        None => Err(Failure::NotRunning {
            file: ServerFile::path(&dir),
        }),
        Some(server) if !server.is_alive() => Err(Failure::Ended { pid: server.pid }),
        Some(server) => Ok(server),
    }
}

fn person_key(global: &Global, env: &Env) -> Result<SecretString, Failure> {
    if let Some(path) = &global.key_file {
        return key_in(path);
    }
    if let Some(key) = env.get("VAULTPILOT_KEY") {
        return Ok(SecretString::from(key));
    }
    let looked = owner_key_path(&data_dir(global, env)?);
    key_in(&looked).map_err(|_| Failure::NoKey { looked })
}

/// The key in a file's first line.
pub(crate) fn key_in(path: &Path) -> Result<SecretString, Failure> {
    let text = read(path)?;
    Ok(SecretString::from(
        text.lines().next().unwrap_or_default().trim(),
    ))
}

fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|source| Failure::Read {
        path: path.to_owned(),
        source,
    })
}
