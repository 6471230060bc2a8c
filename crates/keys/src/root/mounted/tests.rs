use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::PathBuf;

use tempfile::TempDir;
use vaultpilot_testkit::SeededEntropy;

use super::super::{Lock, RootError, RootKey};

const DIGITS: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// A Secret as kubelet mounts it: `kek -> ..data/kek`, `..data -> ..stamp`.
struct Mount(TempDir);

impl Mount {
    fn new(text: &str, mode: u32) -> Self {
        let place = TempDir::new().unwrap();
        let folder = place.path().join("..stamp");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("kek"), text).unwrap();
        fs::set_permissions(folder.join("kek"), fs::Permissions::from_mode(mode)).unwrap();
        symlink("..stamp", place.path().join("..data")).unwrap();
        symlink("..data/kek", place.path().join("kek")).unwrap();
        Self(place)
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("kek")
    }

    fn open(&self) -> Result<RootKey, RootError> {
        RootKey::mounted(&self.path())
    }
}

#[test]
fn digits_and_key_files_are_read_through_links() {
    let plain = Mount::new(DIGITS, 0o440).open().ok().unwrap();
    let line = Mount::new(&format!("{DIGITS}\n"), 0o400)
        .open()
        .ok()
        .unwrap();
    assert_eq!(plain.id(), line.id());

    let place = TempDir::new().unwrap();
    let file = place.path().join("kek.json");
    let made = RootKey::create(&file, Lock::File, &SeededEntropy::new(7))
        .ok()
        .unwrap();
    let text = fs::read_to_string(&file).unwrap();
    let mounted = Mount::new(&text, 0o440).open().ok().unwrap();
    assert_eq!(mounted.id(), made.id());
}

#[test]
fn what_others_can_touch_is_refused() {
    for mode in [0o444, 0o460, 0o441, 0o644, 0o666, 0o404] {
        let refused = Mount::new(DIGITS, mode).open().err().unwrap();
        assert!(
            matches!(refused, RootError::ExposedMount { mode: seen, .. } if seen == mode),
            "{mode:o}: {refused}"
        );
    }
}

#[test]
fn what_is_no_root_is_refused() {
    let uneven = &DIGITS[1..];
    let other = DIGITS.replace('0', "g");
    let two = format!("{DIGITS}\n{DIGITS}\n");
    for text in ["", "\n", uneven, &other, &two, "{}", &"0".repeat(8192)] {
        let refused = Mount::new(text, 0o440).open().err().unwrap();
        assert!(
            matches!(refused, RootError::Unreadable { .. }),
            "{text:.70}: {refused}"
        );
    }
    let nothing = RootKey::mounted(&PathBuf::from("/nowhere/kek"))
        .err()
        .unwrap();
    assert!(matches!(nothing, RootError::Missing { .. }), "{nothing}");
    let folder = TempDir::new().unwrap();
    let refused = RootKey::mounted(folder.path()).err().unwrap();
    assert!(matches!(refused, RootError::NotAFile { .. }), "{refused}");
}
