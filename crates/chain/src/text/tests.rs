use super::plain;

#[test]
fn text_is_cut_by_characters() {
    assert_eq!(plain("äöüß", 2), "äö");
}

#[test]
fn hidden_characters_are_taken_out() {
    assert_eq!(plain("US\u{202e}D\u{200b}C\n\u{1b}[0m", 64), "USDC[0m");
    assert_eq!(plain("\u{e0041}\u{0}", 64), "");
}

#[test]
fn spaces_around_are_trimmed() {
    assert_eq!(plain("  a b  ", 64), "a b");
}
