//! Overwrites what cryptography left on the stack.
//!
//! Callees spill keys into frames that are gone when they return, but whose bytes stay until
//! something else is called. Running the work in a frame of its own and then writing zeros over the
//! same depth erases them, without `unsafe` and without naming the places.

/// Deeper than any frame below a signature or an unwrapping, also in unoptimised builds.
const DEPTH: usize = 64 * 1024;

/// Runs `work`, then erases the stack below.
pub fn after<T>(work: impl FnOnce() -> T) -> T {
    let result = below(work);
    scrub();
    result
}

#[inline(never)]
fn below<T>(work: impl FnOnce() -> T) -> T {
    work()
}

#[inline(never)]
#[expect(
    clippy::large_stack_arrays,
    reason = "the stack is what is to be overwritten"
)]
fn scrub() {
    let frame = [0u8; DEPTH];
    // The compiler must take it that somebody reads every zero, so it may not leave them out; and it
    // is free to write them as fast as it can: this is part of every signature.
    zeroize::optimization_barrier(&frame);
}

#[cfg(test)]
mod tests;
