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

/// Text from a file as a terminal may be given it: what would colour, reverse or forge lines
/// (control characters, and those that turn the direction of writing) is shown as a mark.
pub(crate) fn visible(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                '\u{fffd}'
            }
            c if c.is_control() => '\u{fffd}',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn a_name_cannot_colour_or_reverse_a_terminal() {
        let shown = visible("龙港\u{1b}[31m\u{202e}abc\n211403");
        assert_eq!(shown, "龙港\u{fffd}[31m\u{fffd}abc\u{fffd}211403");
        assert_eq!(visible("新兴社区第3网格"), "新兴社区第3网格");
    }
}
