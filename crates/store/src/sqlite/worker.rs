//! A connection and the thread it lives on.

use std::sync::mpsc;
use std::thread::JoinHandle;

use diesel::sqlite::SqliteConnection;
use tokio::sync::oneshot;

use super::SqliteError;

type Job = Box<dyn FnOnce(&mut SqliteConnection) + Send>;

/// Runs jobs one after the other, in the order they were sent. Dropping it waits for those that
/// were sent and closes the connection; no job may own the worker.
#[derive(Debug)]
pub(super) struct Worker {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    pub(super) fn start(name: String, mut conn: SqliteConnection) -> Result<Self, SqliteError> {
        let (jobs, inbox) = mpsc::channel::<Job>();
        let thread = std::thread::Builder::new()
            .name(name)
            .spawn(move || inbox.into_iter().for_each(|job| job(&mut conn)))
            .map_err(SqliteError::File)?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
        })
    }

    /// Runs `task` to its end, also when nobody waits for it any more.
    pub(super) async fn run<R: Send + 'static>(
        &self,
        task: impl FnOnce(&mut SqliteConnection) -> R + Send + 'static,
    ) -> Result<R, SqliteError> {
        let (answer, answered) = oneshot::channel();
        self.send(Box::new(move |conn| {
            // Nobody listens when the caller was cancelled.
            answer.send(task(conn)).ok();
        }))?;
        answered.await.map_err(|_| SqliteError::ThreadEnded)
    }

    pub(super) fn send(&self, job: Job) -> Result<(), SqliteError> {
        let jobs = self.jobs.as_ref().ok_or(SqliteError::ThreadEnded)?;
        jobs.send(job).map_err(|_| SqliteError::ThreadEnded)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A panic of its was seen by whoever waited for the answer.
            thread.join().ok();
        }
    }
}
