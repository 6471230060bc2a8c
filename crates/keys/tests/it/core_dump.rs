//! `no_plaintext_key` in a core dump, and no dump at all of a hardened process.

use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
use vaultpilot_keys::harden_process;

use crate::memory::search_file;
use crate::scan::{Child, House, Marked, leak, needles, say_ready, wait};

const SEED: u64 = 2 << 32;

/// Whether the kernel writes a core to the folder of the process that dies, as it does without a
/// collector of crashes.
fn dumps_here() -> bool {
    let pattern = std::fs::read_to_string("/proc/sys/kernel/core_pattern").expect("Linux");
    let here = !pattern.starts_with('|') && !pattern.contains('/');
    if !here {
        eprintln!("cores go elsewhere ({}): not looked for", pattern.trim());
    }
    here
}

fn wants_a_core() {
    let all = Rlimit {
        current: None,
        maximum: None,
    };
    setrlimit(Resource::Core, all).expect("a core as large as it may be");
    set_dumpable_behavior(DumpableBehavior::Dumpable).expect("the usual");
}

/// Uses keys and dies of it, the signing side still there.
async fn sign_and_die(leaking: bool) {
    let marked = Marked::new(SEED);
    let house = House::build(&marked).await;
    house.use_it().await;
    let leaked = leaking.then(|| leak(&marked));
    say_ready(&marked, &house);
    wait();
    std::hint::black_box(&leaked);
    std::process::abort();
}

#[tokio::test]
#[ignore = "run in a process of its own"]
async fn dies() {
    wants_a_core();
    sign_and_die(false).await;
}

#[tokio::test]
#[ignore = "run in a process of its own"]
async fn dies_leaking() {
    wants_a_core();
    sign_and_die(true).await;
}

#[tokio::test]
#[ignore = "run in a process of its own"]
async fn dies_hardened() {
    wants_a_core();
    harden_process().unwrap();
    sign_and_die(true).await;
}

fn core_in(folder: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut paths = entries.map(|entry| entry.expect("an entry").path());
    paths.find(|path| {
        let name = path.file_name().unwrap_or_default();
        name.to_string_lossy().starts_with("core")
    })
}

/// How it dies, and how many fragments of keys are in the core that it leaves.
fn die(test: &str) -> (bool, Option<usize>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut child = Child::start_in(test, folder.path());
    let said = child.ready();
    assert_eq!(said.protection, "guarded");
    let needles = needles(SEED, &said);
    child.go_on();
    let status = child.ended();
    assert_eq!(status.signal(), Some(6), "{status}");
    let core = core_in(folder.path());
    let fragments = core.map(|path| {
        let found = search_file(&path, &needles);
        assert!(found.read > 1 << 20, "{found:?}");
        found.fragments
    });
    (status.core_dumped(), fragments)
}

#[test]
fn no_plaintext_key_in_a_core_dump() {
    if !dumps_here() {
        return;
    }
    assert_eq!(die("core_dump::dies"), (true, Some(0)));
    // The same death with eight bytes where they do not belong.
    assert_eq!(die("core_dump::dies_leaking"), (true, Some(1)));
}

#[test]
fn a_hardened_process_leaves_no_core() {
    assert_eq!(die("core_dump::dies_hardened"), (false, None));
}

/// Another process of the same user looks at this thread, as a debugger would begin.
fn can_be_looked_at() -> bool {
    use std::os::unix::process::CommandExt as _;
    let thread = rustix::thread::gettid().as_raw_nonzero();
    let path = format!("/proc/{}/task/{thread}/maps", std::process::id());
    let mut look = Command::new("head");
    look.args(["-c", "1", &path])
        .uid(rustix::process::geteuid().as_raw())
        .gid(rustix::process::getegid().as_raw());
    let looked = look.output().expect("coreutils");
    looked.status.success() && looked.stdout.len() == 1
}

#[test]
#[ignore = "run in a process of its own"]
fn becomes_invisible() {
    // Root sees everybody: be somebody else.
    if rustix::process::geteuid().is_root() {
        let nobody = rustix::process::Uid::from_raw(65_534);
        rustix::thread::set_thread_uid(nobody).unwrap();
    }
    set_dumpable_behavior(DumpableBehavior::Dumpable).unwrap();
    assert!(can_be_looked_at());
    harden_process().unwrap();
    assert!(!can_be_looked_at());
}

#[test]
fn a_hardened_process_cannot_be_looked_at() {
    Child::start("core_dump::becomes_invisible").end();
}
