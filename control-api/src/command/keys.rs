//! `control-api keys`: what wraps the wallet keys of tenants, from inside the cluster. Rotation
//! alone: what takes keys in or lets them out is for people with a name.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;
use vaultpilot_app::{App, CustodyView, KeyTaskView};
use vaultpilot_core::TenantName;
use vaultpilot_ports::store::KeyLevel;
use vaultpilot_ports::{Fault, StoreError};

use super::Context;
use super::decide::Deciding;
use crate::cli::{KeysCommand, LevelName, TenantArgs};
use crate::failure::Failure;

/// How long a rotation is followed; the signing zone goes on without us.
const PATIENCE: Duration = Duration::from_mins(30);
const LOOK: Duration = Duration::from_millis(500);

pub(super) async fn run(ctx: &Context, command: KeysCommand) -> Result<(), Failure> {
    let deciding = Deciding::open(ctx).await?;
    let app = &deciding.app;
    let done = match command {
        KeysCommand::Status { of } => status(ctx, app, &of).await,
        KeysCommand::Rotate { of, level, no_wait } => {
            let level = match level {
                LevelName::Tenant => KeyLevel::Tenant,
                LevelName::Root => KeyLevel::Root,
            };
            rotate(ctx, app, &of, level, no_wait).await
        }
    };
    deciding.close().await;
    done
}

async fn tenants(app: &App, of: &TenantArgs) -> Result<Vec<TenantName>, Failure> {
    match &of.tenant {
        Some(tenant) => Ok(vec![tenant.clone()]),
        None => Ok(app.house_tenants().await?),
    }
}

async fn status(ctx: &Context, app: &App, of: &TenantArgs) -> Result<(), Failure> {
    let mut seen = Vec::new();
    for tenant in tenants(app, of).await? {
        let status = app.house_custody_status(&tenant).await?;
        seen.push((tenant, status));
    }
    let all = seen
        .iter()
        .map(|(tenant, status)| json!({ "tenant": tenant, "keys": status }));
    let words: Vec<String> = seen.iter().flat_map(|(name, it)| lines(name, it)).collect();
    ctx.answer(
        &json!({ "tenants": all.collect::<Vec<Value>>() }),
        &words.join("\n"),
    )
}

fn lines(tenant: &TenantName, status: &CustodyView) -> Vec<String> {
    let mut lines = vec![format!("{tenant}: {}", status.provider)];
    if let Some(trouble) = &status.trouble {
        lines.push(format!("  trouble: {trouble}"));
    }
    lines.extend(status.keks.iter().map(|kek| {
        format!(
            "  key {} of the tenant: wrapped by {}, {} wallet keys",
            kek.version, kek.root, kek.wallet_keys
        )
    }));
    let other = status
        .wallet_keys
        .iter()
        .filter(|count| count.kek.is_none());
    lines.extend(other.map(|count| format!("  {}: {} wallet keys", count.provider, count.keys)));
    lines.extend(status.tasks.iter().map(|task| format!("  {}", line(task))));
    lines
}

fn line(task: &KeyTaskView) -> String {
    let mut line = format!(
        "{} {} {}: {} of {}",
        task.id,
        task.level.as_deref().unwrap_or(&task.kind),
        task.state,
        task.done,
        task.total
    );
    if let (Some(code), Some(detail)) = (&task.code, &task.detail) {
        line = format!("{line}; {detail} ({code})");
    }
    line
}

/// Asks for all rotations first, then follows them: tenants are worked on side by side.
async fn rotate(
    ctx: &Context,
    app: &App,
    of: &TenantArgs,
    level: KeyLevel,
    no_wait: bool,
) -> Result<(), Failure> {
    let mut tasks = Vec::new();
    let mut refused = None;
    for tenant in tenants(app, of).await? {
        match app.house_custody_rotate(&tenant, level).await {
            Ok(task) => tasks.push((tenant, task)),
            Err(fault) => {
                eprintln!("{tenant}: {fault}");
                refused = Some(fault);
            }
        }
    }
    if !no_wait {
        follow(app, &mut tasks).await?;
    }
    let all = tasks
        .iter()
        .map(|(tenant, task)| json!({ "tenant": tenant, "task": task }));
    let words: Vec<String> = tasks
        .iter()
        .map(|(tenant, task)| format!("{tenant}: {}", line(task)))
        .collect();
    ctx.answer(
        &json!({ "rotations": all.collect::<Vec<Value>>() }),
        &words.join("\n"),
    )?;
    if let Some(fault) = refused {
        return Err(fault.into());
    }
    let failed = tasks.iter().find(|(_, task)| task.state == "failed");
    if let Some((tenant, task)) = failed {
        let code = task.code.as_deref().unwrap_or("rotation_failed");
        let message = format!("rotation of {tenant} failed: {}", line(task));
        return Err(Fault::conflict(code, message).into());
    }
    if !no_wait && tasks.iter().any(|(_, task)| !task.over) {
        let message = "not over yet; the signing zone goes on: control-api keys status";
        return Err(Fault::unavailable("rotation_running", message).into());
    }
    Ok(())
}

async fn follow(app: &App, tasks: &mut [(TenantName, KeyTaskView)]) -> Result<(), Failure> {
    let until = Instant::now() + PATIENCE;
    while tasks.iter().any(|(_, task)| !task.over) && Instant::now() < until {
        tokio::time::sleep(LOOK).await;
        for (tenant, task) in tasks.iter_mut().filter(|(_, task)| !task.over) {
            let id = task.id.parse().map_err(|_| StoreError::Inconsistent {
                table: "key_tasks",
                column: "id",
                row: task.id.clone(),
            })?;
            let now = app.house_key_task(tenant, id).await?;
            if now.done != task.done || now.code != task.code {
                eprintln!("{tenant}: {}", line(&now));
            }
            *task = now;
        }
    }
    Ok(())
}
