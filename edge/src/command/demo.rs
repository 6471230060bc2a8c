//! A scripted agent against the running server, so that a newcomer sees the whole idea in a minute.
//! It speaks MCP as any agent would; the owner's part goes over REST.

mod play;
mod scene;
mod step;

use clap::Args;
use secrecy::SecretString;
use serde_json::{Value, json};
use vaultpilot_core::Entropy as _;

use super::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::mcp::Session;
use crate::rest::{Rest, view};
use crate::view::Status;
use play::Play;
use vaultpilot_control_api::OsEntropy;

#[derive(Debug, Args)]
#[command(
    after_help = "Leaves the wallet and the policy demo-guard behind; its agent key is \
                        revoked at the end."
)]
pub struct DemoArgs {
    /// A chain with play money and a faucet
    #[arg(long, default_value = "eip155:31337")]
    pub chain: String,
    /// Approve without asking. The demo's policy then asks for no one-time code
    #[arg(long, short)]
    pub yes: bool,
}

pub(super) async fn run(args: &DemoArgs, ctx: &Context) -> Result<Exit, Failure> {
    let rest = ctx.rest()?;
    let status: Status = view(&rest.get("status").await?)?;
    if !status.chains.iter().any(|chain| chain.id == args.chain) {
        return Err(Failure::NoSuchChain {
            chain: args.chain.clone(),
        });
    }
    // Two demos never share names: neither keys nor request ids nor who is paid.
    let mut random = [0u8; 26];
    OsEntropy.fill(&mut random);
    let mark = hex(&random[..6]);
    let recipient = format!("0x{}", hex(&random[6..]));

    let name = format!("demo-agent-{mark}");
    let made = rest
        .post(
            "keys",
            json!({ "name": name, "role": "agent", "expires_in_days": 1 }),
        )
        .await?;
    let text = |path: &str| {
        made.pointer(path)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let id = text("/key/id").to_owned();
    let played = {
        let key = SecretString::from(text("/secret"));
        let person = ctx.screen.has_person() && !args.yes;
        play(
            ctx,
            &rest,
            &status,
            key,
            Names {
                agent: name,
                mark,
                recipient,
                person,
            },
            args,
        )
        .await
    };
    let revoked = rest.delete(&format!("keys/{id}")).await;
    played?;
    revoked?;
    ctx.screen
        .talk("The demo's agent key is revoked. The wallet demo and the policy demo-guard stay.");
    ctx.screen
        .talk("next: vaultpilot connect   # your own agent; or: vaultpilot audit tail");
    Ok(Exit::Ok)
}

struct Names {
    agent: String,
    mark: String,
    recipient: String,
    /// Whether a person is there to answer.
    person: bool,
}

async fn play(
    ctx: &Context,
    rest: &Rest,
    status: &Status,
    key: SecretString,
    names: Names,
    args: &DemoArgs,
) -> Result<(), Failure> {
    let agent = Session::open(&status.mcp_url, key).await?;
    ctx.screen.talk(format_args!(
        "The agent {} meets VaultPilot {} of tenant {}, on {}.\n",
        names.agent, status.version, status.tenant, args.chain
    ));
    let chain = args.chain.clone();
    let mut play = Play {
        ctx,
        rest,
        agent,
        chain,
        names,
        steps: 0,
    };
    play.all(status.policies == 0).await
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}
