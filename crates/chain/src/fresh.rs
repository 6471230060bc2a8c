//! A value that may be reused for a moment. Whoever comes while it is being fetched waits for that
//! fetch instead of starting another.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

#[derive(Debug)]
pub(crate) struct Fresh<T> {
    lasts: Duration,
    held: Mutex<Option<(Instant, T)>>,
}

impl<T: Copy> Fresh<T> {
    pub(crate) fn new(lasts: Duration) -> Self {
        Self {
            lasts,
            held: Mutex::new(None),
        }
    }

    /// The held value, or what `fetch` gives. The age counts from before the fetch.
    pub(crate) async fn get_or<E, F>(&self, fetch: F) -> Result<T, E>
    where
        F: Future<Output = Result<T, E>>,
    {
        let mut held = self.held.lock().await;
        if let Some((since, value)) = *held
            && since.elapsed() < self.lasts
        {
            return Ok(value);
        }
        let since = Instant::now();
        let value = fetch.await?;
        *held = Some((since, value));
        Ok(value)
    }
}

#[cfg(test)]
mod tests;
