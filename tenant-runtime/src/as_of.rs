//! Whether an answer is one of now. While the control plane is away, reads are answered from what
//! was known last, and whoever asked is told since when it may not be true any more.

use std::cell::Cell;

use rmcp::model::{JsonObject, MetaObject};
use vaultpilot_core::Timestamp;

/// The `_meta` key of answers that are not of now.
const META: &str = "vaultpilot.io/as_of";

tokio::task_local! {
    static AS_OF: Cell<Option<Timestamp>>;
}

/// Carries a call out, and tells as of when what it read was true; `None` means now.
pub(crate) async fn watch<T>(call: impl Future<Output = T>) -> (T, Option<Timestamp>) {
    AS_OF
        .scope(Cell::new(None), async {
            let answer = call.await;
            (answer, AS_OF.with(Cell::get))
        })
        .await
}

/// What this call read was true at `instant`. Of several, the oldest counts.
pub(crate) fn mark(instant: Timestamp) {
    // Outside of a call there is nobody to tell.
    let _ = AS_OF.try_with(|seen| {
        let oldest = seen.get().map_or(instant, |known| known.min(instant));
        seen.set(Some(oldest));
    });
}

/// What programs read of it.
pub(crate) fn meta(instant: Timestamp) -> MetaObject {
    let mut meta = JsonObject::new();
    meta.insert(META.to_owned(), instant.to_string().into());
    MetaObject(meta)
}

/// What people and models read of it.
pub(crate) fn sentence(instant: Timestamp) -> String {
    format!("as of {instant:.0}: the control plane is away, and this may have changed since")
}

#[cfg(test)]
mod tests {
    use super::{mark, watch};
    use vaultpilot_core::Timestamp;

    #[tokio::test]
    async fn the_oldest_mark_of_a_call_counts_and_only_for_that_call() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let ((), seen) = watch(async {
            mark(at(20));
            mark(at(10));
            mark(at(30));
        })
        .await;
        assert_eq!(seen, Some(at(10)));
        mark(at(1));
        assert_eq!(watch(async {}).await, ((), None));
    }
}
