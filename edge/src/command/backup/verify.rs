//! A backup that was never opened is a hope.

use std::path::Path;

use vaultpilot_backup::Opener;

use super::create::told;
use super::open::opened;
use super::scratch::Scratch;
use crate::command::Context;
use crate::failure::Failure;
use crate::screen::Tone;

pub(super) async fn run(ctx: &Context, file: &Path, opener: Opener) -> Result<(), Failure> {
    ctx.screen.talk("opening the backup");
    let scratch = Scratch::new(&std::env::temp_dir(), "vaultpilot-verify-")?;
    let (manifest, store) = opened(file, opener, scratch.path(), false).await?;
    drop(store);
    drop(scratch);
    let mut answer = told(&manifest);
    answer["verified"] = true.into();
    ctx.screen.answer(&answer, || {
        let word = ctx.screen.paint(Tone::Good, "whole");
        format!(
            "{word}: every byte, row, foreign key and audit chain\n{}",
            manifest.words()
        )
    })?;
    Ok(())
}
