use std::io::{Read as _, repeat};

use super::{LONGEST, Lines};

#[test]
fn lines_come_without_their_ends() {
    let lines: Result<Vec<String>, _> = Lines::of("one\n\ntwo".as_bytes()).collect();
    assert_eq!(lines.unwrap(), ["one", "", "two"]);
    assert!(Lines::of([0xff].as_slice()).next().unwrap().is_err());
}

#[test]
fn a_line_without_an_end_does_not_fill_the_memory() {
    let longest = repeat(b' ').take(LONGEST as u64).chain("\n[]\n".as_bytes());
    let lengths: Vec<usize> = Lines::of(longest).map(|line| line.unwrap().len()).collect();
    assert_eq!(lengths, [LONGEST, 2]);
    let error = Lines::of(repeat(b' ')).next().unwrap().unwrap_err();
    assert_eq!(error.to_string(), "line is longer than any row");
}
