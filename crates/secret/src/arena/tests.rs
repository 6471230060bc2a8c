use std::collections::HashSet;

use super::*;

fn place(slot: &Slot) -> usize {
    slot.as_ptr().addr()
}

#[test]
fn no_two_slots_are_one() {
    let mut arena = Arena::new();
    // More than a few lots, so that it grows while slots are out.
    let count = 9 * SLOTS_OF_A_PAGE;
    let mut slots: Vec<Slot> = (0..count)
        .map(|number| {
            let slot = arena.take();
            assert_eq!(slot, &[0; Secret::LEN]);
            slot[..8].copy_from_slice(&number.to_be_bytes());
            slot[24..].copy_from_slice(&number.to_be_bytes());
            slot
        })
        .collect();
    let places: HashSet<usize> = slots.iter().map(|slot| place(slot) / Secret::LEN).collect();
    assert_eq!(places.len(), count);
    for (number, slot) in slots.iter_mut().enumerate() {
        assert_eq!(slot[..8], number.to_be_bytes());
        assert_eq!(slot[24..], number.to_be_bytes());
        slot.fill(0);
    }
}

#[test]
fn what_was_given_back_is_used_again() {
    let mut arena = Arena::new();
    for _ in 0..3 {
        let slots: Vec<Slot> = (0..SLOTS_OF_A_PAGE).map(|_| arena.take()).collect();
        assert_eq!(arena.pages, 1);
        arena.free.extend(slots);
    }
    let room = arena.free.capacity();
    let slots: Vec<Slot> = (0..=SLOTS_OF_A_PAGE).map(|_| arena.take()).collect();
    assert_eq!(arena.pages, 2);
    arena.free.extend(slots);
    assert_eq!(arena.free.len(), 2 * SLOTS_OF_A_PAGE);
    assert!(room >= SLOTS_OF_A_PAGE && arena.free.capacity() >= 2 * SLOTS_OF_A_PAGE);
}

#[test]
fn lots_grow_and_have_a_limit() {
    let mut arena = Arena::new();
    let mut lots = Vec::new();
    while lots.len() < 10 {
        let before = arena.pages;
        arena.grow();
        lots.push(arena.pages - before);
    }
    assert_eq!(lots, [1, 1, 2, 4, 8, 16, 32, 64, 64, 64]);
}
