use super::plain;

#[test]
fn honest_names_stay_as_they_are() {
    for name in ["USDC", "Wrapped Ether", "₿", "日本円", "e\u{301}"] {
        assert_eq!(plain(name), name);
    }
}

#[test]
fn hidden_text_is_removed_and_long_text_cut() {
    assert_eq!(plain("US\u{202e}CD\u{200b}\n\u{1b}[31m"), "USCD[31m");
    assert_eq!(plain("\u{e0041}\u{e0042}A"), "A");
    assert_eq!(plain(&"x".repeat(1000)).len(), 64);
}
