use vaultpilot_core::TenantId;
use vaultpilot_testkit::{MockClock, SeededEntropy};

use super::{Turn, Turns};

fn tenant(seed: u64) -> TenantId {
    TenantId::new(&MockClock::new(), &SeededEntropy::new(seed))
}

fn take(turns: &Turns, tenant: Option<TenantId>, most: usize) -> Vec<Turn> {
    (0..most).map_while(|_| turns.take(tenant).ok()).collect()
}

#[test]
fn one_tenant_takes_a_quarter_and_others_go_on() {
    let turns = Turns::new(32);
    let held = take(&turns, Some(tenant(1)), 100);
    assert_eq!(held.len(), 8);
    let refused = turns.take(Some(tenant(1))).err().unwrap();
    assert_eq!(
        (refused.code(), refused.is_retryable()),
        ("too_many_calls", true)
    );
    assert_eq!(take(&turns, Some(tenant(2)), 100).len(), 8);
    drop(held);
    assert!(turns.take(Some(tenant(1))).is_ok(), "a turn comes back");
}

#[test]
fn all_together_take_no_more_than_there_is() {
    let turns = Turns::new(10);
    let held: Vec<Vec<Turn>> = (0..9)
        .map(|seed| take(&turns, Some(tenant(seed)), 100))
        .collect();
    assert_eq!(held.iter().map(Vec::len).sum::<usize>(), 10);
    assert!(turns.take(None).is_err());
}
