//! The files of a house that a backup holds beside its database.

use std::path::{Path, PathBuf};

use vaultpilot_backup::{Kind, Member};
use vaultpilot_config::Config;

use crate::failure::Failure;

/// The database's member, and what its file is called until the house is whole.
pub(super) const DATABASE: &str = "database.sqlite";

/// A file, and what it is called in a data folder.
pub(super) struct Secret {
    pub(super) path: PathBuf,
    pub(super) file: String,
}

impl Secret {
    pub(super) fn member(&self) -> Result<Member, Failure> {
        let kind = Kind::Secret {
            file: self.file.clone(),
        };
        member(format!("secrets/{}", self.file), kind, &self.path)
    }
}

/// What no new house could make again: the root key, roots of before, the pepper that key hashes are
/// made with, and the owner's key.
pub(super) fn secrets(config: &Config) -> Vec<Secret> {
    let dir = &config.data.dir;
    let root = config.keys.kek_file.clone();
    let mut all = vec![
        Secret {
            path: root.unwrap_or_else(|| dir.join("kek")),
            file: "kek".to_owned(),
        },
        Secret {
            path: dir.join("pepper"),
            file: "pepper".to_owned(),
        },
        Secret {
            path: dir.join("owner.key"),
            file: "owner.key".to_owned(),
        },
    ];
    let before = config.keys.previous_kek_files.iter().enumerate();
    all.extend(before.map(|(place, path)| Secret {
        path: path.clone(),
        file: format!("kek.previous-{place}"),
    }));
    // Whoever deleted the owner's key gets another at the next start; the others must be there.
    all.retain(|secret| secret.file != "owner.key" || secret.path.exists());
    all
}

/// What the manifest says of a file.
pub(super) fn member(name: String, kind: Kind, path: &Path) -> Result<Member, Failure> {
    let failed = |source| Failure::Read {
        path: path.to_owned(),
        source,
    };
    let file = std::fs::File::open(path).map_err(failed)?;
    let counted = vaultpilot_backup::Digesting::new(file)
        .finish()
        .map_err(failed)?;
    Ok(Member {
        name,
        kind,
        bytes: counted.bytes,
        sha256: counted.sha256,
    })
}
