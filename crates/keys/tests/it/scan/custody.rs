//! The same search after a key was brought along, wrapped anew and given out as a keystore
//! and as a file sealed with age.

use std::io::BufRead as _;

use vaultpilot_keys::material;
use vaultpilot_ports::keys::{Custodian as _, Export, KeyWrapper as _, SealedKey};
use vaultpilot_secret::Secret;
use vaultpilot_testkit::SeededEntropy;

use super::child::{Child, needles, say_ready};
use super::house::{House, Marked};
use super::wait;
use crate::memory::{Canary, Needles, search};

const SEED: u64 = 3 << 32;

/// The key that is brought along, far beyond all that are drawn.
const BROUGHT: u64 = SEED + 1_000_000;

/// One line of the other side, which alone has had the key in the clear.
fn heard() -> String {
    let mut line = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut line)
        .expect("a line");
    let bytes = hex::decode(line.trim()).expect("digits");
    String::from_utf8(bytes).expect("text")
}

#[tokio::test]
#[ignore = "run in a process of its own"]
async fn custodian() {
    let marked = Marked::new(SEED);
    let house = House::build(&marked).await;
    say_ready(&marked, &house);
    let (sealed, password) = (SealedKey(heard()), heard());
    let (keyring, kek) = (house.keyring(), &house.kek);
    let imported = keyring.import(house.context, &sealed, kek, kek).await;
    let (address, key) = imported.expect("a sealed key");
    let cut = SealedKey(sealed.0.replacen('A', "B", 1));
    let refused = keyring.import(house.context, &cut, kek, kek).await;
    refused.expect_err("an altered file");
    let made = house.wrapper.kek(&kek.management, house.next_kek()).await;
    let next = made.expect("another version");
    let moved = keyring.rewrap(house.context, &key, Some(kek), &next).await;
    let moved = moved.expect("a key of ours");
    say_ready(&marked, &house);
    wait();
    let export = Export::Keystore { password, kek: 1 };
    let given = keyring.export(house.context, &moved, Some(&next), address, &export, kek);
    given.await.expect("what was asked for");
    let recipient = material::recipient(&kek.imports);
    let export = Export::Age { recipient };
    let given = keyring.export(house.context, &moved, Some(&next), address, &export, kek);
    given.await.expect("what was asked for");
    say_ready(&marked, &house);
    wait();
}

#[test]
fn no_plaintext_key_after_custody() {
    let mut child = Child::start("scan::custody::custodian");
    let said = child.ready();
    let recipient = said.recipient();
    let mut key = Secret::empty();
    Canary::new(BROUGHT).write_into(key.bytes_mut());
    child.tell(&material::seal(&key, &recipient, &SeededEntropy::new(1)).expect("a recipient"));
    let password = "correct horse battery staple".to_owned().into();
    child.tell(&material::seal_text(&password, &recipient).expect("a recipient"));
    let said = child.ready();
    assert_eq!(said.protection, "guarded");
    // What is drawn for a keystore is its salt, which is no secret: not looked for after.
    let drawn = needles(SEED, &said);
    let brought = Needles::of([Canary::new(BROUGHT)]);
    for step in ["brought along and wrapped anew", "given out"] {
        for needles in [&drawn, &brought] {
            let fragments = search(child.pid(), needles).fragments;
            assert_eq!(fragments, 0, "{step}");
        }
        child.go_on();
        if step != "given out" {
            child.ready();
        }
    }
    child.end();
}
