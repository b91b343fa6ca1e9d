//! The threads that connections live on, each with an event loop of its own. A connection stays where
//! it is put: what is at hand is answered by the thread that reads the request, and no thread wakes
//! another one for it, which takes threads that share their connections a quarter of their time.
//!
//! So what takes long must not be done here: there are [`Workers`](crate::workers::Workers) for it.

use std::io;
use std::sync::Arc;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use crate::error::ServerError;

/// The threads. They end when this is dropped, with the connections that are left on them.
pub(crate) struct Loops {
    first: EventLoop,
    others: Vec<EventLoop>,
}

struct EventLoop {
    runtime: Handle,
    /// Held once more by each of its connections.
    places: Arc<()>,
    /// Dropped to end it.
    _alive: oneshot::Sender<()>,
}

/// What a connection holds as long as it lives.
pub(crate) struct Place(#[expect(dead_code, reason = "it counts by being there")] Arc<()>);

impl Loops {
    /// One for each processor.
    pub(crate) fn start() -> Result<Self, ServerError> {
        let threads = std::thread::available_parallelism().map_or(2, usize::from);
        let start =
            |number| EventLoop::start(number).map_err(|source| ServerError::Thread { source });
        Ok(Self {
            first: start(0)?,
            others: (1..threads).map(start).collect::<Result<_, _>>()?,
        })
    }

    /// Where the next connection goes: to the thread that has the fewest.
    pub(crate) fn next(&self) -> (&Handle, Place) {
        let fewer = |least, own| {
            if EventLoop::connections(own) < EventLoop::connections(least) {
                own
            } else {
                least
            }
        };
        let least: &EventLoop = self.others.iter().fold(&self.first, fewer);
        (&least.runtime, Place(Arc::clone(&least.places)))
    }
}

impl EventLoop {
    fn start(number: usize) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (alive, ended) = oneshot::channel();
        std::thread::Builder::new()
            .name(format!("wangge-net-{number}"))
            .spawn(move || {
                // its end is the sender's
                let _ = runtime.block_on(ended);
            })?;
        Ok(Self {
            runtime: handle,
            places: Arc::default(),
            _alive: alive,
        })
    }

    fn connections(&self) -> usize {
        Arc::strong_count(&self.places) - 1
    }
}
