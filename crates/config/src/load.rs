//! From sources to a `Config`: settings are collected in ascending precedence and laid over the
//! defaults one by one, so that each bad one is reported alone and the rest is still read.

mod file;
mod overlay;
mod setting;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::Value;
use vaultpilot_core::ChainId;

use crate::section::{Chain, Section};
use crate::{Config, ConfigErrors, Data, Origin, Problem, ProblemKind, Rule, builtin};
pub(crate) use overlay::Overlay;
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
pub struct Loaded<C = Config> {
    pub config: C,
    /// The file that was read; paths in it are relative to its folder.
    pub file: Option<PathBuf>,
    /// Environment variables that look like settings but are none.
    pub unused_env: Vec<String>,
    pub(crate) origins: BTreeMap<String, Origin>,
}

impl<C> Loaded<C> {
    /// Where the value at a path such as `server.listen` came from.
    pub fn origin(&self, path: &str) -> &Origin {
        self.origins.get(path).unwrap_or(&Origin::Default)
    }
}

/// What is wrong, each rule with the key it is about.
pub(crate) type Broken = Vec<(&'static str, Rule)>;

/// One kind of configuration: its sections, and how they are read and judged.
pub(crate) trait Form: Default + Serialize {
    const SECTIONS: &'static [&'static str];

    /// Lays every section over what is there.
    fn lay(&mut self, overlay: &mut Overlay<'_>);
    /// What the sections' own rules say, by section.
    fn judge(&self) -> Vec<(String, Broken)>;
}

/// Reads all sources over `base` and reports all problems.
pub(crate) fn load<F: Form>(mut base: F, sources: &Sources<'_>) -> Result<Loaded<F>, ConfigErrors> {
    let mut problems = Vec::new();
    let mut settings = file::settings(sources.file, F::SECTIONS, &mut problems);
    let mut unused_env = Vec::new();
    settings.extend(setting::from_env::<F>(
        sources.env,
        &settings,
        &mut unused_env,
    ));
    settings.extend(sources.flags.iter().map(setting::from_flag));

    let mut overlay = Overlay::new(&settings, sources.env);
    base.lay(&mut overlay);
    let (origins, found) = overlay.finish();
    problems.extend(found);
    problems.extend(told(base.judge(), &origins));
    if !problems.is_empty() {
        return Err(ConfigErrors(problems));
    }
    let file = sources.file.map(|file| file.path.to_owned());
    Ok(Loaded {
        config: base,
        file,
        unused_env,
        origins,
    })
}

/// Broken rules as problems, told with the origin of the value they speak of.
fn told(judged: Vec<(String, Broken)>, origins: &BTreeMap<String, Origin>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (section, rules) in judged {
        for (key, rule) in rules {
            let path = format!("{section}.{key}");
            let origin = origins.get(&path).cloned().unwrap_or(Origin::Default);
            problems.push(Problem {
                path,
                origin,
                kind: rule.into(),
            });
        }
    }
    problems
}

impl Config {
    /// Reads all sources and reports all problems.
    ///
    /// # Errors
    /// When any value is unknown, unreadable or breaks a rule.
    pub fn load(sources: &Sources<'_>) -> Result<Loaded, ConfigErrors> {
        let base = Self {
            data: default_data(sources.env),
            ..Self::default()
        };
        let mut loaded = load(base, sources)?;
        loaded.config.data.dir = expand_home(&loaded.config.data.dir, sources.env);
        Ok(loaded)
    }
}

impl Form for Config {
    const SECTIONS: &'static [&'static str] = &[
        "server", "data", "chains", "keys", "vault", "aws_kms", "log", "policies",
    ];

    fn lay(&mut self, overlay: &mut Overlay<'_>) {
        overlay.section(&["server"], &mut self.server);
        overlay.section(&["data"], &mut self.data);
        overlay.section(&["keys"], &mut self.keys);
        overlay.section(&["vault"], &mut self.vault);
        overlay.section(&["aws_kms"], &mut self.aws_kms);
        overlay.section(&["log"], &mut self.log);
        self.policies = overlay.list("policies");
        self.chains = chains(overlay);
    }

    fn judge(&self) -> Vec<(String, Broken)> {
        let mut judged = vec![
            ("server".to_owned(), self.server.validate()),
            ("data".to_owned(), self.data.validate()),
            ("keys".to_owned(), self.keys.validate()),
            ("vault".to_owned(), self.vault.validate()),
            ("aws_kms".to_owned(), self.aws_kms.validate()),
            ("log".to_owned(), self.log.validate()),
        ];
        judged.extend(judge_chains(&self.chains));
        judged
    }
}

/// The chains of the file and the environment, over the built-in ones.
pub(crate) fn chains(overlay: &mut Overlay<'_>) -> BTreeMap<ChainId, Chain> {
    let mut chains = builtin();
    for name in overlay.names_below("chains") {
        let Ok(id) = name.parse::<ChainId>() else {
            overlay.reject(&["chains", &name], ProblemKind::ChainId);
            continue;
        };
        overlay.section(&["chains", &name], chains.entry(id).or_default());
    }
    chains
}

pub(crate) fn judge_chains(
    chains: &BTreeMap<ChainId, Chain>,
) -> impl Iterator<Item = (String, Broken)> {
    chains
        .iter()
        .map(|(id, chain)| (format!("chains.{id}"), chain.validate()))
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
