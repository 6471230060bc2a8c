//! Every byte counts.

use vaultpilot_backup::BackupError;

use crate::ground::Ground;

/// Whoever changes a byte, anywhere, is found out.
#[test]
fn every_flipped_byte_is_found() {
    let ground = Ground::new();
    let written = ground.make("whole");
    let whole = std::fs::read(&written.path).unwrap();
    for place in 0..whole.len() {
        let mut flipped = whole.clone();
        flipped[place] ^= 0x01;
        std::fs::write(ground.path("flipped"), &flipped).unwrap();
        let read = ground.read("flipped");
        assert!(
            read.is_err(),
            "byte {place} of {} does not count",
            whole.len()
        );
    }
}

/// Nor is anything missed that was cut off or added.
#[test]
fn every_truncation_is_found() {
    let ground = Ground::new();
    let written = ground.make("whole");
    let whole = std::fs::read(&written.path).unwrap();
    for length in (0..whole.len()).step_by(7) {
        std::fs::write(ground.path("short"), &whole[..length]).unwrap();
        let read = ground.read("short");
        assert!(
            matches!(
                read,
                Err(BackupError::NotABackup | BackupError::Damaged { .. })
            ),
            "{length} bytes of {}: {read:?}",
            whole.len()
        );
    }
    for added in [&b"x"[..], &[0u8; 512], &whole] {
        let mut longer = whole.clone();
        longer.extend_from_slice(added);
        std::fs::write(ground.path("long"), &longer).unwrap();
        assert!(
            ground.read("long").is_err(),
            "{} bytes were added",
            added.len()
        );
    }
}

#[test]
fn what_is_no_backup_is_told_so() {
    let ground = Ground::new();
    for content in [&b""[..], b"hello", &[0u8; 4096]] {
        std::fs::write(ground.path("other"), content).unwrap();
        let read = ground.read("other");
        assert!(matches!(read, Err(BackupError::NotABackup)), "{read:?}");
    }
    let absent = ground.read("absent");
    assert!(
        matches!(absent, Err(BackupError::Read { .. })),
        "{absent:?}"
    );
}
