//! Pages for secrets, as the kernel gives them. They are never given back, so that what is handed out
//! of them is valid for ever.

use crate::Protection;

/// A page is a multiple of this on every machine that Linux runs on.
pub(crate) const PAGE: usize = 4096;

/// This many pages of zeros, as well kept as the kernel allows.
pub(crate) fn map(pages: usize) -> (&'static mut [u8], Protection) {
    first(&[guarded, locked], pages).unwrap_or_else(|| (plain(pages), Protection::Plain))
}

/// A way to get pages; `None` when the kernel refuses.
pub(crate) type Way = fn(usize) -> Option<(&'static mut [u8], Protection)>;

/// The first way that is open: with as many pages as were asked for, or else with one.
pub(crate) fn first(ways: &[Way], pages: usize) -> Option<(&'static mut [u8], Protection)> {
    ways.iter()
        .find_map(|way| way(pages).or_else(|| (pages > 1).then(|| way(1)).flatten()))
}

#[cfg(target_os = "linux")]
fn guarded(pages: usize) -> Option<(&'static mut [u8], Protection)> {
    // Close-on-exec, sealed against everything but this mapping, and counted by RLIMIT_MEMLOCK: the
    // kernel refuses here and not at the first use.
    let secret = memfd_secret::MemfdSecret::new(pages.checked_mul(PAGE)?).ok()?;
    let bytes = Box::leak(Box::new(secret)).as_mut_slice();
    Some((bytes, Protection::Guarded))
}

#[cfg(not(target_os = "linux"))]
fn guarded(_: usize) -> Option<(&'static mut [u8], Protection)> {
    None
}

#[cfg(target_os = "linux")]
fn locked(pages: usize) -> Option<(&'static mut [u8], Protection)> {
    use memmap2::Advice;
    let map = memmap2::MmapMut::map_anon(pages.checked_mul(PAGE)?).ok()?;
    map.lock().ok()?;
    map.advise(Advice::DontDump).ok()?;
    // A child that is forked and does not become another program gets no copy.
    map.advise(Advice::DontFork).ok()?;
    Some((Box::leak(Box::new(map)).as_mut(), Protection::Locked))
}

/// Without Linux there is no asking for pages to be left out of a dump: locked is all they are.
#[cfg(all(unix, not(target_os = "linux")))]
fn locked(pages: usize) -> Option<(&'static mut [u8], Protection)> {
    let map = memmap2::MmapMut::map_anon(pages.checked_mul(PAGE)?).ok()?;
    map.lock().ok()?;
    Some((Box::leak(Box::new(map)).as_mut(), Protection::Locked))
}

#[cfg(not(unix))]
fn locked(_: usize) -> Option<(&'static mut [u8], Protection)> {
    None
}

pub(crate) fn plain(pages: usize) -> &'static mut [u8] {
    Box::leak(vec![0; pages.saturating_mul(PAGE)].into_boxed_slice())
}

#[cfg(test)]
mod tests;
