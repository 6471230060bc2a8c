use super::aligned;

#[test]
fn columns_are_aligned_whatever_colours_them() {
    let rows = [
        ["NAME", "STATE", "X"],
        ["a", "\u{1b}[32m● ok\u{1b}[0m", "1"],
        ["longer", "", ""],
    ];
    let rows = rows.map(|row| row.map(str::to_owned)).to_vec();
    let expected = "NAME    STATE  X\na       \u{1b}[32m● ok\u{1b}[0m   1\nlonger";
    assert_eq!(aligned(rows), expected);
}

#[test]
fn nothing_is_an_empty_text() {
    assert_eq!(aligned::<3>(Vec::new()), "");
}
