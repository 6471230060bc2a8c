//! The contract of `Store`, `ReadTx` and `Tx`.
//!
//! Each case gets a store of its own from the factory, makes its own tenants, and asserts. A case
//! never goes on with a unit of work after it failed: databases abort those.

mod approval;
mod audit;
mod dry_run;
mod furnish;
mod ground;
mod intent;
mod isolation;
mod kek;
mod key;
mod key_task;
mod ledger;
mod nonce;
mod policy;
mod race;
mod recipient;
mod run;
mod strategy;
mod tenant;
mod unit;
mod wallet;
mod wallet_key;
mod window;

use std::sync::Arc;

use vaultpilot_ports::Store;

macro_rules! cases {
    ($fresh:ident: $($group:ident :: $case:ident,)*) => {$(
        // Shown by the test harness when a case fails.
        eprintln!("store contract: {}::{}", stringify!($group), stringify!($case));
        let store = $fresh().await;
        Box::pin($group::$case(&store)).await;
    )*};
}

/// Runs every case, each on a fresh, empty store. Needs a multi-threaded runtime to be worth much.
pub async fn run(fresh: impl AsyncFn() -> Arc<dyn Store>) {
    cases! { fresh:
        tenant::is_created_once_and_found,
        tenant::changes_all_but_its_name,
        tenant::namespace_is_taken_once,
        tenant::revision_grows_with_what_others_remember,
        unit::sees_its_own_writes_and_nobody_else_does,
        unit::dropped_without_commit_never_was,
        unit::view_stays_as_it_was_and_waits_for_nobody,
        wallet::is_kept_with_its_key,
        wallet::label_is_taken_once_and_the_key_survives,
        wallet::changes_state_and_gains_chains,
        wallet::address_is_taken_once_by_any_tenant,
        wallet::list_is_by_label_in_pages,
        wallet_key::keys_are_never_overwritten,
        wallet_key::purge_keeps_the_newest_of_each,
        wallet_key::behind_are_those_under_an_older_kek,
        wallet_key::names_a_kek_that_is_there,
        kek::follow_one_another,
        kek::purge_keeps_what_is_used,
        kek::fixes_what_wraps_the_tenants_keys,
        key_task::survives_in_every_state,
        key_task::moves_only_from_what_was_seen,
        key_task::list_is_newest_first_in_pages,
        key_task::open_spans_tenants_oldest_first,
        policy::is_replaced_by_name_and_deleted_once,
        intent::survives_in_every_state,
        intent::is_found_by_request_and_by_hash,
        intent::request_id_is_taken_once,
        intent::moves_only_from_where_it_is,
        intent::list_is_newest_first_filtered_and_in_pages,
        intent::alike_is_the_newest_that_came_to_something,
        intent::in_flight_spans_tenants_oldest_first,
        ledger::counts_later_than_since_in_scope,
        ledger::commits_restores_and_releases,
        ledger::unspent_counts_but_costs_nothing,
        ledger::gas_is_reserved_but_never_used,
        ledger::sums_beyond_128_bits,
        window::held_never_leaves_a_window,
        window::commit_dates_what_windows_count,
        recipient::is_known_once_paid,
        recipient::is_known_in_what_was_paid,
        nonce::lease_is_exclusive_until_it_ends,
        nonce::belongs_to_one_intent_for_ever,
        nonce::old_epoch_takes_nothing,
        approval::is_kept_and_listed,
        approval::is_decided_once,
        approval::overdue_spans_tenants,
        key::is_found_by_hash_and_revoked_once,
        strategy::survives_in_every_state,
        strategy::name_is_taken_until_it_is_detached,
        strategy::moves_only_from_what_was_seen,
        strategy::stands_on_a_wallet_that_is_there,
        strategy::list_is_oldest_first_filtered_and_in_pages,
        strategy::due_is_the_longest_due_first,
        run::survives_in_every_state,
        run::tick_has_one_run,
        run::old_epoch_writes_nothing,
        run::outcome_is_fixed,
        run::expired_is_the_longest_over_first,
        run::list_is_newest_first_filtered_and_in_pages,
        run::history_is_trimmed_to_the_newest_ended,
        dry_run::is_seen_while_fresh,
        audit::chains_without_gap,
        audit::is_searched_newest_first,
        race::appends_leave_no_gap,
        race::budget_is_never_overspent,
        race::request_is_recorded_once,
        race::nonce_is_taken_once,
        race::approval_is_decided_once,
        race::lease_is_given_once,
        race::kek_is_made_once,
        race::key_task_is_moved_once,
        race::address_is_given_once,
        isolation::tenants_never_meet_when_reading,
        isolation::tenants_never_meet_when_writing,
        isolation::tenants_never_meet_when_writing_keys,
    }
}
