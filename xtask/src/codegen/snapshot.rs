//! The work tree at an instant: every tracked and untracked file that git does not ignore, as the
//! id of a git tree. Nothing of it stays behind: index and objects go to a temporary folder.

use crate::error::Error;
use crate::process::{read, run};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

#[derive(Debug)]
pub(crate) struct Snapshots {
    root: PathBuf,
    scratch: TempDir,
    /// Where the repository keeps its objects, so that unchanged files are found there.
    objects: OsString,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Snapshot(String);

impl Snapshots {
    pub(crate) fn of(root: &Path) -> Result<Self, Error> {
        let scratch = TempDir::new().map_err(Error::file("make", std::env::temp_dir()))?;
        let mut git = Command::new("git");
        git.current_dir(root).args([
            "rev-parse",
            "--path-format=absolute",
            "--git-path",
            "objects",
        ]);
        let objects = text(&read(&mut git)?).into();
        Ok(Self {
            root: root.to_path_buf(),
            scratch,
            objects,
        })
    }

    pub(crate) fn take(&self) -> Result<Snapshot, Error> {
        run(self.git().args(["add", "--all"]))?;
        Ok(Snapshot(text(&read(self.git().arg("write-tree"))?)))
    }

    /// Prints what changed between the two.
    pub(crate) fn show(&self, before: &Snapshot, after: &Snapshot) -> Result<(), Error> {
        run(self.git().args([
            "--no-pager",
            "diff",
            "--stat",
            "--patch",
            &before.0,
            &after.0,
        ]))
    }

    fn git(&self) -> Command {
        let mut git = Command::new("git");
        git.current_dir(&self.root)
            .env("GIT_INDEX_FILE", self.scratch.path().join("index"))
            .env("GIT_OBJECT_DIRECTORY", self.scratch.path())
            .env("GIT_ALTERNATE_OBJECT_DIRECTORIES", &self.objects);
        git
    }
}

fn text(output: &[u8]) -> String {
    String::from_utf8_lossy(output).trim_end().to_owned()
}
