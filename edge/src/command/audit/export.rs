//! All entries, as they are.

use std::io::Write as _;
use std::path::Path;

use reqwest::Method;

use crate::command::Context;
use crate::failure::Failure;
use crate::rest::{Body, Rest};

pub(super) async fn run(ctx: &Context, out: Option<&Path>) -> Result<(), Failure> {
    let rest = ctx.rest()?;
    let Some(path) = out else {
        return pages(&rest, &mut |text| Ok(ctx.screen.line(text.trim_end())?))
            .await
            .map(|_| ());
    };
    let failed = |source| Failure::Write {
        path: path.to_owned(),
        source,
    };
    let mut file = std::fs::File::create(path).map_err(failed)?;
    let entries = pages(&rest, &mut |text| {
        file.write_all(text.as_bytes()).map_err(failed)
    })
    .await?;
    file.sync_all().map_err(failed)?;
    ctx.screen.talk(format_args!(
        "{entries} entries written to {}",
        path.display()
    ));
    ctx.screen.talk(format_args!(
        "next: vaultpilot audit verify --file {}",
        path.display()
    ));
    Ok(())
}

/// Hands over page after page, in order, and counts the entries.
pub(super) async fn pages(
    rest: &Rest,
    take: &mut dyn FnMut(&str) -> Result<(), Failure>,
) -> Result<u64, Failure> {
    let mut after = 0;
    let mut entries = 0;
    loop {
        let path = format!("audit?after={after}&limit=1000");
        let page = rest.text(Method::GET, &path, Body::None).await?;
        let lines = page
            .text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .count();
        if lines == 0 {
            return Ok(entries);
        }
        take(&page.text)?;
        entries += u64::try_from(lines).unwrap_or(u64::MAX);
        // A page is followed by the one after its last entry; without the header it was the last.
        match page.next_after {
            Some(next) if next > after => after = next,
            _ => return Ok(entries),
        }
    }
}
