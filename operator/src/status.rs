//! The status of an object: written when it differs, with an event for every turn it took.

use std::fmt::Debug;

use kube::api::{Api, Patch, PatchParams};
use kube::runtime::events::{Event, EventType};
use kube::{Resource, ResourceExt as _};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use vaultpilot_crds::Condition;

use crate::context::Context;
use crate::error::{Error, is_not_found};
use crate::mark::FIELD_MANAGER;

/// Writes `after` if it is not what is there. `Ready`'s turns become events.
pub async fn publish<K, S>(
    ctx: &Context,
    api: &Api<K>,
    object: &K,
    before: Option<&S>,
    after: &S,
) -> Result<(), Error>
where
    K: Resource<DynamicType = ()> + Clone + DeserializeOwned + Debug,
    S: Serialize,
{
    let name = object.name_any();
    let after = plain(after);
    let before = before.map_or(Value::Null, |before| plain(before));
    if before == after {
        return Ok(());
    }
    let body = json!({
        "apiVersion": K::api_version(&()),
        "kind": K::kind(&()),
        "metadata": { "name": name, "uid": object.meta().uid },
        "status": after,
    });
    let params = PatchParams::apply(FIELD_MANAGER).force();
    match api.patch_status(&name, &params, &Patch::Apply(&body)).await {
        Ok(_) => {}
        // It went away meanwhile; there is nothing left to speak about.
        Err(error) if is_not_found(&error) => return Ok(()),
        Err(error) => return Err(Error::cluster(format!("status of {name}"))(error)),
    }
    for event in turns(&before, &after) {
        tell(ctx, object, event).await;
    }
    Ok(())
}

/// An event that is not told is no reason to fail: the condition says the same.
pub async fn tell<K: Resource<DynamicType = ()>>(ctx: &Context, object: &K, event: Event) {
    let reference = object.object_ref(&());
    if let Err(error) = ctx.events.publish(&event, &reference).await {
        tracing::warn!(%error, reason = event.reason, "event is not recorded");
    }
}

fn plain(status: &impl Serialize) -> Value {
    serde_json::to_value(status).unwrap_or_default()
}

/// What people want to hear of: conditions whose status or reason changed, but for the summaries
/// that say the same again.
fn turns(before: &Value, after: &Value) -> Vec<Event> {
    let conditions = |status: &Value| -> Vec<Condition> {
        serde_json::from_value(status["conditions"].clone()).unwrap_or_default()
    };
    let known = conditions(before);
    let mut events = Vec::new();
    for condition in conditions(after) {
        if matches!(condition.type_.as_str(), "Reconciling" | "Stalled") {
            continue;
        }
        let was = known.iter().find(|known| known.type_ == condition.type_);
        let same = was.is_some_and(|was| {
            (&was.status, &was.reason) == (&condition.status, &condition.reason)
        });
        // The first time, only what went wrong and `Ready` are news.
        let news = was.is_some() || condition.status == "False" || condition.type_ == "Ready";
        if same || !news || (condition.message.is_empty() && condition.type_ != "Ready") {
            continue;
        }
        let bad_when_true = ["DeletionBlocked"].contains(&condition.type_.as_str());
        let told_only = ["Suspended", "Frozen", "Idle", "Reattached"];
        let is_bad = match condition.status.as_str() {
            "True" => bad_when_true,
            _ => !bad_when_true && !told_only.contains(&condition.type_.as_str()),
        };
        let message = if condition.message.is_empty() {
            format!("{} is {}", condition.type_, condition.status)
        } else {
            condition.message.clone()
        };
        events.push(Event {
            type_: if is_bad {
                EventType::Warning
            } else {
                EventType::Normal
            },
            reason: condition.reason.chars().take(128).collect(),
            note: Some(message.chars().take(1000).collect()),
            action: condition.type_.clone(),
            secondary: None,
        });
    }
    // `Ready` repeats the reason of the condition that fails.
    let reasons: Vec<(String, Option<String>)> = events
        .iter()
        .filter(|event| event.action != "Ready")
        .map(|event| (event.reason.clone(), event.note.clone()))
        .collect();
    events.retain(|event| {
        event.action != "Ready" || !reasons.contains(&(event.reason.clone(), event.note.clone()))
    });
    events
}
