//! Calls the endpoint as the agent would.

use serde_json::{Value, json};

use crate::command::Context;
use crate::command::mcp::agent_key;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::mcp::Session;
use crate::screen::Tone;

pub(super) async fn run(ctx: &Context, url: &str) -> Result<Exit, Failure> {
    let mut session = Session::open(url, agent_key(ctx)?).await?;
    let tools = session.tools().await?;
    let bytes = serde_json::to_string(&tools).unwrap_or_default().len();
    // What a model pays for knowing the tools: about four characters a token.
    let tokens = bytes.div_ceil(4);
    let names: Vec<&str> = tools
        .iter()
        .filter_map(|tool| tool.get("name").and_then(Value::as_str))
        .collect();
    let answer = json!({
        "mcp_url": url, "protocol": session.protocol(), "tools": names, "tokens_about": tokens,
    });
    ctx.screen.answer(&answer, || {
        format!(
            "{} {url}\n  protocol {}, {} tools, about {tokens} tokens\n  {}",
            ctx.screen.paint(Tone::Good, "connected"),
            session.protocol(),
            names.len(),
            names.join(" ")
        )
    })?;
    Ok(Exit::Ok)
}
