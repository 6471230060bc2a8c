//! The last words before the live stream: five aligned lines, and what to do with them.

use secrecy::{ExposeSecret as _, SecretString};

use crate::screen::{Screen, Tone};

#[derive(Debug)]
pub struct Banner<'a> {
    /// Base of the API, without `/api/v1`.
    pub api_url: &'a str,
    /// The one-time link.
    pub admin_url: &'a str,
    pub mcp_url: &'a str,
    pub data_dir: &'a str,
    pub metrics_url: &'a str,
    /// On the first start: the first agent's key, which is shown here and never again.
    pub agent_key: Option<&'a SecretString>,
    /// Whether anybody but this machine can connect.
    pub exposed: bool,
}

impl Banner<'_> {
    pub fn text(&self, screen: &Screen) -> String {
        let mut lines = Vec::new();
        if self.exposed {
            let warning = " WARNING: others can connect to this server. Every call needs a key, but \
                           without TLS in front keys travel in the clear. ";
            lines.push(screen.paint(Tone::Alarm, warning));
            lines.push(String::new());
        }
        let five = [
            ("API", format!("{}/api/v1", self.api_url)),
            (
                "Admin",
                format!("{}   (one-time link, 30 min)", self.admin_url),
            ),
            ("MCP URL", self.mcp_url.to_owned()),
            ("Data", self.data_dir.to_owned()),
            ("Metrics", self.metrics_url.to_owned()),
        ];
        let row = |name: &str, value: &str| {
            format!(
                "  {} {value}",
                screen.paint(Tone::Strong, format_args!("{name:<8}"))
            )
        };
        lines.extend(five.iter().map(|(name, value)| row(name, value)));
        if let Some(key) = self.agent_key {
            lines.push(String::new());
            let key = format!("export VAULTPILOT_AGENT_KEY={}", key.expose_secret());
            lines.push(row("Key", &format!("{key}   (shown once)")));
        }
        lines.push(String::new());
        lines.push(row(
            "Connect",
            "vaultpilot connect --client claude-code --write",
        ));
        lines.push(String::new());
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests;
