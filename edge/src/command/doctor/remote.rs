//! What the running server says of itself, and what it must refuse.

use std::path::Path;
use std::time::Duration;

use reqwest::StatusCode;

use super::check::Check;
use crate::command::Context;
use crate::failure::Failure;
use crate::http;
use crate::place::Place;
use crate::rest::{Rest, view};
use crate::server_file::ServerFile;
use crate::view::{Status, WhoAmI};

const NAMES: [&str; 7] = [
    "ready",
    "key",
    "version",
    "anonymous",
    "chains",
    "policies",
    "approvals",
];

pub(super) async fn checks(ctx: &Context, data_dir: Option<&Path>) -> Vec<Check> {
    let place = match Place::find(&ctx.global, &ctx.env) {
        Ok(place) => place,
        Err(failure) => return stopped(&failure),
    };
    let rest = match Rest::new(place) {
        Ok(rest) => rest,
        Err(failure) => return stopped(&failure),
    };
    let mut checks = match rest.get("/readyz").await {
        Err(failure @ Failure::Unreachable { .. }) => return stopped(&failure),
        // The status is the answer; what is said beside it need not be JSON.
        Ok(_) | Err(Failure::Unreadable { .. }) => vec![
            Check::ok("server", format!("{} answers", rest.base())),
            Check::ok("ready", "its store answers"),
        ],
        Err(failure) => vec![
            Check::ok("server", format!("{} answers", rest.base())),
            Check::failed("ready", why(&failure), "vaultpilot up --log-level info"),
        ],
    };
    checks.push(key(&rest).await);
    match rest
        .get("status")
        .await
        .and_then(|answer| view::<Status>(&answer))
    {
        Ok(status) => {
            checks.push(version(&status));
            checks.push(anonymous(&status.mcp_url).await);
            checks.push(chains(&status));
            checks.push(policies(&status));
            checks.push(approvals(&status));
        }
        Err(failure) => {
            let next = failure
                .next()
                .unwrap_or_else(|| "vaultpilot status".to_owned());
            checks.push(Check::failed("status", why(&failure), next));
        }
    }
    if let Some(Ok(Some(server))) = data_dir.map(ServerFile::read)
        && !server.is_alive()
    {
        let detail = format!("server.json names process {}, which has ended", server.pid);
        checks.push(Check::warning("server file", detail, "vaultpilot up"));
    }
    checks
}

fn why(failure: &Failure) -> String {
    match failure.why() {
        Some(why) => format!("{failure}: {why}"),
        None => failure.to_string(),
    }
}

fn stopped(failure: &Failure) -> Vec<Check> {
    let next = failure
        .next()
        .unwrap_or_else(|| "vaultpilot up --devnet".to_owned());
    let skipped = |name| Check::skipped(name, "the server does not answer");
    std::iter::once(Check::failed("server", why(failure), next))
        .chain(NAMES.map(skipped))
        .collect()
}

async fn key(rest: &Rest) -> Check {
    match rest
        .get("whoami")
        .await
        .and_then(|answer| view::<WhoAmI>(&answer))
    {
        Ok(who) if who.role == "agent" => {
            let detail = format!(
                "{} is an agent's key; these commands are for people",
                who.name
            );
            Check::failed(
                "key",
                detail,
                "vaultpilot doctor --key-file <file with a person's key>",
            )
        }
        Ok(who) => Check::ok(
            "key",
            format!("{} is {} of tenant {}", who.name, who.role, who.tenant),
        ),
        Err(failure) => {
            let next = failure
                .next()
                .unwrap_or_else(|| "vaultpilot key list".to_owned());
            Check::failed("key", why(&failure), next)
        }
    }
}

fn version(status: &Status) -> Check {
    let ours = env!("CARGO_PKG_VERSION");
    if status.version == ours {
        return Check::ok("version", format!("server and command line are {ours}"));
    }
    let detail = format!("server is {}, command line is {ours}", status.version);
    Check::warning(
        "version",
        detail,
        "restart `vaultpilot up` with this binary",
    )
}

/// Nobody without a key may reach a tool.
async fn anonymous(mcp_url: &str) -> Check {
    let body = serde_json::json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
    let asked = match http::client(Some(Duration::from_secs(5))) {
        Ok(client) => client.post(mcp_url).json(&body).send().await,
        Err(error) => Err(error),
    };
    match asked {
        Ok(response) if response.status() == StatusCode::UNAUTHORIZED => {
            Check::ok("anonymous", "calls without a key are refused")
        }
        Ok(response) => {
            let detail = format!(
                "a call without a key got HTTP {}",
                response.status().as_u16()
            );
            Check::failed("anonymous", detail, "stop the server, and report this")
        }
        Err(error) => {
            let detail = format!("{mcp_url} cannot be reached: {error}");
            Check::failed("anonymous", detail, "vaultpilot status")
        }
    }
}

fn chains(status: &Status) -> Check {
    let lost: Vec<&str> = status
        .chains
        .iter()
        .filter(|chain| !chain.reachable)
        .map(|chain| chain.id.as_str())
        .collect();
    if status.chains.is_empty() {
        let fix = "export VAULTPILOT_RPC_8453=<url>, or vaultpilot up --devnet";
        return Check::warning("chains", "no chain is enabled", fix);
    }
    if lost.is_empty() {
        let ids: Vec<&str> = status
            .chains
            .iter()
            .map(|chain| chain.id.as_str())
            .collect();
        return Check::ok("chains", format!("{} answer", ids.join(", ")));
    }
    let number = lost[0].rsplit(':').next().unwrap_or_default();
    let detail = format!("{} cannot be reached", lost.join(", "));
    Check::failed(
        "chains",
        detail,
        format!("export VAULTPILOT_RPC_{number}=<url>, and restart"),
    )
}

fn policies(status: &Status) -> Check {
    match status.policies {
        0 => Check::warning(
            "policies",
            "there is none, so nothing is allowed",
            "vaultpilot policy apply -f <file>",
        ),
        count => Check::ok("policies", format!("{count} in force")),
    }
}

fn approvals(status: &Status) -> Check {
    match status.approvals_waiting {
        0 => Check::ok("approvals", "nothing waits for a person"),
        count => Check::warning(
            "approvals",
            format!("{count} wait for a person"),
            "vaultpilot approval list",
        ),
    }
}
