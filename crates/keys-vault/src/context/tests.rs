use vaultpilot_ports::keys::KekContext;

use super::{of_check, of_kek};

#[test]
fn the_texts_stay_what_they_are() {
    let context = KekContext {
        tenant: "tnt_01K3ZQ6V0N8M2X4C7B9D1F5G6H".parse().unwrap(),
        version: 7,
    };
    // vaultpilot/kek|tnt_01K3ZQ6V0N8M2X4C7B9D1F5G6H|7
    assert_eq!(
        of_kek(&context),
        "dmF1bHRwaWxvdC9rZWt8dG50XzAxSzNaUTZWME44TTJYNEM3QjlEMUY1RzZIfDc="
    );
    // vaultpilot/check
    assert_eq!(of_check(), "dmF1bHRwaWxvdC9jaGVjaw==");
}
