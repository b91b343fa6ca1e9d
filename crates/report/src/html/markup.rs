//! Text and numbers as HTML and SVG take them.

use std::fmt::{self, Write as _};

use crate::Language;

/// Text of a file, safe between tags and in quoted attributes.
///
/// No text of a file stands anywhere else in the page, not in a script and not in a style.
/// Characters that cannot be seen but steer what is seen (controls, marks that turn the writing
/// direction) are spelt out.
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                c if steers(c) => write!(f, "{}", c.escape_unicode())?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}')
}

/// A number with so many decimals, those that are zero at its end left out.
pub(crate) struct Trimmed(pub(crate) f64, pub(crate) usize);

impl fmt::Display for Trimmed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{:.*}", self.1, self.0);
        let text = if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.')
        } else {
            &text
        };
        f.write_str(if text == "-0" { "0" } else { text })
    }
}

/// The text of the language.
pub(crate) const fn told<'a>(language: Language, zh: &'a str, en: &'a str) -> &'a str {
    match language {
        Language::Zh => zh,
        Language::En => en,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::closes_a_script("</script><b>", "&lt;/script&gt;&lt;b&gt;")]
    #[case::leaves_an_attribute("\" onload='x()'", "&quot; onload=&#39;x()&#39;")]
    #[case::is_an_entity_already("&lt;", "&amp;lt;")]
    #[case::closes_character_data("]]>", "]]&gt;")]
    #[case::turns_the_direction("1\u{202e}2", "1\\u{202e}2")]
    #[case::holds_a_control("a\u{0}b\nc", "a\\u{0}b\\u{a}c")]
    #[case::is_plain("龙港 001", "龙港 001")]
    fn text_of_a_file_that(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(Escaped(text).to_string(), expected);
    }

    #[rstest]
    #[case(1.5, 3, "1.5")]
    #[case(120.0, 2, "120")]
    #[case(100.0, 0, "100")]
    #[case(-0.0001, 2, "0")]
    fn a_number_has_no_idle_decimals(#[case] n: f64, #[case] decimals: usize, #[case] text: &str) {
        assert_eq!(Trimmed(n, decimals).to_string(), text);
    }
}
