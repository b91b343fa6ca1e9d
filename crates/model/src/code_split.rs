//! How the codes of components are made up.

use std::fmt;

/// The digits of a component's code: county, major class, minor class, number (6 + 2 + 2 + 6, or
/// 6 + 2 + 3 + 5). Both have 16, so the string alone does not tell which it is: the scheme does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeSplit {
    county: usize,
    major: usize,
    minor: usize,
    number: usize,
}

impl CodeSplit {
    /// A split into so many digits each; `None` unless there are some for the classes and the
    /// number, and 64 at most in all.
    pub fn new([county, major, minor, number]: [usize; 4]) -> Option<Self> {
        let sound = [county, major, minor, number]
            .iter()
            .all(|part| *part <= 64)
            && major > 0
            && minor > 0
            && number > 0
            && county + major + minor + number <= crate::MAX_CODE_CHARS;
        sound.then_some(Self {
            county,
            major,
            minor,
            number,
        })
    }

    /// How many digits a code has.
    pub const fn digits(self) -> usize {
        self.county + self.major + self.minor + self.number
    }

    /// The code of the class in a component's code; `None` for one that is not so many digits.
    pub fn class(self, code: &str) -> Option<&str> {
        let digits = code.len() == self.digits() && code.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| &code[self.county..self.county + self.major + self.minor])
    }

    /// The code of the county in a component's code; `None` for one that is not so many digits.
    pub fn county(self, code: &str) -> Option<&str> {
        self.class(code).map(|_| &code[..self.county])
    }
}

/// `6+2+2+6`
impl fmt::Display for CodeSplit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            county,
            major,
            minor,
            number,
        } = self;
        write!(f, "{county}+{major}+{minor}+{number}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_digits_are_of_another_class_under_another_split() {
        // a component of 苏州姑苏区: 上水井盖 number 1
        let code = "3205080101000001";
        let short = CodeSplit::new([6, 2, 2, 6]).unwrap();
        let long = CodeSplit::new([6, 2, 3, 5]).unwrap();
        assert_eq!(
            (short.county(code), short.class(code)),
            (Some("320508"), Some("0101"))
        );
        assert_eq!(long.class(code), Some("01010"));
        assert_eq!(long.to_string(), "6+2+3+5");
    }

    #[test]
    fn what_is_not_so_many_digits_is_of_no_class() {
        let split = CodeSplit::new([6, 2, 2, 6]).unwrap();
        for code in [
            "320508010100001",
            "32050801010000012",
            "32050801010000O1",
            "３２０５０８０１",
        ] {
            assert_eq!(split.class(code), None, "{code}");
        }
    }

    #[test]
    fn a_split_without_classes_or_too_long_is_none() {
        for parts in [
            [6, 0, 2, 6],
            [6, 2, 0, 6],
            [6, 2, 2, 0],
            [60, 2, 2, 6],
            [usize::MAX, 2, 2, 6],
        ] {
            assert_eq!(CodeSplit::new(parts), None, "{parts:?}");
        }
    }
}
