//! A few threads for work that takes long, or that belongs to its thread as PROJ's objects do.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::error::ServerError;
use crate::problem::Problem;

/// Jobs that wait for a thread, unless told; more are refused.
const WAITING: usize = 64;

/// Between two looks whether there is room.
const PAUSE: Duration = Duration::from_millis(10);

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
        self.run_within(Duration::ZERO, job).await
    }

    /// The same; where too many jobs wait, it waits for room, but not longer than this.
    pub(crate) async fn run_within<T: Send + 'static>(
        &self,
        patience: Duration,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let (done, result) = oneshot::channel();
        let mut job: Job = Box::new(move || {
            if !done.is_closed() {
                // a caller that has gone in between needs no result
                let _ = done.send(job());
            }
        });
        let begun = Instant::now();
        loop {
            match self.jobs.try_send(job) {
                Ok(()) => break,
                Err(TrySendError::Full(back)) if begun.elapsed() < patience => job = back,
                Err(_) => return Err(Problem::Overloaded),
            }
            tokio::time::sleep(PAUSE).await;
        }
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

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[tokio::test]
    async fn who_is_patient_waits_for_room() {
        let workers = Arc::new(Workers::with_room("test", 1, 1).unwrap());
        let (release, released) = channel::<()>();
        let (begin, begun) = oneshot::channel();
        let busy = tokio::spawn({
            let workers = Arc::clone(&workers);
            async move {
                workers
                    .run(move || {
                        let _ = begin.send(());
                        released.recv()
                    })
                    .await
            }
        });
        begun.await.unwrap();
        let waiting = {
            let workers = Arc::clone(&workers);
            tokio::spawn(async move { workers.run(|| 1).await })
        };
        tokio::task::yield_now().await;
        // one works, one waits: there is no room
        assert!(matches!(workers.run(|| 2).await, Err(Problem::Overloaded)));
        let little = Duration::from_millis(30);
        let refused = workers.run_within(little, || 3).await;
        assert!(matches!(refused, Err(Problem::Overloaded)));
        let patient = {
            let workers = Arc::clone(&workers);
            let ample = Duration::from_mins(1);
            tokio::spawn(async move { workers.run_within(ample, || 4).await })
        };
        tokio::time::sleep(little).await;
        release.send(()).unwrap();
        assert_eq!(patient.await.unwrap().unwrap(), 4);
        assert_eq!(waiting.await.unwrap().unwrap(), 1);
        busy.await.unwrap().unwrap().unwrap();
    }
}
