//! What could not be done, as a person reads it, and the exit codes.

use std::fmt::Write as _;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::process::ExitCode;

use miette::MietteHandlerOpts;
use wangge_report::{Language, Told};

use crate::output;

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

/// A text in both languages.
#[derive(Debug)]
pub(crate) struct Words {
    zh: String,
    en: String,
}

/// Why a command did not come to its end.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Whoever read the output wants no more of it (`… | head`): nothing went wrong.
    NobodyReads,
    /// It could not be done: exit code 2.
    CouldNot {
        /// What, with which value, where.
        what: Words,
        /// What would be right.
        help: Option<Words>,
    },
}

impl Words {
    pub(crate) fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            zh: zh.into(),
            en: en.into(),
        }
    }

    pub(crate) fn told(&self, language: Language) -> &str {
        match language {
            Language::Zh => &self.zh,
            Language::En => &self.en,
        }
    }
}

impl Failure {
    pub(crate) fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::CouldNot {
            what: Words::new(zh, en),
            help: None,
        }
    }

    /// An error that is told in both languages.
    pub(crate) fn of(error: &impl Told) -> Self {
        Self::new(error.in_chinese(), error.in_english())
    }

    pub(crate) fn with_help(self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        match self {
            Self::CouldNot { what, .. } => Self::CouldNot {
                what,
                help: Some(Words::new(zh, en)),
            },
            Self::NobodyReads => self,
        }
    }

    /// Says first where it was.
    pub(crate) fn at(self, zh: &str, en: &str) -> Self {
        match self {
            Self::CouldNot { what, help } => Self::CouldNot {
                what: Words::new(format!("{zh}：{}", what.zh), format!("{en}: {}", what.en)),
                help,
            },
            Self::NobodyReads => self,
        }
    }

    /// A file or folder that the system refused.
    pub(crate) fn io(zh: &str, en: &str, path: &Path, error: &io::Error) -> Self {
        let path = path.display();
        Self::new(
            format!("无法{zh} {path}：{}", error.in_chinese()),
            format!("cannot {en} {path}: {error}"),
        )
    }

    /// Output that was not taken.
    pub(crate) fn output(error: &io::Error) -> Self {
        if error.kind() == ErrorKind::BrokenPipe {
            return Self::NobodyReads;
        }
        Self::new(
            format!("无法写出结果：{}", error.in_chinese()),
            format!("cannot write the answers: {error}"),
        )
    }

    /// Prints it to standard error, and gives its exit code.
    pub(crate) fn end(&self, language: Language) -> ExitCode {
        let Self::CouldNot { what, help } = self else {
            return ExitCode::SUCCESS;
        };
        // a path that is broken in two cannot be copied; a second hook changes nothing
        let _ = miette::set_hook(Box::new(|_| {
            Box::new(MietteHandlerOpts::new().wrap_lines(false).build())
        }));
        let what = what.told(language);
        let report = match (language, help) {
            (Language::En, Some(help)) => {
                miette::miette!(help = help.en.clone(), "could not be done: {what}")
            }
            (Language::En, None) => miette::miette!("could not be done: {what}"),
            (Language::Zh, help) => {
                let mut text = format!("无法完成：{what}");
                if let Some(help) = help {
                    // writing to a text does not fail
                    let _ = write!(text, "\n建议：{}", help.zh);
                }
                miette::miette!("{text}")
            }
        };
        output::tell(&format!("{report:?}"));
        ExitCode::from(COULD_NOT)
    }
}
