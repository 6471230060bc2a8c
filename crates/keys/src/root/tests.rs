use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use tempfile::TempDir;
use vaultpilot_testkit::SeededEntropy;

use super::*;

/// The cheapest that is allowed.
const CHEAP: Cost = Cost {
    memory_kib: 19 * 1024,
    passes: 2,
    lanes: 1,
};

struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("kek.json")
    }

    fn names(&self) -> Vec<String> {
        let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name();
        fs::read_dir(self.0.path())
            .unwrap()
            .map(|entry| name(entry).into_string().unwrap())
            .collect()
    }
}

fn entropy() -> SeededEntropy {
    SeededEntropy::new(7)
}

fn error<T>(result: Result<T, RootError>) -> RootError {
    result.err().expect("it must fail")
}

#[test]
fn a_file_is_made_once_private_and_opened_again() {
    let place = Place::new();
    let missing = error(RootKey::open(&place.file(), Lock::File));
    assert!(matches!(missing, RootError::Missing { .. }), "{missing}");
    let made = RootKey::open_or_create(&place.file(), Lock::File, &entropy())
        .ok()
        .unwrap();
    assert_eq!(place.names(), ["kek.json"], "no draft is left behind");
    let bits = fs::metadata(place.file()).unwrap().permissions().mode();
    assert_eq!(bits & 0o7777, 0o600);
    let other = SeededEntropy::new(8);
    for opened in [
        RootKey::open(&place.file(), Lock::File),
        RootKey::open_or_create(&place.file(), Lock::File, &other),
    ] {
        let opened = opened.ok().unwrap();
        assert_eq!(opened.id(), made.id());
        assert_eq!(opened.secret.bytes(), made.secret.bytes());
    }
}

type Fill<'a> = &'a dyn Fn(&Path);

#[test]
fn keys_are_never_overwritten() {
    let place = Place::new();
    let path = place.file();
    let target = place.0.path().join("target");
    RootKey::create(&path, Lock::File, &entropy()).ok().unwrap();
    let before = fs::read(&path).unwrap();
    let again = error(RootKey::create(&path, Lock::File, &SeededEntropy::new(8)));
    assert!(matches!(again, RootError::Exists { .. }), "{again}");
    assert_eq!(fs::read(&path).unwrap(), before);

    // Nor is anything else of that name, whatever it is.
    let fills: [(&str, Fill<'_>); 4] = [
        ("an empty file", &|path| fs::write(path, "").unwrap()),
        ("a folder", &|path| fs::create_dir(path).unwrap()),
        ("a dangling link", &|path| symlink("nowhere", path).unwrap()),
        ("a link", &|path| symlink(&target, path).unwrap()),
    ];
    fs::write(&target, "precious").unwrap();
    for (what, fill) in fills {
        let place = Place::new();
        fill(&place.file());
        let create = error(RootKey::create(&place.file(), Lock::File, &entropy()));
        assert!(
            matches!(create, RootError::Exists { .. }),
            "{what}: {create}"
        );
        let either = RootKey::open_or_create(&place.file(), Lock::File, &entropy());
        assert!(either.is_err(), "{what}");
        assert_eq!(place.names(), ["kek.json"], "{what}");
    }
    assert_eq!(fs::read(&target).unwrap(), b"precious");
}

#[test]
fn the_last_step_overwrites_nothing_either() {
    // Whoever comes between the look and the naming keeps the name.
    let place = Place::new();
    fs::write(place.file(), "theirs").unwrap();
    fs::write(place.0.path().join("draft"), "ours").unwrap();
    let (from, to) = (place.0.path().join("draft"), place.file());
    let renamed = rustix::fs::renameat_with(
        rustix::fs::CWD,
        &from,
        rustix::fs::CWD,
        &to,
        rustix::fs::RenameFlags::NOREPLACE,
    );
    assert_eq!(renamed, Err(rustix::io::Errno::EXIST));
    assert_eq!(fs::read(to).unwrap(), b"theirs");
}

#[test]
fn many_first_starts_make_one_root() {
    let place = Place::new();
    let path = place.file();
    let ids: Vec<_> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..8)
            .map(|seed| {
                let path = &path;
                scope.spawn(move || {
                    let entropy = SeededEntropy::new(seed);
                    let root = RootKey::open_or_create(path, Lock::File, &entropy);
                    root.map(|root| root.id()).unwrap()
                })
            })
            .collect();
        starts
            .into_iter()
            .map(|start| start.join().unwrap())
            .collect()
    });
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(place.names(), ["kek.json"]);
}

#[test]
fn what_others_can_read_is_refused() {
    let place = Place::new();
    let path = place.file();
    RootKey::create(&path, Lock::File, &entropy()).ok().unwrap();
    for bit in [0o040, 0o020, 0o010, 0o004, 0o002, 0o001] {
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600 | bit)).unwrap();
        let refused = error(RootKey::open(&path, Lock::File));
        assert!(matches!(refused, RootError::Exposed { mode, .. } if mode == 0o600 | bit));
    }
    for fine in [0o600, 0o400] {
        fs::set_permissions(&path, fs::Permissions::from_mode(fine)).unwrap();
        assert!(RootKey::open(&path, Lock::File).is_ok());
    }
}

#[test]
fn what_is_no_regular_file_is_refused() {
    let place = Place::new();
    let real = place.0.path().join("real.json");
    RootKey::create(&real, Lock::File, &entropy()).ok().unwrap();
    let makers: [Fill<'_>; 4] = [
        &|path| symlink(&real, path).unwrap(),
        &|path| fs::create_dir(path).unwrap(),
        &|path| {
            let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
            rustix::fs::mkfifoat(rustix::fs::CWD, path, mode).unwrap();
        },
        &|path| symlink("/dev/zero", path).unwrap(),
    ];
    for make in makers {
        let place = Place::new();
        make(&place.file());
        let refused = error(RootKey::open(&place.file(), Lock::File));
        assert!(matches!(refused, RootError::NotAFile { .. }), "{refused}");
    }
}

#[test]
fn a_damaged_file_is_refused() {
    let place = Place::new();
    let path = place.file();
    RootKey::create(&path, Lock::File, &entropy()).ok().unwrap();
    let good = fs::read(&path).unwrap();
    let id = RootKey::open(&path, Lock::File).ok().unwrap().id();
    for at in 0..good.len() {
        for bit in 0..8 {
            let mut altered = good.clone();
            altered[at] ^= 1 << bit;
            fs::write(&path, &altered).unwrap();
            // White space is free, and so is the case of a digit; the root never is.
            if let Ok(opened) = RootKey::open(&path, Lock::File) {
                assert_eq!(opened.id(), id, "byte {at}, bit {bit}");
            }
        }
    }
    for text in [&b""[..], b"{}", &good[..good.len() / 2], &[b' '; 5000]] {
        fs::write(&path, text).unwrap();
        let refused = error(RootKey::open(&path, Lock::File));
        assert!(matches!(refused, RootError::Unreadable { .. }), "{refused}");
    }
}

#[test]
fn a_passphrase_locks_the_file() {
    let place = Place::new();
    let path = place.file();
    let phrase = SecretString::from("correct horse battery");
    let lock = Lock::Passphrase {
        phrase: &phrase,
        cost: CHEAP,
    };
    let made = RootKey::create(&path, lock, &entropy()).ok().unwrap();
    let text = fs::read_to_string(&path).unwrap();
    assert!(!text.contains(&hex::encode(made.secret.bytes())));

    // The file's own cost is used, whatever is the default now.
    let default = Lock::Passphrase {
        phrase: &phrase,
        cost: Cost::default(),
    };
    let opened = RootKey::open(&path, default).ok().unwrap();
    assert_eq!(opened.secret.bytes(), made.secret.bytes());

    let wrong = SecretString::from("correct horse batterx");
    let refused = error(RootKey::open(
        &path,
        Lock::Passphrase {
            phrase: &wrong,
            cost: CHEAP,
        },
    ));
    assert!(
        matches!(refused, RootError::WrongPassphrase { .. }),
        "{refused}"
    );
    let refused = error(RootKey::open(&path, Lock::File));
    assert!(
        matches!(refused, RootError::PassphraseNeeded { .. }),
        "{refused}"
    );

    // A cheaper cost written into the file opens nothing, a ruinous one is not even tried.
    for (from, to) in [("\"passes\": 2", "\"passes\": 3"), ("19456", "4294967295")] {
        assert!(text.contains(from));
        fs::write(&path, text.replace(from, to)).unwrap();
        assert!(RootKey::open(&path, lock).is_err());
    }

    let plain = Place::new();
    RootKey::create(&plain.file(), Lock::File, &entropy())
        .ok()
        .unwrap();
    let refused = error(RootKey::open(&plain.file(), lock));
    assert!(
        matches!(refused, RootError::PassphraseUnused { .. }),
        "{refused}"
    );
}

#[test]
fn weak_locks_are_refused_and_leave_nothing() {
    let place = Place::new();
    let strong = SecretString::from("correct horse battery");
    for phrase in ["", "short", "elevenchars"] {
        let phrase = SecretString::from(phrase);
        let lock = Lock::Passphrase {
            phrase: &phrase,
            cost: CHEAP,
        };
        let refused = error(RootKey::create(&place.file(), lock, &entropy()));
        assert!(matches!(refused, RootError::WeakPassphrase), "{refused}");
    }
    for cost in [
        Cost {
            memory_kib: 19 * 1024 - 1,
            ..CHEAP
        },
        Cost { passes: 1, ..CHEAP },
        Cost { lanes: 0, ..CHEAP },
        Cost {
            memory_kib: 1024 * 1024 + 1,
            ..CHEAP
        },
        Cost {
            passes: 65,
            ..CHEAP
        },
        Cost { lanes: 17, ..CHEAP },
    ] {
        let lock = Lock::Passphrase {
            phrase: &strong,
            cost,
        };
        let refused = error(RootKey::create(&place.file(), lock, &entropy()));
        assert!(matches!(refused, RootError::Cost), "{refused}");
    }
    assert!(place.names().is_empty());
    let Cost {
        memory_kib,
        passes,
        lanes,
    } = Cost::default();
    assert_eq!((memory_kib, passes, lanes), (65_536, 3, 1));
}

#[test]
fn ids_have_one_spelling() {
    let id = RootId([0xab; 8]);
    assert_eq!(id.to_string().parse(), Ok(id));
    for wrong in ["", "ab", &"AB".repeat(8), &"ab".repeat(9), &"xy".repeat(8)] {
        assert_eq!(wrong.parse::<RootId>(), Err(RootIdError));
    }
}
