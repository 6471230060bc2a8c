use super::*;

fn server(pid: u32) -> ServerFile {
    ServerFile {
        pid,
        api_url: "http://127.0.0.1:8420".to_owned(),
        mcp_url: "http://127.0.0.1:8420/t/default/mcp".to_owned(),
        metrics_url: "http://127.0.0.1:8420/metrics".to_owned(),
        tenant: "default".to_owned(),
        started_at: Timestamp::UNIX_EPOCH,
        version: "0.1.0".to_owned(),
    }
}

#[test]
fn it_is_found_and_removed_by_its_own_server_only() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(ServerFile::read(dir.path()).unwrap(), None);
    let old = server(1);
    let new = server(std::process::id());
    new.write(dir.path()).unwrap();
    old.remove(dir.path());
    assert_eq!(ServerFile::read(dir.path()).unwrap(), Some(new.clone()));
    assert!(!private::is_shared(&ServerFile::path(dir.path())).unwrap());
    new.remove(dir.path());
    assert_eq!(ServerFile::read(dir.path()).unwrap(), None);
}

#[test]
fn a_process_that_has_ended_is_told_from_one_that_runs() {
    assert!(server(std::process::id()).is_alive());
    let mut child = std::process::Command::new("true").spawn().unwrap();
    let pid = child.id();
    child.wait().unwrap();
    assert!(!server(pid).is_alive());
    assert!(!server(0).is_alive());
    assert!(!server(u32::MAX).is_alive());
}

#[test]
fn what_is_no_server_file_is_told() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(ServerFile::path(dir.path()), "{").unwrap();
    assert!(matches!(
        ServerFile::read(dir.path()),
        Err(Failure::NotJson { .. })
    ));
}
