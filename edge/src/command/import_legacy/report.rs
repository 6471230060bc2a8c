//! What would become of each record, or has.

use serde_json::{Value, json};

use super::plan::{Fate, Plan, RATES};
use crate::command::Context;
use crate::failure::Failure;
use crate::screen::{Screen, Tone};

pub(super) fn answer(ctx: &Context, plan: &Plan, dry_run: bool) -> Result<(), Failure> {
    let value = json(plan, dry_run);
    ctx.screen.answer(&value, || text(&ctx.screen, plan))?;
    for line in remarks(plan, dry_run) {
        ctx.screen.talk(line);
    }
    Ok(())
}

fn json(plan: &Plan, dry_run: bool) -> Value {
    let origins = plan.keys.as_ref().map(|keys| &keys.origins);
    let wallets = plan.wallets.iter().map(|it| {
        let opened_by = it
            .opened_by
            .and_then(|index| origins.and_then(|origins| origins.get(index)));
        let record = json!({
            "record": it.name, "label": it.label,
            "address": it.address().map(|address| address.to_checksum(None)),
            "chain": it.chain, "opened_by": opened_by,
        });
        with_fate(record, &it.fate)
    });
    let strategies = plan.strategies.iter().map(|it| {
        let record = json!({
            "record": it.name, "label": it.label, "transfer": it.body, "runs": it.enabled,
        });
        with_fate(record, &it.fate)
    });
    let rates = plan.rates.as_ref().map(|rates| {
        let record = json!({ "label": RATES, "left_behind": rates.left_behind });
        with_fate(record, &rates.fate)
    });
    json!({
        "dry_run": dry_run,
        "wallets": wallets.collect::<Vec<_>>(),
        "strategies": strategies.collect::<Vec<_>>(),
        "policy": rates,
        "events_left_behind": plan.events,
        "fernet_keys_unusable": plan.keys.as_ref().map(|keys| &keys.unusable),
        "backup": plan.backup,
        "summary": {
            "new": count(plan, |fate| *fate == Fate::New),
            "imported": count(plan, |fate| *fate == Fate::Done),
            "unchanged": count(plan, |fate| *fate == Fate::Unchanged),
            "failed": plan.failed(),
        },
    })
}

fn count(plan: &Plan, is: impl Fn(&Fate) -> bool) -> usize {
    plan.fates().filter(|fate| is(fate)).count()
}

fn with_fate(mut record: Value, fate: &Fate) -> Value {
    record["status"] = json!(word(fate));
    if let Fate::Failed { code, message } = fate {
        record["code"] = json!(code);
        record["message"] = json!(message);
    }
    record
}

const fn word(fate: &Fate) -> &'static str {
    match fate {
        Fate::New => "new",
        Fate::Unchanged => "unchanged",
        Fate::Done => "imported",
        Fate::Failed { .. } => "failed",
    }
}

fn text(screen: &Screen, plan: &Plan) -> String {
    let shown = |fate: &Fate| {
        let tone = match fate {
            Fate::Failed { .. } => Tone::Bad,
            Fate::Unchanged => Tone::Faint,
            Fate::New | Fate::Done => Tone::Good,
        };
        screen.paint(tone, word(fate))
    };
    let said = |fate: &Fate| match fate {
        Fate::Failed { code, message } => format!("{code}: {message}"),
        _ => String::new(),
    };
    let wallets = plan.wallets.iter().map(|it| {
        let what = match (&it.fate, it.address()) {
            (fate, Some(address)) if !fate.is_failed() => address.to_checksum(None),
            (fate, _) => said(fate),
        };
        let kind = "wallet".to_owned();
        [
            kind,
            it.name.clone(),
            it.label.to_string(),
            shown(&it.fate),
            what,
        ]
    });
    let strategies = plan.strategies.iter().map(|it| {
        let what = if it.fate.is_failed() {
            said(&it.fate)
        } else {
            transfer(&it.body, it.enabled)
        };
        let kind = "strategy".to_owned();
        [
            kind,
            it.name.clone(),
            it.label.to_string(),
            shown(&it.fate),
            what,
        ]
    });
    let rates = plan.rates.iter().map(|it| {
        let (kind, name) = ("policy".to_owned(), "rate_limits".to_owned());
        [
            kind,
            name,
            RATES.to_owned(),
            shown(&it.fate),
            said(&it.fate),
        ]
    });
    let rows: Vec<[String; 5]> = wallets.chain(strategies).chain(rates).collect();
    if rows.is_empty() {
        return "there is no record".to_owned();
    }
    screen.table(["what", "record", "here", "status", ""], rows)
}

fn transfer(body: &Value, enabled: bool) -> String {
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let every = body
        .get("every_s")
        .and_then(Value::as_u64)
        .unwrap_or_default();
    let state = if enabled { "runs" } else { "rests" };
    let (amount, to) = (text("amount"), text("to"));
    format!("{amount} to {to} every {every} s; {state}")
}

fn remarks(plan: &Plan, dry_run: bool) -> Vec<String> {
    let mut remarks = Vec::new();
    if let Some(keys) = plan.keys.as_ref().filter(|keys| !keys.unusable.is_empty()) {
        let places = keys.unusable.join(", ");
        remarks.push(format!("no Fernet key is in {places}: it was passed over"));
    }
    if let Some(rates) = plan.rates.as_ref().filter(|it| !it.left_behind.is_empty()) {
        let tools = rates.left_behind.join(", ");
        remarks.push(format!(
            "limits of {tools} stay behind: there are no such tools"
        ));
    }
    if plan.events > 0 {
        remarks.push(format!(
            "{} events stay behind. They may hold keys in the clear: erase the old database when \
             you are done with it",
            plan.events
        ));
    }
    if plan.failed() > 0 {
        return remarks;
    }
    if !plan.has_news() && count(plan, |fate| *fate == Fate::Done) == 0 {
        remarks.push("Everything is here already; nothing changes.".to_owned());
    } else if dry_run {
        remarks.push("Nothing was changed. Next: the same command without --dry-run".to_owned());
    } else if let Some(wallet) = plan.wallets.iter().find(|it| it.fate == Fate::Done) {
        remarks.push(format!(
            "Next: vaultpilot policy list; a wallet may pay once a policy allows it and vaultpilot \
             policy delete import-{} lifts the first one",
            wallet.label
        ));
    }
    remarks
}
