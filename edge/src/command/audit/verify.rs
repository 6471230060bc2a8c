//! Walks the chain of entries, of the server or of an export.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use serde_json::json;
use vaultpilot_audit::{Entry, Head, Verifier};

use super::export::pages;
use crate::command::Context;
use crate::failure::Failure;
use crate::screen::Tone;

pub(super) async fn server(ctx: &Context) -> Result<(), Failure> {
    let rest = ctx.rest()?;
    let mut walk = Walk::new(PathBuf::from(rest.base()));
    pages(&rest, &mut |text| {
        text.lines().try_for_each(|line| walk.line(line))
    })
    .await?;
    walk.tell(ctx)
}

pub(super) fn file(ctx: &Context, path: &Path) -> Result<(), Failure> {
    let failed = |source| Failure::Read {
        path: path.to_owned(),
        source,
    };
    let file = std::fs::File::open(path).map_err(failed)?;
    let mut walk = Walk::new(path.to_owned());
    for line in BufReader::new(file).lines() {
        walk.line(&line.map_err(failed)?)?;
    }
    walk.tell(ctx)
}

struct Walk {
    source: PathBuf,
    line: usize,
    /// Made by the first entry, which says whose chain this is.
    verifier: Option<Verifier>,
}

impl Walk {
    const fn new(source: PathBuf) -> Self {
        Self {
            source,
            line: 0,
            verifier: None,
        }
    }

    fn line(&mut self, text: &str) -> Result<(), Failure> {
        self.line += 1;
        if text.trim().is_empty() {
            return Ok(());
        }
        let entry: Entry = serde_json::from_str(text).map_err(|source| Failure::NotAnExport {
            path: self.source.clone(),
            line: self.line,
            source,
        })?;
        let first = || Verifier::new(entry.tenant, Head::GENESIS);
        Ok(self.verifier.get_or_insert_with(first).take(&entry)?)
    }

    fn tell(self, ctx: &Context) -> Result<(), Failure> {
        let head = self.verifier.as_ref().map_or(Head::GENESIS, Verifier::head);
        let answer = json!({
            "verified": true, "entries": head.seq, "head": head.hash.to_string(),
        });
        ctx.screen.answer(&answer, || {
            let word = ctx.screen.paint(Tone::Good, "whole");
            // A chain cannot tell that its end was cut off; whoever noted the head can.
            format!("{word}: {} entries, head {}", head.seq, head.hash)
        })?;
        Ok(())
    }
}
