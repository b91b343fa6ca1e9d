//! The reading process of this crate's own tests: it lets them leave locks open, which the
//! product's never does.

use std::process::ExitCode;

fn main() -> ExitCode {
    wangge_exchange::child_main_with_switches()
}
