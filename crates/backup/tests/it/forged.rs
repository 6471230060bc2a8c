//! Whoever knows a recipient can seal something for it: what is in it is believed no further than it
//! goes.

use vaultpilot_backup::{BackupError, Manifest};

use crate::ground::{DATABASE, Ground, ROWS, manifest};

/// An archive of these entries, each with a type.
fn archive(entries: &[(&str, tar::EntryType, &[u8])]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, kind, content) in entries {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_entry_type(*kind);
        // Past the checks that would refuse such a name.
        let bytes = &mut header.as_mut_bytes()[..name.len()];
        bytes.copy_from_slice(name.as_bytes());
        header.set_cksum();
        archive.append(&header, *content).unwrap();
    }
    archive.into_inner().unwrap()
}

const FILE: tar::EntryType = tar::EntryType::Regular;

fn text(manifest: &Manifest) -> Vec<u8> {
    serde_json::to_vec(manifest).unwrap()
}

#[test]
fn a_newer_format_is_refused_before_it_is_understood() {
    let ground = Ground::new();
    let newer = br#"{"format": 2, "members": "of a shape nobody knows"}"#;
    ground.forge("newer", &archive(&[("manifest.json", FILE, newer)]));
    let read = ground.read("newer");
    assert!(
        matches!(read, Err(BackupError::Newer { found: 2, known: 1 })),
        "{read:?}"
    );
}

#[test]
fn only_what_the_manifest_lists_is_taken_in_its_order() {
    let ground = Ground::new();
    let said = text(&manifest());
    let (name, rows) = ("database.sqlite", "tables/wallets.jsonl");
    let first = ("manifest.json", FILE, &*said);
    let cases: Vec<Vec<(&str, tar::EntryType, &[u8])>> = vec![
        vec![],
        vec![(name, FILE, DATABASE)],
        vec![first],
        vec![first, (name, FILE, DATABASE)],
        vec![first, (rows, FILE, ROWS), (name, FILE, DATABASE)],
        vec![
            first,
            (name, FILE, DATABASE),
            (rows, FILE, b"{\"id\":1}\n{\"id\":3}\n"),
        ],
        vec![first, (name, FILE, DATABASE), (rows, FILE, &ROWS[..9])],
        vec![
            first,
            (name, FILE, DATABASE),
            (rows, FILE, ROWS),
            ("more", FILE, b"x"),
        ],
        vec![
            first,
            (name, tar::EntryType::Symlink, b""),
            (rows, FILE, ROWS),
        ],
        vec![
            first,
            ("../database.sqlite", FILE, DATABASE),
            (rows, FILE, ROWS),
        ],
    ];
    for (number, entries) in cases.into_iter().enumerate() {
        ground.forge("forged", &archive(&entries));
        let read = ground.read("forged");
        assert!(read.is_err(), "case {number} passes");
    }
    let good = [first, (name, FILE, DATABASE), (rows, FILE, ROWS)];
    ground.forge("forged", &archive(&good));
    ground.read("forged").unwrap();
    let mut behind = archive(&good);
    behind.extend_from_slice(b"something that no archive shows");
    ground.forge("forged", &behind);
    assert!(matches!(
        ground.read("forged"),
        Err(BackupError::Damaged { .. })
    ));
}

#[test]
fn no_name_in_a_manifest_is_a_path() {
    use vaultpilot_backup::Kind;
    let ground = Ground::new();
    for name in [
        "/etc/passwd",
        "../kek",
        "a/../b",
        "",
        ".",
        "a//b",
        "kek\0",
        "a b",
    ] {
        for kind in 0..2 {
            let mut hostile = manifest();
            if kind == 0 {
                hostile.members[0].name = name.to_owned();
            } else {
                hostile.members[0].kind = Kind::Secret {
                    file: name.to_owned(),
                };
            }
            let said = text(&hostile);
            ground.forge("hostile", &archive(&[("manifest.json", FILE, &said)]));
            let read = ground.read("hostile");
            let told =
                matches!(&read, Err(BackupError::Damaged { what }) if what.contains("names"));
            assert!(told, "{name:?}: {read:?}");
        }
    }
    // Nor is a slash part of a file's own name.
    let mut hostile = manifest();
    hostile.members[0].kind = Kind::Secret {
        file: "a/b".to_owned(),
    };
    let said = text(&hostile);
    ground.forge("hostile", &archive(&[("manifest.json", FILE, &said)]));
    assert!(ground.read("hostile").is_err());
}

#[test]
fn a_table_has_the_rows_that_are_said() {
    let ground = Ground::new();
    let mut few = manifest();
    few.tables[0].rows = 3;
    let entries = [
        ("manifest.json", FILE, &*text(&few)),
        ("database.sqlite", FILE, DATABASE),
        ("tables/wallets.jsonl", FILE, ROWS),
    ];
    ground.forge("few", &archive(&entries));
    let read = ground.read("few");
    assert!(matches!(read, Err(BackupError::Damaged { .. })), "{read:?}");
}
