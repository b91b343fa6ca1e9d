//! Work that must not slow the answers down: one thread, at a low priority.

use std::sync::OnceLock;

use rayon::{ThreadPool, ThreadPoolBuilder};

/// The lowest priority that the system has, as `nice` counts.
const LOWEST: i32 = 19;

/// How fast work is to be done.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Pace {
    /// On all cores: somebody waits for it.
    AllCores,
    /// As by [`quietly`].
    Quiet,
}

impl Pace {
    pub(crate) fn run<T: Send>(self, work: impl FnOnce() -> T + Send) -> T {
        match self {
            Self::AllCores => work(),
            Self::Quiet => quietly(work),
        }
    }
}

/// Does some work by one thread at a low priority, that of everybody who asks for this. Whatever
/// the work would spread over all cores stays on that thread too.
pub(crate) fn quietly<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    static THREAD: OnceLock<Option<ThreadPool>> = OnceLock::new();
    match thread_of(&THREAD, "wangge-compile") {
        Some(thread) => thread.install(work),
        None => work(),
    }
}

/// Has some work done later, by another thread at a low priority, one piece after the other.
/// Where there is no such thread it is not done: it must be work that somebody else does in need.
pub(crate) fn later(work: impl FnOnce() + Send + 'static) {
    static THREAD: OnceLock<Option<ThreadPool>> = OnceLock::new();
    if let Some(thread) = thread_of(&THREAD, "wangge-draw") {
        thread.spawn(work);
    }
}

fn thread_of(
    thread: &'static OnceLock<Option<ThreadPool>>,
    name: &'static str,
) -> Option<&'static ThreadPool> {
    let start = || {
        ThreadPoolBuilder::new()
            .num_threads(1)
            .thread_name(move |_| name.to_owned())
            .start_handler(|_| {
                // on Linux this is of the calling thread alone; without it the work is done as well
                let _ = rustix::process::nice(LOWEST);
            })
            // what fails ahead of need fails again in need, and is told there
            .panic_handler(|_| tracing::error!("work in the background made its thread panic"))
            .build()
            .ok()
    };
    thread.get_or_init(start).as_ref()
}
