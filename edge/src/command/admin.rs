//! A fresh one-time link to the admin page.

use serde_json::{Value, json};

use super::Context;
use crate::exit::Exit;
use crate::failure::Failure;

/// # Errors
/// When the server is not there, or the key is no person's.
pub(crate) async fn run(ctx: &Context) -> Result<Exit, Failure> {
    let link = ctx.rest()?.post("/admin/link", json!({})).await?;
    let url = link
        .get("url")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    ctx.screen.answer(&link, || url)?;
    ctx.screen.talk("good once, for 30 minutes");
    Ok(Exit::Ok)
}
