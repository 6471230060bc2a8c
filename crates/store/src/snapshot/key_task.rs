//! Work on keys that came out of a backup is not done: since the backup was made it may have been
//! done, rejected or taken back.

use vaultpilot_core::Timestamp;
use vaultpilot_ports::keys::{Export, SealedKey};
use vaultpilot_ports::store::{KeyTask, KeyTaskState, KeyWork};

/// How the task ends, with what only doing it needed forgotten; `None` when it is over and holds
/// nothing.
pub(crate) fn ended(task: &KeyTask, at: Timestamp) -> Option<KeyTask> {
    let state = match &task.state {
        KeyTaskState::AwaitingApproval { .. } | KeyTaskState::Running { .. } => {
            KeyTaskState::Failed {
                code: "restored".to_owned(),
                detail: "the house was restored from a backup; ask again".to_owned(),
            }
        }
        KeyTaskState::Succeeded {
            done,
            bundle: Some(_),
            addresses,
        } => KeyTaskState::Succeeded {
            done: *done,
            bundle: None,
            addresses: addresses.clone(),
        },
        KeyTaskState::Rejected { .. }
        | KeyTaskState::Expired
        | KeyTaskState::Failed { .. }
        | KeyTaskState::Succeeded { bundle: None, .. } => return None,
    };
    Some(KeyTask {
        revision: task.revision.saturating_add(1),
        work: forgotten(&task.work),
        state,
        updated_at: at,
        ..task.clone()
    })
}

fn forgotten(work: &KeyWork) -> KeyWork {
    let mut work = work.clone();
    match &mut work {
        KeyWork::Import { keys, .. } => {
            for key in keys {
                key.sealed = SealedKey(String::new());
            }
        }
        KeyWork::Export {
            export, voucher, ..
        } => {
            *voucher = None;
            if let Export::Keystore { password, .. } = export {
                *password = String::new();
            }
        }
        KeyWork::Rotate { .. } => {}
    }
    work
}
