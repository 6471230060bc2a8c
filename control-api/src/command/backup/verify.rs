//! Everything in a backup is checked, without a database and without a trace.

use std::io::Read;
use std::path::Path;

use vaultpilot_backup::{BackupError, Edition, Kind, Manifest, Member, Opener, Rows, Visit};

use super::{told, words};
use crate::command::Context;
use crate::failure::Failure;

pub(super) async fn run(ctx: &Context, file: &Path, opener: Opener) -> Result<(), Failure> {
    let file = file.to_owned();
    let manifest = tokio::task::spawn_blocking(move || verified(&file, &opener));
    let manifest = manifest.await.map_err(std::io::Error::from)??;
    let mut json = told(&manifest);
    json["verified"] = true.into();
    let words = format!(
        "whole: every byte, row, foreign key and audit chain\n{}",
        words(&manifest)
    );
    ctx.answer(&json, &words)
}

/// Reads a backup to its end and checks what can be checked without a database.
pub(super) fn verified(file: &Path, opener: &Opener) -> Result<Manifest, Failure> {
    let mut check = Check(None);
    let manifest = vaultpilot_backup::read(file, opener, &mut check)?;
    if let Some(rows) = check.0 {
        rows.finish(&manifest)?;
    }
    Ok(manifest)
}

struct Check(Option<Rows>);

impl Visit for Check {
    type Error = Failure;

    fn manifest(&mut self, manifest: &Manifest) -> Result<(), Failure> {
        of_this_edition(manifest)?;
        self.0 = Some(Rows::new(manifest));
        Ok(())
    }

    fn member(&mut self, member: &Member, content: &mut dyn Read) -> Result<(), Failure> {
        if let (Kind::Table { table }, Some(rows)) = (&member.kind, &mut self.0) {
            eprintln!("checking {table}");
            rows.table(table, content)?;
        }
        Ok(())
    }
}

pub(super) fn of_this_edition(manifest: &Manifest) -> Result<(), BackupError> {
    if manifest.edition == Edition::Hosted {
        return Ok(());
    }
    Err(BackupError::OtherEdition {
        found: manifest.edition.as_str(),
        wanted: Edition::Hosted.as_str(),
    })
}
