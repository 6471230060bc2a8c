use vaultpilot_core::{AuditId, TenantId, Timestamp};

use super::*;

fn tenant() -> TenantId {
    "tnt_01HZX3J9QK8B3V6T2N4M5P7R9S".parse().unwrap()
}

fn draft(n: u8) -> Draft {
    let id: AuditId = "evt_01HZX3J9QK8B3V6T2N4M5P7R9S".parse().unwrap();
    let at = Timestamp::UNIX_EPOCH;
    Draft::new(id, at, Action::ToolCalled, Actor::System, Outcome::Allowed).fact("n", n)
}

fn chained(count: u8) -> Vec<Entry> {
    let (mut entries, head) = chain(tenant(), Head::GENESIS, (0..count / 2).map(draft).collect());
    entries.extend(chain(tenant(), head, (count / 2..count).map(draft).collect()).0);
    entries
}

#[test]
fn a_chain_verifies() {
    let head = verify(tenant(), &chained(9)).unwrap();
    assert_eq!(head.seq, 9);
}

#[test]
fn any_change_is_found() {
    let good = chained(9);
    for at in 0..good.len() {
        let seq = u64::try_from(at).unwrap() + 1;
        let mut altered = good.clone();
        altered[at].draft.outcome = Outcome::Denied;
        assert_eq!(verify(tenant(), &altered), Err(Broken::Altered { seq }));

        let mut removed = good.clone();
        removed.remove(at);
        // A cut tail is a shorter chain: checkpoints, not the chain, show it.
        let expected = if at + 1 == good.len() {
            Ok(seq - 1)
        } else {
            Err(Broken::Missing { seq })
        };
        assert_eq!(verify(tenant(), &removed).map(|head| head.seq), expected);

        let mut renumbered = removed.clone();
        for (n, entry) in renumbered.iter_mut().enumerate() {
            entry.seq = u64::try_from(n).unwrap() + 1;
        }
        assert_eq!(verify(tenant(), &renumbered).is_ok(), at + 1 == good.len());
    }
    let mut swapped = good;
    swapped.swap(2, 3);
    assert_eq!(verify(tenant(), &swapped), Err(Broken::Missing { seq: 3 }));
}

#[test]
fn entries_survive_export() {
    let entries = chained(3);
    let text: Vec<String> = entries
        .iter()
        .map(|entry| serde_json::to_string(entry).unwrap())
        .collect();
    let back: Vec<Entry> = text
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(back, entries);
    assert!(verify(tenant(), &back).is_ok());
}
