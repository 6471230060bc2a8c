//! Cutting a page out of a list. Ids and labels sort as their text does.

use vaultpilot_ports::store::Page;

/// What follows `after`, in ascending order of `key`.
pub(super) fn ascending<'a, T, K: std::fmt::Display>(
    rows: impl Iterator<Item = &'a T>,
    page: &Page,
    key: impl Fn(&T) -> K,
) -> Vec<T>
where
    T: Clone + 'a,
{
    let follows = |row: &&T| {
        page.after
            .as_ref()
            .is_none_or(|after| key(row).to_string() > *after)
    };
    rows.filter(follows).take(limit(page)).cloned().collect()
}

/// What follows `after`, in descending order of `key`.
pub(super) fn descending<'a, T, K: std::fmt::Display>(
    rows: impl DoubleEndedIterator<Item = &'a T>,
    page: &Page,
    key: impl Fn(&T) -> K,
) -> Vec<T>
where
    T: Clone + 'a,
{
    let follows = |row: &&T| {
        page.after
            .as_ref()
            .is_none_or(|after| key(row).to_string() < *after)
    };
    rows.rev()
        .filter(follows)
        .take(limit(page))
        .cloned()
        .collect()
}

pub(super) fn limit(page: &Page) -> usize {
    usize::try_from(page.limit.min(Page::MAX)).unwrap_or(usize::MAX)
}
