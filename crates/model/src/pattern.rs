//! Code patterns: regular expressions that hold a whole code, with named segments.

use regex::{Regex, RegexBuilder};
use regex_syntax::ast::{self, Ast, ClassPerl, ClassPerlKind, ClassSetItem};
use regex_syntax::hir::{Class, Hir, HirKind, Look};

use crate::Code;
use crate::template::Template;

/// The longest pattern there may be, in bytes.
const MAX_PATTERN_BYTES: usize = 1000;

/// The largest compiled pattern, in bytes: some hundred times what a real code rule needs.
const MAX_COMPILED_BYTES: usize = 1 << 20;

/// How deep groups may be nested.
const MAX_NESTING: u32 = 50;

/// What the codes of a level look like: an anchored regular expression.
///
/// `\d`, `\w` and `\s` mean the ASCII characters only: a code that was typed with full-width
/// digits is not the code that other systems know.
#[derive(Debug, Clone)]
pub struct CodePattern {
    source: String,
    regex: Regex,
    min_chars: usize,
    max_chars: Option<usize>,
}

/// Why a text is not a code pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PatternFault {
    /// Not a regular expression, or too large a one: the reason, one line.
    Invalid(String),
    /// It could match a part of a code: what would be right.
    NotAnchored(String),
}

impl CodePattern {
    pub(crate) fn new(source: &str) -> Result<Self, PatternFault> {
        let invalid = |reason: String| PatternFault::Invalid(reason);
        if source.len() > MAX_PATTERN_BYTES {
            return Err(invalid(format!(
                "it has {} bytes, at most {MAX_PATTERN_BYTES} are read",
                source.len()
            )));
        }
        let ascii = with_ascii_classes(source).map_err(invalid)?;
        let hir = regex_syntax::ParserBuilder::new()
            .nest_limit(MAX_NESTING)
            .build()
            .parse(&ascii)
            .map_err(|error| match error {
                regex_syntax::Error::Translate(error) => invalid(error.kind().to_string()),
                other => invalid(last_line(&other.to_string())),
            })?;
        if !is_anchored(&hir) {
            return Err(PatternFault::NotAnchored(anchored(source)));
        }
        let regex = RegexBuilder::new(&ascii)
            .size_limit(MAX_COMPILED_BYTES)
            .dfa_size_limit(MAX_COMPILED_BYTES)
            .nest_limit(MAX_NESTING)
            .build()
            .map_err(|error| match error {
                regex::Error::CompiledTooBig(_) => {
                    invalid("it repeats too much to be compiled: use smaller counts".to_owned())
                }
                other => invalid(last_line(&other.to_string())),
            })?;
        let (min_chars, max_chars) = char_lengths(&hir);
        Ok(Self {
            source: source.to_owned(),
            regex,
            min_chars,
            max_chars,
        })
    }

    /// The regular expression as the scheme writes it.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether the code is one of this level's.
    pub fn matches(&self, code: &Code) -> bool {
        self.regex.is_match(code.as_str())
    }

    /// The names of its segments (named groups), in their order.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        self.regex.capture_names().flatten()
    }

    /// The text of the named segments, joined; `None` when the code does not match or one of the
    /// segments took no part.
    pub fn join_segments(&self, code: &Code, names: &[String]) -> Option<String> {
        let captures = self.regex.captures(code.as_str())?;
        names
            .iter()
            .map(|name| captures.name(name).map(|segment| segment.as_str()))
            .collect()
    }

    /// What may stand in each place of a code, for each way to read the pattern.
    pub(crate) fn templates(&self) -> Vec<Template> {
        with_ascii_classes(&self.source)
            .ok()
            .and_then(|ascii| regex_syntax::parse(&ascii).ok())
            .map_or_else(Vec::new, |hir| Template::all_of(&hir))
    }

    /// Fewest characters of a code that matches.
    pub(crate) const fn min_chars(&self) -> usize {
        self.min_chars
    }

    /// Most characters of a code that matches; `None` without a bound.
    pub(crate) const fn max_chars(&self) -> Option<usize> {
        self.max_chars
    }
}

/// Two patterns are equal when they are written alike.
impl PartialEq for CodePattern {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl Eq for CodePattern {}

/// Bounds of the number of characters, from those of bytes: exact for ASCII.
fn char_lengths(hir: &Hir) -> (usize, Option<usize>) {
    let properties = hir.properties();
    let min_bytes = properties.minimum_len().unwrap_or(0);
    // a character has at most four bytes
    let only_ascii = is_ascii(hir);
    let min = if only_ascii {
        min_bytes
    } else {
        min_bytes.div_ceil(4)
    };
    (min, properties.maximum_len())
}

fn is_ascii(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => literal.0.is_ascii(),
        HirKind::Class(Class::Unicode(class)) => class.is_ascii(),
        HirKind::Class(Class::Bytes(class)) => class.is_ascii(),
        HirKind::Repetition(repetition) => is_ascii(&repetition.sub),
        HirKind::Capture(capture) => is_ascii(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().all(is_ascii),
    }
}

fn is_anchored(hir: &Hir) -> bool {
    let properties = hir.properties();
    properties.look_set_prefix().contains(Look::Start)
        && properties.look_set_suffix().contains(Look::End)
}

/// The pattern with anchors around it, as one would write it.
fn anchored(source: &str) -> String {
    let inner = source.strip_prefix('^').unwrap_or(source);
    let inner = inner.strip_suffix('$').unwrap_or(inner);
    let plain = if inner.contains('|') {
        format!("^(?:{inner})$")
    } else {
        format!("^{inner}$")
    };
    match regex_syntax::parse(&plain) {
        Ok(hir) if is_anchored(&hir) => plain,
        _ => format!(r"\A(?:{source})\z"),
    }
}

/// The same pattern with `\d`, `\w`, `\s` and their opposites written out as ASCII classes.
fn with_ascii_classes(source: &str) -> Result<String, String> {
    let tree = ast::parse::ParserBuilder::new()
        .nest_limit(MAX_NESTING)
        .build()
        .parse(source)
        .map_err(|error| {
            let at = error.span().start.column;
            format!("{} (at its character {at})", error.kind())
        })?;
    let spans = ast::visit(&tree, PerlClasses::default())
        .unwrap_or_else(|never: std::convert::Infallible| match never {});
    let mut text = String::with_capacity(source.len());
    let mut done = 0;
    for (span, class) in spans {
        text.push_str(&source[done..span.start.offset]);
        text.push_str(class);
        done = span.end.offset;
    }
    text.push_str(&source[done..]);
    Ok(text)
}

/// Gathers where `\d` and its like stand, in order, with what they stand for.
#[derive(Default)]
struct PerlClasses(Vec<(ast::Span, &'static str)>);

impl PerlClasses {
    fn note(&mut self, class: &ClassPerl) {
        let ascii = match (&class.kind, class.negated) {
            (ClassPerlKind::Digit, false) => "[0-9]",
            (ClassPerlKind::Digit, true) => "[^0-9]",
            (ClassPerlKind::Word, false) => "[0-9A-Za-z_]",
            (ClassPerlKind::Word, true) => "[^0-9A-Za-z_]",
            (ClassPerlKind::Space, false) => r"[\t\n\v\f\r\x20]",
            (ClassPerlKind::Space, true) => r"[^\t\n\v\f\r\x20]",
        };
        self.0.push((class.span, ascii));
    }
}

impl ast::Visitor for PerlClasses {
    type Output = Vec<(ast::Span, &'static str)>;
    type Err = std::convert::Infallible;

    fn finish(self) -> Result<Self::Output, Self::Err> {
        Ok(self.0)
    }

    fn visit_pre(&mut self, ast: &Ast) -> Result<(), Self::Err> {
        if let Ast::ClassPerl(class) = ast {
            self.note(class);
        }
        Ok(())
    }

    fn visit_class_set_item_pre(&mut self, item: &ClassSetItem) -> Result<(), Self::Err> {
        if let ClassSetItem::Perl(class) = item {
            self.note(class);
        }
        Ok(())
    }
}

/// The crates' messages draw the pattern over several lines; the reason is the last.
fn last_line(message: &str) -> String {
    let line = message.lines().last().unwrap_or(message);
    line.trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn code(text: &str) -> Code {
        Code::new(text).unwrap()
    }

    #[rstest]
    #[case::digits(r"^\d{6}$", "211403", true)]
    #[case::longer(r"^\d{6}$", "2114031", false)]
    #[case::full_width_digits(r"^\d{6}$", "２１１４０３", false)]
    #[case::digits_in_a_class(r"^[\dA-F]{3}$", "1B9", true)]
    #[case::full_width_in_a_class(r"^[\dA-F]{3}$", "１B9", false)]
    #[case::not_a_digit(r"^\D\d$", "网1", true)]
    #[case::chinese(r"^[东西]街\d{2}$", "东街01", true)]
    #[case::absolute_anchors(r"\A\d{2}\z", "12", true)]
    #[case::either(r"^\d{14}$|^\d{15}$", "21140300100201", true)]
    fn a_pattern_holds_whole_codes(#[case] source: &str, #[case] text: &str, #[case] yes: bool) {
        assert_eq!(CodePattern::new(source).unwrap().matches(&code(text)), yes);
    }

    #[rstest]
    #[case(r"\d{6}", r"^\d{6}$")]
    #[case(r"^\d{6}", r"^\d{6}$")]
    #[case(r"\d{6}$", r"^\d{6}$")]
    #[case(r"^\d{14}|\d{15}$", r"^(?:\d{14}|\d{15})$")]
    // per line, not per text
    #[case(r"(?m)^\d{6}$", r"\A(?:(?m)^\d{6}$)\z")]
    fn a_pattern_that_could_match_a_part_is_refused(#[case] source: &str, #[case] right: &str) {
        assert_eq!(
            CodePattern::new(source),
            Err(PatternFault::NotAnchored(right.to_owned()))
        );
    }

    #[rstest]
    #[case::unclosed(r"^(\d{6}$")]
    #[case::look_around(r"^(?=2)\d{6}$")]
    #[case::repeats_too_much(r"^((\d{1000}){1000}){1000}$")]
    #[case::too_long(&format!("^{}$", "1".repeat(1000)))]
    #[case::too_deep(&format!("^{}1{}$", "(".repeat(60), ")".repeat(60)))]
    fn a_pattern_that_cannot_be_compiled_is_refused(#[case] source: &str) {
        match CodePattern::new(source) {
            Err(PatternFault::Invalid(reason)) => assert!(!reason.contains('\n'), "{reason}"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn segments_are_joined_in_the_order_asked_for() {
        let pattern =
            CodePattern::new(r"^(?<kind>ZH)(?<district>\d{6})(?<street>\d{3})(\d{2})$").unwrap();
        let names = ["district", "street"].map(str::to_owned);
        // the Huangpu district's street 013, as the Shanghai code spells it
        let joined = pattern.join_segments(&code("ZH31010101301"), &names);
        assert_eq!(joined.as_deref(), Some("310101013"));
        assert_eq!(
            pattern.segments().collect::<Vec<_>>(),
            ["kind", "district", "street"]
        );
        assert_eq!(pattern.join_segments(&code("31010101301"), &names), None);
    }

    #[rstest]
    #[case(r"^\d{9}$", 9, Some(9))]
    #[case(r"^\d{14,15}$", 14, Some(15))]
    #[case(r"^\d+$", 1, None)]
    #[case(r"^网\d{2}$", 2, Some(5))]
    fn lengths_are_bounds_in_characters(
        #[case] source: &str,
        #[case] min: usize,
        #[case] max: Option<usize>,
    ) {
        let pattern = CodePattern::new(source).unwrap();
        assert_eq!((pattern.min_chars(), pattern.max_chars()), (min, max));
    }
}
