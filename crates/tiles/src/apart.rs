//! Work that many may wait for.

use std::sync::OnceLock;
use std::thread;

use rayon::{ThreadPool, ThreadPoolBuilder};

/// Does work on threads of its own, that wait for nobody.
///
/// What is drawn once and kept holds up all who ask for it meanwhile. Threads that share out their work
/// among them take up others' while they wait: one that draws would be handed a tile that waits
/// for the same drawing, or all would wait and none be left to draw. So whoever needs a drawing
/// sleeps, and these draw. Work of a pool with one thread stays there: nobody hands it any other.
pub(crate) fn apart<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    static POOL: OnceLock<Option<ThreadPool>> = OnceLock::new();
    if rayon::current_thread_index().is_some() && rayon::current_num_threads() == 1 {
        return work();
    }
    let pool = POOL.get_or_init(|| {
        let named = ThreadPoolBuilder::new().thread_name(|at| format!("wangge-draw-{at}"));
        named.build().ok()
    });
    let Some(pool) = pool else { return work() };
    // a thread that is in no pool sleeps until the work is done
    thread::scope(|scope| {
        let waiting = scope.spawn(|| pool.install(work));
        waiting
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}
