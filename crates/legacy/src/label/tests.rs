use proptest::prelude::*;

use super::*;

#[test]
fn names_become_labels() {
    let table = [
        ("treasury-bot", "treasury-bot"),
        ("Treasury Bot", "treasury-bot"),
        ("dca_bot/2", "dca-bot-2"),
        ("--a--b--", "a-b"),
        ("café", "caf"),
    ];
    for (name, label) in table {
        assert_eq!(label_of(name).as_str(), label, "{name}");
    }
    let hashed = label_of("日本");
    assert!(hashed.as_str().starts_with("legacy-") && hashed != label_of("東京"));
    assert_eq!(hashed, label_of("日本"));
    let (one, two) = (
        format!("{}1", "x".repeat(80)),
        format!("{}2", "x".repeat(80)),
    );
    assert_ne!(label_of(&one), label_of(&two));
}

proptest! {
    #[test]
    fn every_name_has_one(name in ".{0,300}") {
        let label = label_of(&name);
        prop_assert_eq!(label_of(label.as_str()), label);
    }
}
