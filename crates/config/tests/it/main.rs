//! The configuration, source by source.

mod chains;
mod docs_example;
mod errors;
mod hosted;
mod precedence;
mod reference;
mod runtime;
mod secrets;
mod vault;

use std::collections::BTreeMap;
use std::path::Path;

use vaultpilot_config::{Config, ConfigErrors, File, Flag, Loaded, Sources};

/// What a test hands in.
#[derive(Default)]
struct Given<'a> {
    file: Option<&'a str>,
    env: &'a [(&'a str, &'a str)],
    flags: Vec<Flag>,
}

impl Given<'_> {
    fn load(&self) -> Result<Loaded, ConfigErrors> {
        let env: BTreeMap<String, String> = self
            .env
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect();
        let path = Path::new("vaultpilot.yml");
        let file = self.file.map(|text| File { path, text });
        Config::load(&Sources {
            file,
            env: &env,
            flags: self.flags.clone(),
        })
    }

    fn problems(&self) -> Vec<String> {
        self.load()
            .err()
            .iter()
            .flat_map(|errors| &errors.0)
            .map(ToString::to_string)
            .collect()
    }
}

fn file(text: &str) -> Given<'_> {
    Given {
        file: Some(text),
        ..Given::default()
    }
}

fn env<'a>(env: &'a [(&'a str, &'a str)]) -> Given<'a> {
    Given {
        env,
        ..Given::default()
    }
}

fn flag(path: &'static str, name: &'static str, value: &str) -> Flag {
    Flag {
        path,
        name,
        value: value.to_owned(),
    }
}
