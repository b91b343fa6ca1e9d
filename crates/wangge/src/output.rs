//! Results to standard output, messages to standard error; either may have been closed.

use std::io::{self, ErrorKind, Write};

use crate::failure::Failure;

/// Prints a whole result. That nobody reads it (`… | head`) is no failure: the command is done.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::output(&error)),
        _ => Ok(()),
    }
}

/// Says something on standard error. Where that is closed, there is nobody to tell so.
pub(crate) fn tell(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}
