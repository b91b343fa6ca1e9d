//! Work that must not slow the answers down: one thread, at a low priority.

use std::sync::OnceLock;

/// The lowest priority that the system has, as `nice` counts.
const LOWEST: i32 = 19;

/// Does some work by one thread at a low priority, that of everybody who asks for this. Whatever
/// the work would spread over all cores stays on that thread too.
pub(crate) fn quietly<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    static THREAD: OnceLock<Option<rayon::ThreadPool>> = OnceLock::new();
    let thread = THREAD.get_or_init(|| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(1)
            .thread_name(|_| "wangge-compile".to_owned())
            .start_handler(|_| {
                // on Linux this is of the calling thread alone; without it the work is done as well
                let _ = rustix::process::nice(LOWEST);
            })
            .build()
            .ok()
    });
    match thread {
        Some(thread) => thread.install(work),
        None => work(),
    }
}
