use std::os::unix::fs::PermissionsExt as _;

use super::*;

#[test]
fn files_are_their_owners_alone() {
    let dir = tempfile::tempdir().unwrap();
    let inner = dir.path().join("a/b");
    folder(&inner).unwrap();
    folder(&inner).unwrap();
    assert_eq!(
        fs::metadata(&inner).unwrap().permissions().mode() & 0o777,
        0o700
    );

    let path = inner.join("owner.key");
    write(&path, "one").unwrap();
    write(&path, "two").unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "two");
    assert!(!is_shared(&path).unwrap());
    assert_eq!(
        fs::read_dir(&inner).unwrap().count(),
        1,
        "nothing is left beside it"
    );

    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    assert!(is_shared(&path).unwrap());
    assert_eq!(
        write_new(&path, "x").unwrap_err().kind(),
        io::ErrorKind::AlreadyExists
    );
}
