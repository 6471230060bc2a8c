use super::snapshot::Snapshots;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

fn git(root: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(root)
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "git {arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// A repository with one page, not committed: CI's clone and a person's work tree differ in that.
fn repository() -> TempDir {
    let root = TempDir::new().unwrap();
    git(root.path(), &["init", "--quiet"]);
    std::fs::write(root.path().join(".gitignore"), "target\n").unwrap();
    std::fs::write(root.path().join("page.md"), "one\n").unwrap();
    root
}

#[test]
fn what_is_written_the_same_again_is_no_change() {
    let root = repository();
    let snapshots = Snapshots::of(root.path()).unwrap();
    let before = snapshots.take().unwrap();
    std::fs::write(root.path().join("page.md"), "one\n").unwrap();
    std::fs::write(root.path().join("target"), "ignored\n").unwrap();
    assert_eq!(snapshots.take().unwrap(), before);
}

#[test]
fn changed_new_and_missing_files_are_changes() {
    let root = repository();
    let page = root.path().join("page.md");
    let snapshots = Snapshots::of(root.path()).unwrap();
    let before = snapshots.take().unwrap();

    std::fs::write(&page, "two\n").unwrap();
    let changed = snapshots.take().unwrap();
    assert_ne!(changed, before);

    std::fs::write(root.path().join("new.md"), "new\n").unwrap();
    let added = snapshots.take().unwrap();
    assert_ne!(added, changed);

    std::fs::remove_file(&page).unwrap();
    assert_ne!(snapshots.take().unwrap(), added);
}

#[test]
fn the_repository_itself_is_left_as_it_was() {
    let root = repository();
    let status = git(root.path(), &["status", "--porcelain"]);
    let objects = git(root.path(), &["count-objects"]);
    Snapshots::of(root.path()).unwrap().take().unwrap();
    assert_eq!(git(root.path(), &["status", "--porcelain"]), status);
    assert_eq!(git(root.path(), &["count-objects"]), objects);
}
