//! The live stream: one line a tool call, as they happen.

use async_trait::async_trait;
use secrecy::ExposeSecret;
use tokio::sync::mpsc;
use vaultpilot_core::Timestamp;
use vaultpilot_ports::{Notice, Notifier};

use crate::screen::{Screen, Tone};

/// Lines that wait to be written. A terminal that stands still loses lines, never the money path.
const WAITING: usize = 1024;

/// Hears notices and hands their lines to whoever writes them.
#[derive(Debug)]
pub struct Live {
    screen: Screen,
    lines: mpsc::Sender<String>,
}

impl Live {
    /// The notifier, and the lines it will give.
    pub fn new(screen: Screen) -> (Self, mpsc::Receiver<String>) {
        let (lines, written) = mpsc::channel(WAITING);
        (Self { screen, lines }, written)
    }

    /// Writes the lines to standard output until the notifier is gone. Meant to run as its own task.
    pub async fn write(screen: Screen, mut lines: mpsc::Receiver<String>) {
        while let Some(line) = lines.recv().await {
            if screen.line(line).is_err() {
                return;
            }
        }
    }
}

#[async_trait]
impl Notifier for Live {
    async fn notify(&self, notice: Notice) {
        let line = if self.screen.is_json() {
            json_line(&notice)
        } else {
            line(&self.screen, &notice)
        };
        // Lost when nobody keeps up; the facts are in the audit log.
        let _ = self.lines.try_send(line);
    }
}

/// A notice as one line for people.
fn line(screen: &Screen, notice: &Notice) -> String {
    match notice {
        Notice::ToolCalled {
            at,
            agent,
            tool,
            wallet,
            outcome,
            detail,
            micros,
        } => {
            let tone = match outcome.as_str() {
                "allow" | "allowed" => Tone::Good,
                "needs_approval" => Tone::Careful,
                _ => Tone::Bad,
            };
            let outcome = screen.paint(tone, format_args!("{outcome:<14}"));
            let wallet = wallet.as_deref().unwrap_or_default();
            let took = format!("{}.{} ms", micros / 1000, micros % 1000 / 100);
            let text = format!(
                "{} {agent:<14} {:<20} {wallet:<12} {outcome} {took:>9}  {detail}",
                clock(*at),
                tool.name()
            );
            text.trim_end().to_owned()
        }
        Notice::ApprovalRequested {
            at,
            approval,
            summary,
            code,
            ..
        } => {
            let mut command = format!("vaultpilot approval approve {approval}");
            if let Some(code) = code {
                command = format!("{command} --code {}", code.expose_secret());
            }
            let waits = screen.paint(Tone::Careful, format_args!("approval {approval} waits:"));
            format!("{} {waits} {summary} — {command}", clock(*at))
        }
        Notice::IntentMoved {
            at,
            intent,
            state,
            detail,
        } => {
            let moved = format!("{intent} {}", state.as_str());
            let text = format!(
                "{} {} {detail}",
                clock(*at),
                screen.paint(Tone::Faint, moved)
            );
            text.trim_end().to_owned()
        }
        Notice::Alert { at, message } => {
            format!(
                "{} {}",
                clock(*at),
                screen.paint(Tone::Bad, format_args!("alert: {message}"))
            )
        }
    }
}

/// A notice as one JSON object. The code is in it, as it is in the line: this is where it is shown.
fn json_line(notice: &Notice) -> String {
    let value = match notice {
        Notice::ToolCalled {
            at,
            agent,
            tool,
            wallet,
            outcome,
            detail,
            micros,
        } => {
            serde_json::json!({
                "kind": "tool_called", "at": at, "agent": agent, "tool": tool.name(),
                "wallet": wallet, "outcome": outcome, "detail": detail, "micros": micros,
            })
        }
        Notice::ApprovalRequested {
            at,
            approval,
            summary,
            expires_at,
            code,
        } => {
            serde_json::json!({
                "kind": "approval_requested", "at": at, "approval": approval, "summary": summary,
                "expires_at": expires_at, "code": code.as_ref().map(ExposeSecret::expose_secret),
            })
        }
        Notice::IntentMoved {
            at,
            intent,
            state,
            detail,
        } => serde_json::json!({
            "kind": "intent_moved", "at": at, "transaction": intent, "state": state.as_str(),
            "detail": detail,
        }),
        Notice::Alert { at, message } => {
            serde_json::json!({ "kind": "alert", "at": at, "message": message })
        }
    };
    value.to_string()
}

/// The time of day, in UTC.
fn clock(at: Timestamp) -> String {
    at.strftime("%H:%M:%S").to_string()
}

#[cfg(test)]
mod tests;
