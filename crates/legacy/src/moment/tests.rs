use proptest::prelude::*;

use super::*;

fn at(text: &str) -> Result<String, Problem> {
    instant(text, "next_run_at").map(|instant| instant.to_string())
}

#[test]
fn times_are_utc_unless_they_say_otherwise() {
    let table = [
        (
            "2026-11-29T07:45:22.335624+00:00",
            "2026-11-29T07:45:22.335624Z",
        ),
        ("2026-11-29T07:45:22.335624", "2026-11-29T07:45:22.335624Z"),
        ("2026-11-29 07:45:45.866274", "2026-11-29T07:45:45.866274Z"),
        ("2026-11-29T08:45:22+01:00", "2026-11-29T07:45:22Z"),
        ("2026-11-29T02:15:22-05:30", "2026-11-29T07:45:22Z"),
        ("2026-11-29T07:45:22Z", "2026-11-29T07:45:22Z"),
        ("2024-02-29T00:00:00", "2024-02-29T00:00:00Z"),
    ];
    for (text, expected) in table {
        assert_eq!(at(text).as_deref(), Ok(expected), "{text}");
    }
}

#[test]
fn what_is_no_time_is_refused() {
    let none = [
        "",
        "soon",
        "2026-02-30T00:00:00",
        "1764402322",
        "2026-11-29T25:00:00",
        "0",
    ];
    for text in none {
        assert_eq!(
            at(text),
            Err(Problem::Moment {
                field: "next_run_at"
            }),
            "{text}"
        );
    }
    assert!(at(&"2".repeat(70)).is_err());
    assert!(day("2026-11-22", "spent_day").is_ok());
    assert!(day("2026-13-22", "spent_day").is_err());
}

proptest! {
    #[test]
    fn nothing_panics(text in "[-0-9T:Z+. ]{0,40}|.{0,40}") {
        let _ = instant(&text, "x").is_ok();
        let _ = day(&text, "x").is_ok();
    }
}
