//! Waits for work on keys, and tells how far it is.

use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use super::path;
use super::text::{field, number};
use crate::command::Context;
use crate::failure::Failure;
use crate::rest::Rest;

/// The task once it is over or waits for somebody, or as it is when the time is up.
pub(super) async fn follow(
    ctx: &Context,
    rest: &Rest,
    mut task: Value,
    limit: Duration,
) -> Result<Value, Failure> {
    let until = Instant::now() + limit;
    let id = field(&task, "id").to_owned();
    let mut said = String::new();
    while field(&task, "state") == "running" && Instant::now() < until {
        let line = progress(&task);
        if line != said {
            ctx.screen.talk(&line);
            said = line;
        }
        task = rest.get(&format!("{}?wait_s=2", path(&id))).await?;
    }
    Ok(task)
}

fn progress(task: &Value) -> String {
    let (done, total) = (number(task, "done"), number(task, "total"));
    match field(task, "code") {
        "" => format!("{done} of {total}"),
        code => format!(
            "{done} of {total}; waiting: {} ({code})",
            field(task, "detail")
        ),
    }
}
