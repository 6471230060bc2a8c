//! The border between the zones, read out of the sources.

use std::fs;
use std::path::{Path, PathBuf};

/// What leads to a signer.
const SIGNING: [&str; 9] = [
    ".unwrapper(",
    ".signer(",
    "Keyring",
    "Unwrapper",
    "RootKey",
    "ExecutorParts",
    "CustodyParts",
    "dyn Signer",
    "dyn Custodian",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn only_the_signing_zone_names_a_signer() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    sources(&root, &mut found);
    assert!(found.len() > 50, "the sources are read");
    let mut named = Vec::new();
    for path in &found {
        let text = fs::read_to_string(path).unwrap();
        // What a comment says is no code.
        let code = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        let code: Vec<&str> = code.collect();
        if SIGNING
            .iter()
            .any(|word| code.iter().any(|line| line.contains(word)))
        {
            named.push(path.strip_prefix(&root).unwrap().display().to_string());
        }
    }
    assert_eq!(named, ["house/signing.rs"]);
    let who: Vec<String> = found
        .iter()
        .filter(|path| fs::read_to_string(path).unwrap().contains("signing::open"))
        .map(|path| path.strip_prefix(&root).unwrap().display().to_string())
        .collect();
    assert_eq!(who, ["command/execute.rs"], "and only `execute` opens it");
}
