//! What this process has used: memory, and processor time of the thread that asks.

use rustix::time::{ClockId, clock_gettime};

/// Memory that is in use, by `/proc`; 0 where there is none.
pub(crate) fn resident_bytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
    kilobytes.unwrap_or(0) * 1024
}

/// Nanoseconds that other programs took do not count.
pub(crate) fn thread_time_ns() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}
