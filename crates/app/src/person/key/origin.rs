//! Whose a key is. Whoever may make keys could come back with a second one and pass for somebody
//! else; so a key counts as its maker's.

use std::collections::{HashMap, HashSet};

use vaultpilot_core::{KeyId, Label, Timestamp};
use vaultpilot_ports::store::ApiKey;
use vaultpilot_ports::{Fault, Tx};

use crate::error::OrFault;

/// Whether two different people stand behind what the requester asked for at `asked_at` and the
/// approver's answer. Two keys are two people's only when nobody but the house made the one for the
/// other, and both names were there before the question.
pub(crate) async fn are_two_people(
    tx: &mut dyn Tx,
    requester: KeyId,
    approver: KeyId,
    asked_at: Timestamp,
) -> Result<bool, Fault> {
    let keys = tx.api_key_list().await.fault()?;
    Ok(are_two(&keys, requester, approver, asked_at))
}

fn are_two(keys: &[ApiKey], requester: KeyId, approver: KeyId, asked_at: Timestamp) -> bool {
    let keys: HashMap<KeyId, &ApiKey> = keys.iter().map(|key| (key.id, key)).collect();
    // A key nobody knows is nobody's.
    let (Some(_), Some(second)) = (keys.get(&requester), keys.get(&approver)) else {
        return false;
    };
    if second.created_at > asked_at {
        return false;
    }
    let (one, other) = (line(&keys, requester), line(&keys, approver));
    one.ids.is_disjoint(&other.ids) && one.names.is_disjoint(&other.names)
}

/// A key, the key that made it, and so on up to one that the house made.
struct Line<'a> {
    ids: HashSet<KeyId>,
    names: HashSet<&'a Label>,
}

fn line<'a>(keys: &HashMap<KeyId, &'a ApiKey>, of: KeyId) -> Line<'a> {
    let mut line = Line {
        ids: HashSet::new(),
        names: HashSet::new(),
    };
    let mut next = Some(of);
    // Rows that say they made each other end it too: no id is taken twice.
    while let Some(id) = next.take_if(|id| line.ids.insert(*id)) {
        let key = keys.get(&id);
        line.names.extend(key.map(|key| &key.name));
        next = key.and_then(|key| key.made_by);
    }
    line
}

#[cfg(test)]
mod tests;
