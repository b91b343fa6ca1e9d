//! What the two ends of one connection know of each other.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use crate::head::Refusal;

/// The wire, which hands heads to hyper, and the service, which answers them in the same order.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    handed: AtomicU64,
    called: AtomicU64,
    finished: AtomicU64,
    /// [`Refusal`] as a number, 0 for none; it concerns the last head handed over.
    refusal: AtomicU8,
}

impl Ledger {
    /// Counts a call of the service, and says why its request is refused, if it is.
    pub(crate) fn call(&self) -> Option<Refusal> {
        let call = self.called.fetch_add(1, Ordering::Relaxed) + 1;
        let refusal = self.refusal.load(Ordering::Acquire);
        Refusal::ALL
            .into_iter()
            .find(|known| *known as u8 == refusal)
            .filter(|_| call == self.handed())
    }

    /// Counts an answer that has been given, or given up.
    pub(crate) fn finish(&self) {
        self.finished.fetch_add(1, Ordering::Release);
    }

    pub(crate) fn hand_over(&self) {
        self.handed.fetch_add(1, Ordering::Release);
    }

    pub(crate) fn refuse(&self, refusal: Refusal) {
        self.refusal.store(refusal as u8, Ordering::Release);
        self.hand_over();
    }

    /// Heads handed over so far.
    pub(crate) fn handed(&self) -> u64 {
        self.handed.load(Ordering::Acquire)
    }

    /// Answers that have been given, or given up, so far.
    pub(crate) fn finished(&self) -> u64 {
        self.finished.load(Ordering::Acquire)
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.finished() >= self.handed()
    }
}
