use super::{segment, segments};

#[test]
fn plain_names_pass() {
    for name in ["transit", "tenant-acme", "k.8", "A_1", "..."] {
        assert_eq!(segment(name), Ok(name));
        assert_eq!(segments(name), Ok(name));
    }
    assert_eq!(segments("team/a/transit"), Ok("team/a/transit"));
}

#[test]
fn names_that_lead_elsewhere_do_not() {
    for name in [
        "", ".", "..", "a/../b", "a//b", "/a", "a/", "a b", "a?b", "a#b", "a%2fb", "ä", "a\n",
        "a\\b",
    ] {
        assert!(segments(name).is_err(), "{name:?}");
        assert!(segment(name).is_err(), "{name:?}");
    }
    assert!(segment("a/b").is_err(), "one segment has no slash");
    assert!(segments(&"a".repeat(257)).is_err());
    assert!(segment(&"a".repeat(257)).is_err());
}
