use super::{distance, nearest};

#[test]
fn distance_counts_edits() {
    let table = [
        ("", "", 0),
        ("listen", "listen", 0),
        ("lisen", "listen", 1),
        ("ab", "ba", 2),
    ];
    for (a, b, expected) in table {
        assert_eq!(distance(a, b), expected, "{a} {b}");
    }
}

#[test]
fn only_slips_are_corrected() {
    let known = ["listen", "public_url", "max_request_bytes"];
    assert_eq!(nearest("lisen", known), Some("listen"));
    assert_eq!(nearest("publicurl", known), Some("public_url"));
    assert_eq!(nearest("colour", known), None);
    assert_eq!(nearest("x", []), None);
}
