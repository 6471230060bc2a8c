//! What runs, and what comes next.

use clap::{Args, ValueEnum};
use serde_json::Value;

use super::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::rest::view;
use crate::screen::{Screen, Tone};
use crate::view::{ChainStatus, Status};

#[derive(Debug, Args)]
pub struct StatusArgs {
    /// `env` prints lines for a shell: eval "$(vaultpilot status -o env)"
    #[arg(short, long, value_enum, default_value_t = Output::Table)]
    pub output: Output,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Output {
    Table,
    Json,
    Env,
}

pub(super) async fn run(args: &StatusArgs, ctx: &Context) -> Result<Exit, Failure> {
    let answer = ctx.rest()?.get("status").await?;
    let status: Status = view(&answer)?;
    match args.output {
        Output::Env => ctx.screen.line(env_lines(&status))?,
        Output::Json => ctx.screen.line(format_args!("{answer:#}"))?,
        Output::Table => ctx
            .screen
            .answer(&answer, || table(&ctx.screen, &status, &answer))?,
    }
    Ok(Exit::Ok)
}

fn env_lines(status: &Status) -> String {
    let lines = [
        ("VAULTPILOT_URL", &status.api_url),
        ("VAULTPILOT_MCP_URL", &status.mcp_url),
        ("VAULTPILOT_METRICS_URL", &status.metrics_url),
        ("VAULTPILOT_DATA_DIR", &status.data_dir),
        ("VAULTPILOT_TENANT", &status.tenant),
    ];
    let quoted = |value: &str| format!("'{}'", value.replace('\'', r"'\''"));
    let lines = lines.map(|(name, value)| format!("export {name}={}", quoted(value)));
    lines.join("\n")
}

fn table(screen: &Screen, status: &Status, answer: &Value) -> String {
    let hours = status.uptime_s / 3600;
    let up = format!(
        "{hours} h {} min {} s",
        status.uptime_s / 60 % 60,
        status.uptime_s % 60
    );
    let mut lines = vec![
        format!(
            "{} {} {}",
            screen.paint(Tone::Strong, "VaultPilot"),
            status.version,
            status.edition
        ),
        format!("  Tenant        {}", status.tenant),
        format!("  API           {}", status.api_url),
        format!("  MCP URL       {}", status.mcp_url),
        format!("  Metrics       {}", status.metrics_url),
        format!("  Data          {}", status.data_dir),
        format!("  Running       {up}, since {}", status.started_at),
        format!("  Wallets       {}", status.wallets),
        format!("  Policies      {}", status.policies),
        format!("  Approvals     {} waiting", status.approvals_waiting),
        format!(
            "  Transactions  {} in flight",
            status.transactions_in_flight
        ),
        String::new(),
    ];
    if status.chains.is_empty() {
        lines.push("No chain is enabled: set VAULTPILOT_RPC_<number>=<url>.".to_owned());
    }
    lines.extend(status.chains.iter().map(|chain| chain_line(screen, chain)));
    // An edition that has no checklist shows none.
    if answer.get("checklist").is_some() {
        lines.push(String::new());
        for step in &status.checklist {
            let (mark, tone) = if step.done {
                ("✓", Tone::Good)
            } else {
                ("·", Tone::Faint)
            };
            let hint = if step.done { "" } else { step.hint.as_str() };
            let line = format!("{} {:<28} {hint}", screen.paint(tone, mark), step.name);
            lines.push(line.trim_end().to_owned());
        }
    }
    lines.join("\n")
}

fn chain_line(screen: &Screen, chain: &ChainStatus) -> String {
    let state = match (chain.reachable, chain.head) {
        (true, Some(head)) => screen.paint(Tone::Good, format_args!("● head {head}")),
        (true, None) => screen.paint(Tone::Good, "● reachable"),
        (false, _) => {
            let error = chain.error.as_deref().unwrap_or("cannot be reached");
            screen.paint(Tone::Bad, format_args!("○ {error}"))
        }
    };
    format!("  {:<18} {:<16} {state}", chain.id, chain.name)
}
