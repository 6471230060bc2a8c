use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit};

use super::*;

/// Only here: it lasts for the whole process, which is why the memory scan is in another one.
#[test]
fn leaves_no_core() {
    harden_process().unwrap();
    assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
    let core = getrlimit(Resource::Core);
    assert_eq!((core.current, core.maximum), (Some(0), Some(0)));
    harden_process().unwrap();
}
