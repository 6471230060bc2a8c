use super::split;

#[test]
fn a_stream_is_taken_apart_at_its_markers() {
    let table: [(&str, &[&str]); 6] = [
        ("a: 1\n", &["a: 1\n"]),
        ("---\na: 1\n", &["a: 1\n"]),
        (
            "# head\n---\na: 1\n---\nb: '---'\n",
            &["a: 1\n", "b: '---'\n"],
        ),
        ("a: 1\n---\n# nothing\n---\n", &["a: 1\n"]),
        ("a: 1\r\n---\r\nb: 2", &["a: 1\r\n", "b: 2"]),
        ("", &[""]),
    ];
    for (text, expected) in table {
        assert_eq!(split(text), expected, "{text:?}");
    }
}
