use std::os::unix::fs::FileExt as _;

use super::*;

const MARK: [u8; 8] = *b"lies low";

/// Leaves a mark far down on the stack and tells where.
fn spill() -> u64 {
    let frame = [MARK; 1024];
    std::hint::black_box(&frame).as_ptr().addr() as u64
}

#[cfg(target_os = "linux")]
#[test]
fn what_was_on_the_stack_is_gone() {
    let memory = std::fs::File::open("/proc/self/mem").unwrap();
    // Looking takes less stack than the mark lies deep.
    let look = |place: u64| {
        let mut found = [0; MARK.len()];
        memory.read_exact_at(&mut found, place).unwrap();
        found
    };
    // Without it the mark is there, or finding none proves nothing.
    assert_eq!(look(below(spill)), MARK);
    assert_eq!(look(after(spill)), [0; MARK.len()]);
}
