use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::*;

#[test]
fn the_folder_is_private_or_refused() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("deep/data");
    prepare_data_dir(&data).unwrap();
    prepare_data_dir(&data).unwrap();
    fs::set_permissions(&data, fs::Permissions::from_mode(0o755)).unwrap();
    let failure = prepare_data_dir(&data).unwrap_err();
    assert!(matches!(failure, Failure::Shared { .. }));
    assert_eq!(
        failure.next().unwrap(),
        format!("chmod 700 {}", data.display())
    );
}

#[test]
fn the_owners_key_is_kept_for_its_owner() {
    let dir = tempfile::tempdir().unwrap();
    assert!(read_owner_key(dir.path()).unwrap().is_none());
    write_owner_key(dir.path(), &SecretString::from("vp_test_one")).unwrap();
    write_owner_key(dir.path(), &SecretString::from("vp_test_two")).unwrap();
    let key = read_owner_key(dir.path()).unwrap().unwrap();
    assert_eq!(key.expose_secret(), "vp_test_two");
    assert!(!private::is_shared(&owner_key_path(dir.path())).unwrap());
}
