//! What could not be done, as a person reads it, and the exit codes.

use std::fmt;
use std::path::Path;
use std::process::ExitCode;

use miette::MietteHandlerOpts;
use wangge_report::Language;

/// What a command came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Done, and sound: exit code 0.
    Sound,
    /// Done, and the answer is "not sound": exit code 1.
    NotSound,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Sound => Self::SUCCESS,
            Outcome::NotSound => Self::from(1),
        }
    }
}

/// The exit code of what could not be done.
pub(crate) const COULD_NOT: u8 = 2;

/// Why a command could not be done: exit code 2.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    help: Option<String>,
}

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: None,
        }
    }

    pub(crate) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// A file or folder that the system refused.
    pub(crate) fn io(doing: &str, path: &Path, error: &std::io::Error) -> Self {
        Self::new(format!("cannot {doing} {}: {error}", path.display()))
    }

    /// Prints it to standard error.
    pub(crate) fn print(&self, language: Language) {
        // a path that is broken in two cannot be copied; a second hook changes nothing
        let _ = miette::set_hook(Box::new(|_| {
            Box::new(MietteHandlerOpts::new().wrap_lines(false).build())
        }));
        let heading = match language {
            Language::Zh => "无法完成",
            Language::En => "could not be done",
        };
        let message = format!("{heading}: {}", self.message);
        let report = match &self.help {
            Some(help) => miette::miette!(help = help.clone(), "{message}"),
            None => miette::miette!("{message}"),
        };
        eprintln!("{report:?}");
    }
}

/// An error with its causes, each said once.
impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        let mut message = error.to_string();
        let mut cause = error.source();
        while let Some(next) = cause {
            let text = next.to_string();
            if !message.contains(&text) {
                message.push_str(": ");
                message.push_str(&text);
            }
            cause = next.source();
        }
        Self::new(message)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
