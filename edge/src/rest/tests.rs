use super::segment;

#[test]
fn a_segment_stays_one_segment() {
    let table = [
        ("treasury", "treasury"),
        ("eip155:1", "eip155%3A1"),
        ("a/../b?c#d", "a%2F..%2Fb%3Fc%23d"),
        ("..", "%2E%2E"),
        ("é", "%C3%A9"),
    ];
    for (text, expected) in table {
        assert_eq!(segment(text), expected);
    }
}
