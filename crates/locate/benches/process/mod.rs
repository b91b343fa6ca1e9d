//! What this process has used (memory, and processor time of the thread that asks), and what it runs on.

#![allow(dead_code, reason = "benches each take what they need")]

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

/// Processor, compiler and commit, as far as they can be found out.
pub(crate) fn provenance() -> String {
    let said = |program: &str, arguments: &[&str]| {
        let output = std::process::Command::new(program).args(arguments).output();
        let text = output.ok().filter(|output| output.status.success());
        text.map_or_else(
            || format!("no {program}"),
            |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
        )
    };
    let processors = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let line = processors.lines().find(|line| line.starts_with(name));
        let value = line.and_then(|line| line.split(':').nth(1));
        value.unwrap_or("unknown").trim().to_owned()
    };
    format!(
        "{} (family {}, model {}), {}, commit {}",
        field("model name"),
        field("cpu family"),
        field("model\t"),
        said("rustc", &["--version"]),
        said("git", &["describe", "--always", "--dirty"]),
    )
}
