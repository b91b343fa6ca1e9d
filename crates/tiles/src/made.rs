//! What is made once and kept: by who first needs it, or ahead of need.

use std::cell::Cell;
use std::sync::{Mutex, OnceLock, PoisonError};

thread_local! {
    static IS_AHEAD: Cell<bool> = const { Cell::new(false) };
}

/// Does some work ahead of need, on this thread: whatever it makes is there for all, but nobody
/// waits for it.
///
/// A thread of a low priority may be kept from the processor for as long as others are busy. Who
/// needs at once what such a thread is about to make must not wait for it.
pub fn ahead<T>(work: impl FnOnce() -> T) -> T {
    struct Before(bool);
    impl Drop for Before {
        fn drop(&mut self) {
            IS_AHEAD.set(self.0);
        }
    }
    let _before = Before(IS_AHEAD.replace(true));
    work()
}

/// A value that is made when it is first needed, and kept.
///
/// Those who need it meanwhile wait for the one who makes it. Who makes it [ahead] of need
/// does so beside them, and the value that comes first is kept.
#[derive(Debug)]
pub struct Made<T> {
    value: OnceLock<T>,
    making: Mutex<()>,
}

impl<T> Made<T> {
    /// The value, which `make` makes where it is not there. Every call must make the same.
    pub fn get_or_make(&self, make: impl FnOnce() -> T) -> &T {
        if let Some(value) = self.value.get() {
            return value;
        }
        if IS_AHEAD.get() {
            return self.first(make());
        }
        let _one = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        match self.value.get() {
            Some(value) => value,
            None => self.first(make()),
        }
    }

    /// The value, if it is made.
    pub fn get(&self) -> Option<&T> {
        self.value.get()
    }

    fn first(&self, made: T) -> &T {
        self.value.get_or_init(|| made)
    }
}

impl<T> Default for Made<T> {
    fn default() -> Self {
        Self {
            value: OnceLock::new(),
            making: Mutex::new(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    use super::*;

    #[test]
    fn nobody_waits_for_what_is_made_ahead() {
        let value = &Made::default();
        let (begun, has_begun) = mpsc::channel();
        let (go_on, may_go_on) = mpsc::channel();
        thread::scope(|scope| {
            let slow = scope.spawn(move || {
                ahead(|| {
                    *value.get_or_make(|| {
                        begun.send(()).unwrap();
                        // bounded, so that a fault is a failure and not a hang
                        let _ = may_go_on.recv_timeout(Duration::from_secs(20));
                        "ahead"
                    })
                })
            });
            has_begun.recv().unwrap();
            assert_eq!(*value.get_or_make(|| "in need"), "in need");
            go_on.send(()).unwrap();
            assert_eq!(slow.join().unwrap(), "in need");
        });
    }

    #[test]
    fn it_is_made_once_in_need() {
        let (value, count) = (Made::default(), AtomicUsize::new(0));
        let together = Barrier::new(8);
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    together.wait();
                    value.get_or_make(|| {
                        thread::sleep(Duration::from_millis(20));
                        count.fetch_add(1, Ordering::SeqCst)
                    });
                });
            }
        });
        assert_eq!(count.into_inner(), 1);
        assert_eq!(value.get(), Some(&0));
    }

    #[test]
    fn a_thread_is_ahead_for_the_work_only() {
        let thread = thread::spawn(|| {
            let _ = std::panic::catch_unwind(|| ahead(|| std::panic::resume_unwind(Box::new(()))));
            assert!(!IS_AHEAD.get());
            ahead(|| {
                ahead(|| assert!(IS_AHEAD.get()));
                assert!(IS_AHEAD.get());
            });
        });
        thread.join().unwrap();
    }
}
