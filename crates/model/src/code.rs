//! Codes: the opaque strings that name units.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ModelError;

/// The longest code there may be, in characters. The longest seen in the standards has 20.
pub const MAX_CODE_CHARS: usize = 64;

/// The code of a unit (编码): an opaque string, compared byte by byte.
///
/// Invariant: not empty, at most [`MAX_CODE_CHARS`] characters, no white space at its ends, no
/// control characters and none that are invisible or turn the direction of writing. What a code
/// says about its parent is for the scheme to tell, never for the string.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Code(Box<str>);

impl Code {
    /// The code of this text, white space around it taken away.
    ///
    /// # Errors
    /// [`ModelError::CodeEmpty`], [`ModelError::CodeTooLong`], [`ModelError::CodeUnprintable`].
    pub fn new(text: &str) -> Result<Self, ModelError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(ModelError::CodeEmpty);
        }
        let chars = text.chars().count();
        if chars > MAX_CODE_CHARS {
            return Err(ModelError::CodeTooLong {
                start: text.chars().take(20).map(shown).collect(),
                chars,
            });
        }
        if let Some(position) = text.chars().position(is_unprintable) {
            return Err(ModelError::CodeUnprintable {
                shown: text.chars().map(shown).collect(),
                position: position + 1,
            });
        }
        Ok(Self(text.into()))
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for Code {
    type Err = ModelError;

    fn from_str(text: &str) -> Result<Self, ModelError> {
        Self::new(text)
    }
}

impl TryFrom<String> for Code {
    type Error = ModelError;

    fn try_from(text: String) -> Result<Self, ModelError> {
        Self::new(&text)
    }
}

impl TryFrom<&str> for Code {
    type Error = ModelError;

    fn try_from(text: &str) -> Result<Self, ModelError> {
        Self::new(text)
    }
}

impl From<Code> for String {
    fn from(code: Code) -> Self {
        code.0.into()
    }
}

impl AsRef<str> for Code {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for Code {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// Control characters, and those that change what a reader sees: zero-width ones, marks of
/// writing direction, the byte order mark, the line and paragraph separators.
fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

fn shown(c: char) -> String {
    if is_unprintable(c) {
        c.escape_unicode().to_string()
    } else {
        c.to_string()
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::nbs_village("211403001002", "211403001002")]
    #[case::spaces_around("  211403001002\t", "211403001002")]
    #[case::ideographic_space_around("\u{3000}网格01\u{3000}", "网格01")]
    #[case::shanghai("ZH31010101301", "ZH31010101301")]
    #[case::sixty_four_characters(&"网".repeat(64), &"网".repeat(64))]
    fn a_code_is_its_text_without_the_space_around_it(#[case] text: &str, #[case] code: &str) {
        assert_eq!(Code::new(text).unwrap().as_str(), code);
    }

    #[rstest]
    #[case::empty("")]
    #[case::only_space(" \u{3000}\n")]
    #[case::sixty_five_characters(&"1".repeat(65))]
    #[case::nul("21\u{0}1403")]
    #[case::line_break("21\n1403")]
    #[case::zero_width_space("2114\u{200b}03")]
    #[case::right_to_left_override("\u{202e}304112")]
    #[case::byte_order_mark("\u{feff}211403")]
    fn what_a_person_could_not_see_or_type_is_no_code(#[case] text: &str) {
        Code::new(text).unwrap_err();
    }

    #[test]
    fn an_invisible_character_is_shown_in_the_message() {
        assert_eq!(
            Code::new("21\u{200b}1403").unwrap_err().to_string(),
            "the code \"21\\u{200b}1403\" has an invisible or control character at position 3: \
             remove it"
        );
    }

    #[test]
    fn codes_order_byte_by_byte() {
        let mut codes = ["b", "10", "9", "a", "网", "A"].map(|text| Code::new(text).unwrap());
        codes.sort();
        assert_eq!(
            codes.each_ref().map(Code::as_str),
            ["10", "9", "A", "a", "b", "网"]
        );
    }
}
