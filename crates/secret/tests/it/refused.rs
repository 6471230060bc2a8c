//! What happens when the kernel refuses. Each case has a process of its own, which gives up rights
//! for good.

use std::process::Command;

use rustix::process::{Resource, Rlimit, setrlimit};
use rustix::thread::{CapabilitySet, capabilities, set_capabilities};
use vaultpilot_secret::{Protection, Secret, protection};

use crate::kernel::{Mapping, peek, place};

fn alone(case: &str) {
    let run = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", case, "--ignored", "--nocapture"])
        .output()
        .expect("itself again");
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success() && said.contains("1 passed"), "{said}");
}

fn limit(resource: Resource, to: u64) {
    let limit = Rlimit {
        current: Some(to),
        maximum: Some(to),
    };
    setrlimit(resource, limit).expect("less is allowed");
}

/// Root may lock as much as it likes; this thread no longer.
fn without_the_right_to_lock() {
    let mut held = capabilities(None).expect("its own");
    held.effective.remove(CapabilitySet::IPC_LOCK);
    held.permitted.remove(CapabilitySet::IPC_LOCK);
    held.inheritable.remove(CapabilitySet::IPC_LOCK);
    set_capabilities(None, held).expect("less is allowed");
}

fn works() -> Secret {
    let mut secret = Secret::empty();
    assert_eq!(secret.bytes(), &[0; Secret::LEN]);
    secret.bytes_mut().fill(0xa5);
    secret
}

#[test]
fn no_guarded_page_is_a_locked_one() {
    alone("refused::no_file_descriptor");
}

#[test]
#[ignore = "run in a process of its own"]
fn no_file_descriptor() {
    // `memfd_secret` needs one; what is open stays open.
    let own = Rlimit {
        current: Some(0),
        maximum: Some(64),
    };
    setrlimit(Resource::Nofile, own).unwrap();
    let secret = works();
    assert_eq!(protection(), Protection::Locked);
    let again = Rlimit {
        current: Some(64),
        ..own
    };
    setrlimit(Resource::Nofile, again).unwrap();
    let mapping = Mapping::of(place(&secret)).unwrap();
    // Locked, in no dump, in no child.
    for flag in ["lo", "dd", "dc"] {
        assert!(mapping.has(flag), "{flag}: {:?}", mapping.flags);
    }
}

#[test]
fn no_locked_page_is_memory_like_any_other() {
    alone("refused::nothing_may_be_locked");
}

#[test]
#[ignore = "run in a process of its own"]
fn nothing_may_be_locked() {
    without_the_right_to_lock();
    limit(Resource::Memlock, 0);
    let secret = works();
    assert_eq!(protection(), Protection::Plain);
    let place = place(&secret);
    assert_eq!(peek(place).unwrap(), [0xa5; 8]);
    drop(secret);
    assert_eq!(peek(place).unwrap(), [0; 8]);
}

#[test]
fn the_limit_is_no_end() {
    alone("refused::a_few_pages_may_be_locked");
}

#[test]
#[ignore = "run in a process of its own"]
fn a_few_pages_may_be_locked() {
    without_the_right_to_lock();
    // What old container runtimes give: sixteen pages of 128 secrets.
    limit(Resource::Memlock, 64 * 1024);
    let mut kept: Vec<Secret> = (0..16 * 128).map(|_| works()).collect();
    assert_eq!(protection(), Protection::Guarded, "all sixteen are used");
    kept.push(works());
    // It says so, although most secrets are still guarded.
    assert_eq!(protection(), Protection::Plain);
    assert!(peek(place(&kept[0])).is_err());
    assert!(
        kept.iter()
            .all(|secret| secret.bytes() == &[0xa5; Secret::LEN])
    );
    let last = place(&kept[kept.len() - 1]);
    drop(kept);
    assert_eq!(peek(last).unwrap(), [0; 8]);
}
