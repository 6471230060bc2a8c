//! One call for all who ask for the same at once. What it ends with is theirs, and is not kept.

use std::sync::{Arc, Mutex, PoisonError};

use futures::FutureExt as _;
use futures::future::{BoxFuture, Shared};
use vaultpilot_ports::keys::KeyError;

type Answer<V> = Result<Arc<V>, KeyError>;
type Call<V> = Shared<BoxFuture<'static, Answer<V>>>;

/// `K` says all that the answer depends on.
pub(super) struct Flights<K, V>(Mutex<Vec<(K, Call<V>)>>);

impl<K: PartialEq, V> Flights<K, V> {
    pub(super) const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// Joins the call for `key`, or makes it. Whoever goes away early leaves it to the others.
    pub(super) async fn join(
        &self,
        key: K,
        call: impl FnOnce() -> BoxFuture<'static, Answer<V>>,
    ) -> Answer<V> {
        let mine = {
            let mut flying = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((_, theirs)) = flying.iter().find(|(other, _)| *other == key) {
                theirs.clone()
            } else {
                let mine = call().shared();
                flying.push((key, mine.clone()));
                mine
            }
        };
        let answer = mine.clone().await;
        let mut flying = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        flying.retain(|(_, other)| !other.ptr_eq(&mine));
        answer
    }
}

#[cfg(test)]
mod tests;
