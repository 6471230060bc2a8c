use super::*;

fn refuses(_: usize) -> Option<(&'static mut [u8], Protection)> {
    None
}

fn gives(pages: usize) -> Option<(&'static mut [u8], Protection)> {
    (pages < 64).then(|| (plain(pages), Protection::Locked))
}

fn gives_one(pages: usize) -> Option<(&'static mut [u8], Protection)> {
    (pages == 1).then(|| (plain(pages), Protection::Guarded))
}

fn asked(ways: &[Way], pages: usize) -> Option<(usize, Protection)> {
    first(ways, pages).map(|(bytes, protection)| {
        assert!(bytes.iter().all(|byte| *byte == 0));
        (bytes.len() / PAGE, protection)
    })
}

#[test]
fn the_best_way_that_is_open_is_taken() {
    assert_eq!(asked(&[refuses, refuses], 4), None);
    assert_eq!(asked(&[refuses, gives], 4), Some((4, Protection::Locked)));
    // Better a few good pages than many of the next kind.
    assert_eq!(
        asked(&[gives_one, gives], 4),
        Some((1, Protection::Guarded))
    );
    assert_eq!(
        asked(&[gives_one, gives], 1),
        Some((1, Protection::Guarded))
    );
}

#[test]
fn every_way_gives_zeros_that_can_be_written() {
    for way in [guarded, locked] {
        let Some((bytes, _)) = way(3) else { continue };
        assert_eq!(bytes, [0; 3 * PAGE]);
        bytes.fill(0xa5);
        assert_eq!(bytes, [0xa5; 3 * PAGE]);
        bytes.fill(0);
    }
    assert!(first(&[guarded, locked], usize::MAX).is_none_or(|(bytes, _)| bytes.len() == PAGE));
}
