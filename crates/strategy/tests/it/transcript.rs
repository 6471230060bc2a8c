//! Plays every file of `tests/transcripts` and compares it with itself, answers and all.
//!
//! A line `> command` is a command, lines `| text` after it are its input, `#` lines and empty ones
//! are for people, and everything else is what the command printed. Run with
//! `UPDATE_TRANSCRIPTS=1` to write the answers anew, then read the diff.

use std::path::Path;

use crate::script::World;

fn replay(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut world = World::new();
    let mut played = String::new();
    let mut say = |line: &str| {
        played.push_str(line);
        played.push('\n');
    };
    let mut rest = lines.as_slice();
    while let [line, after @ ..] = rest {
        rest = after;
        let Some(command) = line.strip_prefix("> ") else {
            if line.is_empty() || line.starts_with('#') {
                say(line);
            }
            continue;
        };
        say(line);
        let inputs = rest.iter().take_while(|line| line.starts_with('|')).count();
        let (input, after) = rest.split_at(inputs);
        for line in input {
            say(line);
        }
        rest = after;
        let input: Vec<&str> = input
            .iter()
            .map(|line| line.strip_prefix("| ").unwrap_or_default())
            .collect();
        for line in world.run(command, &input) {
            say(&line);
        }
    }
    played
}

fn check(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/transcripts")
        .join(name);
    let written = std::fs::read_to_string(&path).unwrap();
    let played = replay(&written);
    if option_env!("UPDATE_TRANSCRIPTS").is_some() {
        std::fs::write(&path, &played).unwrap();
        return;
    }
    for (number, (is, was)) in played.lines().zip(written.lines()).enumerate() {
        assert_eq!(is, was, "{name}, line {}", number + 1);
    }
    assert_eq!(
        played, written,
        "{name} is shorter or longer than what was played"
    );
}

macro_rules! transcripts {
    ($($test:ident)*) => {
        const NAMED: &[&str] = &[$(stringify!($test),)*];
        $(#[test] fn $test() { check(concat!(stringify!($test), ".txt")); })*
    };
}

transcripts! {
    schedules daylight late limits failures wishes problems
}

/// A transcript nobody plays proves nothing.
#[test]
fn every_transcript_is_played() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            entry
                .unwrap()
                .path()
                .file_stem()
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    files.sort_unstable();
    let mut named: Vec<String> = NAMED.iter().map(|name| (*name).to_owned()).collect();
    named.sort_unstable();
    assert_eq!(files, named);
}
