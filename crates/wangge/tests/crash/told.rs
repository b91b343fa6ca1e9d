//! What the program says when it refuses, in both languages.

use std::ffi::OsStr;
use std::process::{Command, Output};

/// The program, told to speak a language.
pub(crate) fn speaking<S: AsRef<OsStr>>(language: &str, arguments: &[S]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wangge"));
    command
        .args(arguments)
        .args(["--lang", language])
        .env("LC_ALL", "C.UTF-8");
    command
}

/// Runs a command that must be refused, in English and in Chinese. Both messages name the values,
/// and each says its own words.
#[track_caller]
pub(crate) fn refused(run: impl Fn(&str) -> Output, values: &[&str], english: &str, chinese: &str) {
    for (language, words) in [("en", english), ("zh", chinese)] {
        let output = run(language);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{language}: {said}");
        assert_eq!(output.stdout, b"", "{language}");
        for wanted in values.iter().chain([&words]) {
            assert!(said.contains(wanted), "{wanted} is not in {said}");
        }
        let han = said.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        assert_eq!(han, language == "zh", "{said}");
    }
}
