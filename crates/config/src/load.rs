//! From sources to a `Config`: settings are collected in ascending precedence and laid over the
//! defaults one by one, so that each bad one is reported alone and the rest is still read.

mod file;
mod overlay;
mod setting;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use vaultpilot_core::ChainId;

use crate::section::{Chain, Section};
use crate::{Config, ConfigErrors, Data, Origin, Problem, ProblemKind, builtin};
use overlay::Overlay;
use setting::Setting;

/// A configuration file: the name it is known by, and its text.
#[derive(Debug, Clone, Copy)]
pub struct File<'a> {
    pub path: &'a Path,
    pub text: &'a str,
}

/// A value given on the command line.
#[derive(Debug, Clone)]
pub struct Flag {
    /// Such as `server.listen`.
    pub path: &'static str,
    /// Such as `--listen`.
    pub name: &'static str,
    pub value: String,
}

/// Everything a configuration is made of.
#[derive(Debug, Clone)]
pub struct Sources<'a> {
    pub file: Option<File<'a>>,
    pub env: &'a BTreeMap<String, String>,
    pub flags: Vec<Flag>,
}

/// A configuration, and where each of its values came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    pub config: Config,
    /// The file that was read; paths in it are relative to its folder.
    pub file: Option<PathBuf>,
    /// Environment variables that look like settings but are none.
    pub unused_env: Vec<String>,
    pub(crate) origins: BTreeMap<String, Origin>,
}

impl Loaded {
    /// Where the value at a path such as `server.listen` came from.
    pub fn origin(&self, path: &str) -> &Origin {
        self.origins.get(path).unwrap_or(&Origin::Default)
    }
}

impl Config {
    /// Reads all sources and reports all problems.
    ///
    /// # Errors
    /// When any value is unknown, unreadable or breaks a rule.
    pub fn load(sources: &Sources<'_>) -> Result<Loaded, ConfigErrors> {
        let mut problems = Vec::new();
        let mut settings = file::settings(sources.file, &mut problems);
        let mut unused_env = Vec::new();
        settings.extend(setting::from_env(sources.env, &settings, &mut unused_env));
        settings.extend(sources.flags.iter().map(setting::from_flag));

        let mut overlay = Overlay::new(&settings, sources.env);
        let mut config = Self::default();
        config.data = default_data(sources.env);
        config.server = overlay.section(&["server"], config.server);
        config.data = overlay.section(&["data"], config.data);
        config.keys = overlay.section(&["keys"], config.keys);
        config.log = overlay.section(&["log"], config.log);
        config.policies = overlay.list("policies");
        config.chains = chains(&mut overlay);
        config.data.dir = expand_home(&config.data.dir, sources.env);

        let (origins, found) = overlay.finish();
        problems.extend(found);
        problems.extend(broken(&config, &origins));
        if !problems.is_empty() {
            return Err(ConfigErrors(problems));
        }
        let file = sources.file.map(|file| file.path.to_owned());
        Ok(Loaded {
            config,
            file,
            unused_env,
            origins,
        })
    }
}

fn chains(overlay: &mut Overlay<'_>) -> BTreeMap<ChainId, Chain> {
    let mut chains = builtin();
    for name in overlay.names_below("chains") {
        let Ok(id) = name.parse::<ChainId>() else {
            overlay.reject(&["chains", &name], ProblemKind::ChainId);
            continue;
        };
        let base = chains.remove(&id).unwrap_or_default();
        chains.insert(id, overlay.section(&["chains", &name], base));
    }
    chains
}

/// What the sections' own rules say, told with the origin of the value they speak of.
fn broken(config: &Config, origins: &BTreeMap<String, Origin>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut check = |section: &str, rules: Vec<(&'static str, crate::Rule)>| {
        for (key, rule) in rules {
            let path = format!("{section}.{key}");
            let origin = origins.get(&path).cloned().unwrap_or(Origin::Default);
            problems.push(Problem {
                path,
                origin,
                kind: rule.into(),
            });
        }
    };
    check("server", config.server.validate());
    check("data", config.data.validate());
    check("keys", config.keys.validate());
    check("log", config.log.validate());
    for (id, chain) in &config.chains {
        check(&format!("chains.{id}"), chain.validate());
    }
    problems
}

fn default_data(env: &BTreeMap<String, String>) -> Data {
    let base = env
        .get("XDG_DATA_HOME")
        .filter(|base| Path::new(base).is_absolute());
    base.map_or_else(Data::default, |base| Data {
        dir: Path::new(base).join("vaultpilot"),
    })
}

fn expand_home(dir: &Path, env: &BTreeMap<String, String>) -> PathBuf {
    match (dir.strip_prefix("~"), env.get("HOME")) {
        (Ok(rest), Some(home)) => Path::new(home).join(rest),
        _ => dir.to_owned(),
    }
}

/// `Value` as a list of texts, for values that arrive as one text.
pub(crate) fn split(text: &str) -> Value {
    let parts = text
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty());
    parts.map(|part| Value::String(part.to_owned())).collect()
}
