//! What goes in comes out, for whom it was meant.

use std::os::unix::fs::PermissionsExt as _;

use age::x25519::Identity;
use vaultpilot_backup::{BackupError, Opener, Seal, Writer};

use crate::ground::{DATABASE, Ground, ROWS, manifest, read, write};

#[test]
fn what_goes_in_comes_out() {
    let ground = Ground::new();
    let written = ground.make("house.vpbackup.age");
    let file = std::fs::metadata(&written.path).unwrap();
    assert_eq!(file.permissions().mode() & 0o777, 0o600);
    assert_eq!(file.len(), written.bytes);
    let seen = ground.read("house.vpbackup.age").unwrap();
    assert_eq!(seen.manifests, 1);
    assert_eq!(
        seen.members[0],
        ("database.sqlite".to_owned(), DATABASE.to_vec())
    );
    assert_eq!(
        seen.members[1],
        ("tables/wallets.jsonl".to_owned(), ROWS.to_vec())
    );
    let sealed = std::fs::read(&written.path).unwrap();
    let clear = |needle: &[u8]| sealed.windows(needle.len()).any(|window| window == needle);
    assert!(!clear(b"manifest.json") && !clear(&DATABASE[..16]));
    // Nothing is left beside it.
    assert_eq!(std::fs::read_dir(ground.folder.path()).unwrap().count(), 1);
}

#[test]
fn each_recipient_opens_it_and_nobody_else() {
    let ground = Ground::new();
    let (one, two, other) = (
        Identity::generate(),
        Identity::generate(),
        Identity::generate(),
    );
    let names = [one.to_public().to_string(), two.to_public().to_string()];
    let seal = Seal::to(&names).unwrap();
    assert_eq!(seal.names(), names);
    let path = ground.path("two");
    write(&path, &seal, &manifest()).unwrap();
    for identity in [one, two] {
        read(&path, &Opener::Identities(vec![identity])).unwrap();
    }
    let stranger = read(&path, &Opener::Identities(vec![other]));
    assert!(
        matches!(stranger, Err(BackupError::NotForYou)),
        "{stranger:?}"
    );
    let phrase = read(&path, &Opener::Passphrase("a long passphrase".into()));
    assert!(
        matches!(phrase, Err(BackupError::OtherLock { .. })),
        "{phrase:?}"
    );
}

#[test]
fn a_passphrase_opens_it() {
    let ground = Ground::new();
    let path = ground.path("phrase");
    let seal = Seal::Passphrase("correct horse battery".into());
    assert!(seal.is_strong() && !Seal::Passphrase("short".into()).is_strong());
    assert_eq!(seal.names(), ["passphrase"]);
    write(&path, &seal, &manifest()).unwrap();
    read(&path, &Opener::Passphrase("correct horse battery".into())).unwrap();
    let wrong = read(&path, &Opener::Passphrase("correct horse batteries".into()));
    assert!(matches!(wrong, Err(BackupError::NotForYou)), "{wrong:?}");
    let identity = read(&path, &ground.opener());
    assert!(
        matches!(identity, Err(BackupError::OtherLock { .. })),
        "{identity:?}"
    );
}

#[test]
fn a_backup_overwrites_nothing_and_leaves_no_half() {
    let ground = Ground::new();
    let path = ground.path("taken");
    std::fs::write(&path, "mine").unwrap();
    let refused = write(&path, &ground.seal(), &manifest());
    assert!(
        matches!(refused, Err(BackupError::Exists { .. })),
        "{refused:?}"
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");

    // Made by somebody else while ours was being written.
    let path = ground.path("raced");
    let mut writer = Writer::create(&path, &ground.seal(), &manifest()).unwrap();
    writer.member("database.sqlite", DATABASE).unwrap();
    writer.member("tables/wallets.jsonl", ROWS).unwrap();
    std::fs::write(&path, "theirs").unwrap();
    let raced = writer.finish();
    assert!(
        matches!(raced, Err(BackupError::Exists { .. })),
        "{raced:?}"
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "theirs");

    // Given up half-way.
    let writer = Writer::create(&ground.path("half"), &ground.seal(), &manifest()).unwrap();
    assert!(matches!(writer.finish(), Err(BackupError::Changed { .. })));
    assert_eq!(std::fs::read_dir(ground.folder.path()).unwrap().count(), 2);
}

#[test]
fn what_changes_while_it_is_copied_is_no_backup() {
    let ground = Ground::new();
    for content in [&b"something else, and as long as the other."[..], b"", b"x"] {
        let mut writer =
            Writer::create(&ground.path("never"), &ground.seal(), &manifest()).unwrap();
        let changed = writer.member("database.sqlite", content);
        assert!(changed.is_err(), "{content:?}");
    }
    let mut longer = DATABASE.to_vec();
    longer.push(b'!');
    let mut writer = Writer::create(&ground.path("never"), &ground.seal(), &manifest()).unwrap();
    let changed = writer.member("database.sqlite", &*longer);
    assert!(
        matches!(changed, Err(BackupError::Changed { .. })),
        "{changed:?}"
    );
    let mut writer = Writer::create(&ground.path("never"), &ground.seal(), &manifest()).unwrap();
    let early = writer.member("tables/wallets.jsonl", ROWS);
    assert!(
        matches!(early, Err(BackupError::Changed { .. })),
        "{early:?}"
    );
    assert!(!ground.path("never").exists());
}

#[test]
fn recipients_and_identities_are_read_strictly() {
    let ground = Ground::new();
    assert!(matches!(Seal::to(&[]), Err(BackupError::NobodysBackup)));
    let wrong = Seal::to(&["age1nobody".to_owned()]);
    assert!(matches!(wrong, Err(BackupError::Recipient { .. })));
    let file = ground.path("identity");
    std::fs::write(&file, "# created: today\nage1notasecret\n").unwrap();
    assert!(matches!(
        Opener::from_file(&file),
        Err(BackupError::NoIdentity { .. })
    ));
    let secret = ground.identity.to_string();
    let text = secrecy::ExposeSecret::expose_secret(&secret);
    std::fs::write(&file, format!("# created: today\n\n{text}\n")).unwrap();
    ground.make("mine");
    read(&ground.path("mine"), &Opener::from_file(&file).unwrap()).unwrap();
    std::fs::write(&file, "#".repeat(64 * 1024 + 1)).unwrap();
    let devices = std::path::PathBuf::from("/dev/zero");
    for unreadable in [ground.path("absent"), ground.path(""), devices, file] {
        let answer = Opener::from_file(&unreadable);
        assert!(matches!(answer, Err(BackupError::Read { .. })));
    }
}
