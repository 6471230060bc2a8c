//! One file a command.

mod admin;
pub mod approval;
pub mod audit;
pub mod backup;
pub mod codegen;
pub mod completion;
pub mod config;
pub mod connect;
pub mod demo;
pub mod doctor;
pub mod import_legacy;
pub mod key;
pub mod keys;
pub mod mcp;
pub mod policy;
pub mod status;
pub mod strategy;
pub mod transaction;
pub mod wallet;

use crate::cli::{Command, Global};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::place::Place;
use crate::rest::Rest;
use crate::screen::Screen;
use crate::up;
use vaultpilot_control_api::Env;

/// What every command is given.
#[derive(Debug, Clone)]
pub struct Context {
    pub global: Global,
    pub env: Env,
    pub screen: Screen,
}

impl Context {
    pub(crate) fn rest(&self) -> Result<Rest, Failure> {
        Rest::new(Place::find(&self.global, &self.env)?)
    }
}

/// Carries out a command.
///
/// # Errors
/// What happened, why, and the next command.
pub async fn run(command: Command, ctx: &Context) -> Result<Exit, Failure> {
    match command {
        Command::Up(args) => up::run(&args, ctx).await,
        Command::Demo(args) => demo::run(&args, ctx).await,
        Command::Status(args) => status::run(&args, ctx).await,
        Command::Doctor => doctor::run(ctx).await,
        Command::Wallet(command) => wallet::run(&command, ctx).await,
        Command::Policy(command) => policy::run(&command, ctx).await,
        Command::Approval(command) => approval::run(&command, ctx).await,
        Command::Transaction(command) => transaction::run(&command, ctx).await,
        Command::Audit(command) => audit::run(&command, ctx).await,
        Command::Backup(command) => backup::run(&command, ctx).await,
        Command::Strategy(command) => strategy::run(&command, ctx).await,
        Command::ImportLegacy(args) => import_legacy::run(&args, ctx).await,
        Command::Key(command) => key::run(&command, ctx).await,
        Command::Keys(command) => keys::run(&command, ctx).await,
        Command::Admin => admin::run(ctx).await,
        Command::Config(command) => config::run(&command, ctx),
        Command::Connect(args) => connect::run(&args, ctx).await,
        Command::Mcp(command) => mcp::run(&command, ctx).await,
        #[cfg(feature = "failpoints")]
        Command::Failpoints => crate::failpoint::list(&ctx.screen),
        Command::Completion(args) => completion::run(&args, ctx),
        Command::Codegen(args) => codegen::run(&args, ctx),
    }
}
