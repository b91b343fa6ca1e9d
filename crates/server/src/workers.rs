//! A few threads for work that takes long, or that belongs to its thread as PROJ's objects do.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use crate::error::ServerError;
use crate::problem::Problem;

/// Jobs that wait for a thread, unless told; more are refused.
const WAITING: usize = 64;

type Job = Box<dyn FnOnce() + Send>;

/// The threads. They end when this is dropped.
#[derive(Debug)]
pub(crate) struct Workers {
    jobs: SyncSender<Job>,
}

impl Workers {
    /// Starts so many threads under this name.
    pub(crate) fn start(name: &str, threads: usize) -> Result<Self, ServerError> {
        Self::with_room(name, threads, WAITING)
    }

    /// The same, with room for so many jobs that wait.
    pub(crate) fn with_room(
        name: &str,
        threads: usize,
        waiting: usize,
    ) -> Result<Self, ServerError> {
        let (jobs, waiting) = sync_channel(waiting);
        let waiting = Arc::new(Mutex::new(waiting));
        for n in 0..threads {
            let waiting = Arc::clone(&waiting);
            std::thread::Builder::new()
                .name(format!("wangge-{name}-{n}"))
                .spawn(move || work(&waiting))
                .map_err(|source| ServerError::Thread { source })?;
        }
        Ok(Self { jobs })
    }

    /// Runs a job on one of the threads, unless its caller is gone by then.
    ///
    /// # Errors
    /// [`Problem::Overloaded`] when too many jobs wait, [`Problem::Internal`] when the job panics.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let (done, result) = oneshot::channel();
        let job: Job = Box::new(move || {
            if !done.is_closed() {
                // a caller that has gone in between needs no result
                let _ = done.send(job());
            }
        });
        self.jobs.try_send(job).map_err(|_| Problem::Overloaded)?;
        result.await.map_err(|_| Problem::Internal)
    }
}

fn work(waiting: &Mutex<Receiver<Job>>) {
    loop {
        let next = waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        let Ok(job) = next else { return };
        if catch_unwind(AssertUnwindSafe(job)).is_err() {
            tracing::error!("a job made its thread panic");
        }
    }
}
