//! Progress bars, on a terminal only and only for what takes its time.

use std::io::IsTerminal;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// What is done faster than this shows no bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// Between two turns of a spinner.
const TICK: Duration = Duration::from_millis(120);

/// A bar that appears once a task has taken a second.
pub(crate) struct Progress {
    bar: ProgressBar,
    started: Instant,
    on_terminal: bool,
}

impl Progress {
    /// A bar over `total` steps; a spinner with a count where the total is not known.
    pub(crate) fn new(what: &str, total: Option<u64>) -> Self {
        let template = if total.is_some() {
            "{msg} {wide_bar} {human_pos}/{human_len} {per_sec} {eta}"
        } else {
            "{msg} {spinner} {human_pos} {per_sec}"
        };
        Self::with(what, total, template)
    }

    /// The same over bytes.
    pub(crate) fn of_bytes(what: &str, total: Option<u64>) -> Self {
        let template = if total.is_some() {
            "{msg} {wide_bar} {decimal_bytes}/{decimal_total_bytes} {decimal_bytes_per_sec} {eta}"
        } else {
            "{msg} {spinner} {decimal_bytes} {decimal_bytes_per_sec}"
        };
        Self::with(what, total, template)
    }

    fn with(what: &str, total: Option<u64>, template: &str) -> Self {
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(what.to_owned());
        Self {
            bar,
            started: Instant::now(),
            on_terminal: std::io::stderr().is_terminal(),
        }
    }

    /// So many steps are done.
    pub(crate) fn reached(&self, done: u64) {
        self.bar.set_position(done);
        if self.on_terminal && self.bar.is_hidden() && self.started.elapsed() > PATIENCE {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    /// The counting is over, and work goes on whose length is not known.
    pub(crate) fn working(&self, what: &str) {
        self.bar.set_message(what.to_owned());
        if self.on_terminal {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
            self.bar.enable_steady_tick(TICK);
        }
    }

    /// There is nothing more to wait for; the bar goes away.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// Does work whose length is not known; once it has taken a second, a spinner says what is done.
pub(crate) fn waiting<T>(what: &str, work: impl FnOnce() -> T) -> T {
    if !std::io::stderr().is_terminal() {
        return work();
    }
    let (done, ended) = channel::<()>();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            if ended.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                let spinner = ProgressBar::new_spinner();
                spinner.set_message(what.to_owned());
                spinner.enable_steady_tick(TICK);
                // the other end is dropped when the work is done
                let _ = ended.recv();
                spinner.finish_and_clear();
            }
        });
        let result = work();
        drop(done);
        result
    })
}
