use super::*;

fn second(at: i64) -> Timestamp {
    Timestamp::from_second(at).unwrap()
}

fn cache(capacity: usize) -> Cache<u32, u32> {
    Cache::new(capacity, Duration::from_secs(10))
}

fn held(cache: &Cache<u32, u32>, key: u32, at: i64) -> Option<u32> {
    cache.get(&key, second(at)).map(|value| *value)
}

#[test]
fn the_longest_unused_makes_room() {
    let cache = cache(2);
    cache.put(1, Arc::new(10), second(0), second(0));
    cache.put(2, Arc::new(20), second(0), second(0));
    assert_eq!(held(&cache, 1, 1), Some(10));
    cache.put(3, Arc::new(30), second(1), second(1));
    assert_eq!(cache.len(), 2);
    assert_eq!(held(&cache, 2, 1), None);
    assert_eq!(held(&cache, 1, 1), Some(10));
    assert_eq!(held(&cache, 3, 1), Some(30));
    cache.put(3, Arc::new(31), second(1), second(1));
    assert_eq!((cache.len(), held(&cache, 3, 1)), (2, Some(31)));
}

#[test]
fn nothing_outlives_its_time_however_often_it_is_used() {
    let cache = cache(4);
    cache.put(1, Arc::new(10), second(100), second(100));
    for at in 100..110 {
        assert_eq!(held(&cache, 1, at), Some(10), "{at}");
    }
    assert_eq!(held(&cache, 1, 110), None);
    assert_eq!(cache.len(), 0, "it is erased, not only hidden");

    cache.put(1, Arc::new(10), second(200), second(200));
    assert_eq!(held(&cache, 1, 199), None, "a clock that was set back");
}

/// A data key that was opened with a key-encryption key lasts as long as that one.
#[test]
fn what_was_opened_before_lasts_no_longer() {
    let cache = cache(4);
    cache.put(2, Arc::new(20), second(109), second(109));
    cache.put(1, Arc::new(10), second(100), second(109));
    assert_eq!(held(&cache, 1, 109), Some(10));
    assert_eq!(held(&cache, 1, 110), None);
    cache.put(1, Arc::new(10), second(100), second(110));
    assert_eq!(held(&cache, 1, 110), None, "it is over already");
    assert_eq!(held(&cache, 2, 110), Some(20), "others keep their time");
}

#[test]
fn what_is_over_is_erased_without_being_asked_for() {
    let cache = cache(4);
    let value = Arc::new(10);
    cache.put(1, Arc::clone(&value), second(0), second(0));
    cache.put(2, Arc::new(20), second(5), second(5));
    cache.sweep(second(9));
    assert_eq!(cache.len(), 2);
    cache.sweep(second(10));
    assert_eq!((cache.len(), Arc::strong_count(&value)), (1, 1));
    // Also by putting the next one, once in a while.
    cache.put(3, Arc::new(30), second(20), second(20));
    assert_eq!(cache.len(), 1);
}
