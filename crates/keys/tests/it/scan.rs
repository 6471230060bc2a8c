//! `no_plaintext_key` in memory: a process makes and uses keys, and another reads all it has.
//!
//! Looked for are the root, the tenant's seed and its private halves, the data key, the private key
//! and the ephemeral keys of every exchange: whatever 32 bytes the process drew.

mod child;
mod custody;
mod house;

use std::io::BufRead as _;

use crate::memory::{Needles, search};
pub(crate) use child::{Child, Said, needles, say_ready};
pub(crate) use house::{House, Marked, leak};

/// Makes a house, uses it, and stands still: while it holds what it opened, and when it has given
/// everything back. Each time somebody may look.
pub(crate) async fn live(seed: u64) {
    let marked = Marked::new(seed);
    let house = House::build(&marked).await;
    house.use_it().await;
    say_ready(&marked, &house);
    wait();
    house.use_it().await;
    drop(house.give_up());
    say_ready(&marked, &house);
    wait();
}

/// Until the other side has looked.
pub(crate) fn wait() {
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line);
    assert!(read.is_ok_and(|read| read > 0), "nobody looks any more");
}

const SEED: u64 = 1 << 32;

#[tokio::test]
#[ignore = "run in a process of its own"]
async fn signer() {
    live(SEED).await;
}

/// As on a kernel that gives no pages for secrets.
#[tokio::test]
#[ignore = "run in a process of its own"]
async fn signer_in_plain_memory() {
    house::without_pages_for_secrets();
    live(SEED).await;
}

/// One that copies eight bytes of its private key to where they do not belong.
#[tokio::test]
#[ignore = "run in a process of its own"]
async fn signer_that_leaks() {
    let marked = Marked::new(SEED);
    let house = House::build(&marked).await;
    house.use_it().await;
    let leaked = leak(&marked);
    say_ready(&marked, &house);
    wait();
    drop(std::hint::black_box(leaked));
}

#[test]
fn no_plaintext_key_in_a_signers_memory() {
    let mut child = Child::start("scan::signer");
    for step in ["alive", "after"] {
        let said = child.ready();
        assert_eq!(said.protection, "guarded");
        let found = search(child.pid(), &needles(SEED, &said));
        assert_eq!(found.fragments, 0, "{step}");
        assert!(found.read > 1 << 20, "{found:?}");
        // Not because it was not looked for: root may read everything else, but not these pages.
        assert!(!found.refused.is_empty());
        for refused in found.refused {
            assert!(refused.contains("secretmem"), "{step}: {refused}");
        }
        child.go_on();
    }
    child.end();
}

/// The same process and the same search, and only the pages are others: so it is the pages that keep
/// the keys, and erasing that takes them away.
#[test]
fn a_signer_in_plain_memory_is_seen_through() {
    let mut child = Child::start("scan::signer_in_plain_memory");
    let said = child.ready();
    assert_eq!(said.protection, "plain");
    let found = search(child.pid(), &needles(SEED, &said));
    // Whole: the root, two private halves and a data key, 25 fragments each.
    assert!(found.fragments >= 4 * 25, "{found:?}");
    assert!(found.refused.is_empty(), "{:?}", found.refused);
    child.go_on();
    let said = child.ready();
    let found = search(child.pid(), &needles(SEED, &said));
    assert_eq!(found.fragments, 0, "given back is erased");
    child.go_on();
    child.end();
}

#[test]
fn eight_leaked_bytes_are_found() {
    let mut child = Child::start("scan::signer_that_leaks");
    let said: Said = child.ready();
    assert_eq!(said.protection, "guarded");
    let needles: Needles = needles(SEED, &said);
    assert_eq!(search(child.pid(), &needles).fragments, 1);
    child.go_on();
    child.end();
}
