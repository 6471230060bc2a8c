//! `control-api key`: keys of a tenant, from inside the cluster.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use vaultpilot_app::{KeyCreate, KeyView};
use vaultpilot_core::{Label, Role, TenantName};

use super::Context;
use super::decide::Deciding;
use crate::cli::{KeyArgs, KeyCommand};
use crate::failure::Failure;

pub(super) async fn run(ctx: &Context, command: KeyCommand) -> Result<(), Failure> {
    let deciding = Deciding::open(ctx).await?;
    let app = &deciding.app;
    let done = match command {
        KeyCommand::Create(args) => create(ctx, app, args).await,
        KeyCommand::List { tenant } => list(ctx, app, &tenant).await,
        KeyCommand::Revoke { tenant, name } => revoke(ctx, app, &tenant, &name).await,
    };
    deciding.close().await;
    done
}

async fn create(ctx: &Context, app: &vaultpilot_app::App, args: KeyArgs) -> Result<(), Failure> {
    let role = Role::from(args.role);
    let request = KeyCreate {
        name: args.name,
        role,
        scopes: (!args.scopes.is_empty()).then_some(args.scopes),
        expires_in_days: Some(args.days),
    };
    let made = app.house_key_create(&args.tenant, &request).await?;
    let secret = SecretString::from(made.secret.expose());
    let json = json!({ "key": made.key, "secret": secret.expose_secret() });
    ctx.answer(&json, secret.expose_secret())?;
    if !ctx.global.json {
        eprintln!(
            "key {} of {} is good until {}; it is shown here and kept by nobody",
            made.key.name,
            args.tenant,
            made.key.expires_at.as_deref().unwrap_or("revoked")
        );
    }
    Ok(())
}

async fn list(
    ctx: &Context,
    app: &vaultpilot_app::App,
    tenant: &TenantName,
) -> Result<(), Failure> {
    let keys = app.house_key_list(tenant).await?;
    let row = |key: &KeyView| {
        let end = match (&key.revoked_at, &key.expires_at) {
            (Some(at), _) => format!("revoked {at}"),
            (None, Some(at)) => format!("until {at}"),
            (None, None) => "without end".to_owned(),
        };
        let role = json!(key.role);
        let role = role.as_str().unwrap_or_default().to_owned();
        format!("{:<24} {role:<9} {:<14} {end}", key.name, key.prefix)
    };
    let words = if keys.is_empty() {
        format!("{tenant} has no keys")
    } else {
        keys.iter().map(row).collect::<Vec<_>>().join("\n")
    };
    ctx.answer(&json!({ "keys": keys }), &words)
}

async fn revoke(
    ctx: &Context,
    app: &vaultpilot_app::App,
    tenant: &TenantName,
    name: &Label,
) -> Result<(), Failure> {
    let id = app.house_key_revoke(tenant, name).await?;
    let words = format!("key {name} of {tenant} is revoked");
    ctx.answer(&json!({ "revoked": id.to_string() }), &words)
}
