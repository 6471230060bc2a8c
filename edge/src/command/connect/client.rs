//! The clients, and what each of them wants to be told. No snippet holds a key: they name the
//! variable or the file it is in.

use std::path::PathBuf;

use clap::ValueEnum;
use serde_json::{Value, json};

use vaultpilot_control_api::Env;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Client {
    ClaudeCode,
    Cursor,
    Vscode,
    ClaudeDesktop,
    Langgraph,
    Python,
    Typescript,
    Curl,
}

/// What a client is connected to.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub url: String,
    pub key_file: PathBuf,
    /// This program, for clients that start one.
    pub program: PathBuf,
}

/// A place in a client's JSON file.
pub(crate) struct Entry {
    /// The member that holds the servers.
    pub servers: &'static str,
    pub server: Value,
    /// An item the list of inputs must have.
    pub input: Option<Value>,
}

impl Client {
    pub(crate) const ALL: [Self; 8] = [
        Self::ClaudeCode,
        Self::Cursor,
        Self::Vscode,
        Self::ClaudeDesktop,
        Self::Langgraph,
        Self::Python,
        Self::Typescript,
        Self::Curl,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::ClaudeCode => "claude-code",
            Self::Cursor => "cursor",
            Self::Vscode => "vscode",
            Self::ClaudeDesktop => "claude-desktop",
            Self::Langgraph => "langgraph",
            Self::Python => "python",
            Self::Typescript => "typescript",
            Self::Curl => "curl",
        }
    }

    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::ClaudeCode => "Claude Code (.mcp.json)",
            Self::Cursor => "Cursor (~/.cursor/mcp.json)",
            Self::Vscode => "VS Code (.vscode/mcp.json)",
            Self::ClaudeDesktop => "Claude Desktop (claude_desktop_config.json)",
            Self::Langgraph => "LangGraph",
            Self::Python => "Python (mcp)",
            Self::Typescript => "TypeScript (@modelcontextprotocol/sdk)",
            Self::Curl => "curl",
        }
    }

    /// Whether it takes the key from `VAULTPILOT_AGENT_KEY`.
    pub(crate) const fn reads_variable(self) -> bool {
        !matches!(self, Self::Vscode | Self::ClaudeDesktop)
    }

    /// The file it reads. `None` for those that are told in code.
    pub(crate) fn file(self, env: &Env) -> Option<PathBuf> {
        match self {
            Self::ClaudeCode => Some(PathBuf::from(".mcp.json")),
            Self::Vscode => Some(PathBuf::from(".vscode/mcp.json")),
            Self::Cursor => Some(env.home()?.join(".cursor/mcp.json")),
            Self::ClaudeDesktop => {
                let folder = if cfg!(target_os = "macos") {
                    env.home()?.join("Library/Application Support")
                } else {
                    env.config_home()?
                };
                Some(folder.join("Claude/claude_desktop_config.json"))
            }
            Self::Langgraph | Self::Python | Self::Typescript | Self::Curl => None,
        }
    }

    /// What stands in that file.
    pub(crate) fn entry(self, target: &Target) -> Option<Entry> {
        let url = &target.url;
        let bearer = |reference: &str| json!({ "Authorization": format!("Bearer {reference}") });
        let entry = match self {
            Self::ClaudeCode => Entry {
                servers: "mcpServers",
                server: json!({
                    "type": "http", "url": url, "headers": bearer("${VAULTPILOT_AGENT_KEY}"),
                }),
                input: None,
            },
            Self::Cursor => Entry {
                servers: "mcpServers",
                server: json!({ "url": url, "headers": bearer("${env:VAULTPILOT_AGENT_KEY}") }),
                input: None,
            },
            Self::Vscode => Entry {
                servers: "servers",
                server: json!({
                    "type": "http", "url": url, "headers": bearer("${input:vaultpilot-key}"),
                }),
                input: Some(json!({
                    "type": "promptString", "id": "vaultpilot-key",
                    "description": "VaultPilot agent key", "password": true,
                })),
            },
            Self::ClaudeDesktop => Entry {
                servers: "mcpServers",
                server: json!({
                    "command": target.program,
                    "args": ["mcp", "bridge", "--mcp-url", url, "--key-file", target.key_file],
                }),
                input: None,
            },
            Self::Langgraph | Self::Python | Self::Typescript | Self::Curl => return None,
        };
        Some(entry)
    }

    /// What a person copies.
    pub(crate) fn snippet(self, target: &Target) -> String {
        if let Some(Entry {
            servers,
            server,
            input,
        }) = self.entry(target)
        {
            let mut file = json!({ servers: { "vaultpilot": server } });
            if let Some(input) = input {
                file["inputs"] = json!([input]);
            }
            return format!("{file:#}");
        }
        let template = match self {
            Self::Langgraph => LANGGRAPH,
            Self::Python => PYTHON,
            Self::Typescript => TYPESCRIPT,
            _ => CURL,
        };
        template.replace("{url}", &target.url)
    }
}

const LANGGRAPH: &str = r#"# pip install langchain-mcp-adapters langgraph
import os
from langchain_mcp_adapters.client import MultiServerMCPClient

client = MultiServerMCPClient({
    "vaultpilot": {
        "transport": "streamable_http",
        "url": "{url}",
        "headers": {"Authorization": f"Bearer {os.environ['VAULTPILOT_AGENT_KEY']}"},
    }
})
tools = await client.get_tools()"#;

const PYTHON: &str = r#"# pip install "mcp>=2"
import asyncio, os
import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

async def main():
    headers = {"Authorization": f"Bearer {os.environ['VAULTPILOT_AGENT_KEY']}"}
    async with httpx2.AsyncClient(headers=headers) as http:
        async with Client(streamable_http_client("{url}", http_client=http)) as client:
            print([tool.name for tool in (await client.list_tools()).tools])

asyncio.run(main())"#;

const TYPESCRIPT: &str = r#"// npm install @modelcontextprotocol/sdk
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const transport = new StreamableHTTPClientTransport(new URL("{url}"), {
  requestInit: { headers: { Authorization: `Bearer ${process.env.VAULTPILOT_AGENT_KEY}` } },
});
const client = new Client({ name: "my-agent", version: "1.0.0" });
await client.connect(transport);
console.log((await client.listTools()).tools.map((tool) => tool.name));"#;

const CURL: &str = r#"curl -sS {url} \
  -H "Authorization: Bearer $VAULTPILOT_AGENT_KEY" \
  -H "Content-Type: application/json" \
  -H "Accept: application/json, text/event-stream" \
  -H "MCP-Protocol-Version: 2025-11-25" \
  -d '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}'"#;
