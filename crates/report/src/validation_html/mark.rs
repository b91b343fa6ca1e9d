//! How kinds of defects are told apart: a shape and a colour for what they have in common, a
//! character for each.

use std::fmt::Write as _;

use crate::Language;
use crate::html::markup::told;

/// The sign of a kind. The colours are those that Okabe and Ito chose to be told apart by people
/// who see fewer of them, dark enough for white writing; who sees none goes by shape and character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) colour: &'static str,
    shape: &'static str,
    zh: &'static str,
    en: &'static str,
}

const CIRCLE: &str = "m-8 0a8 8 0 1 0 16 0a8 8 0 1 0-16 0z";
const SQUARE: &str = "m-7.5-7.5h15v15h-15z";
const DIAMOND: &str = "m0-9.8 9.8 9.8-9.8 9.8-9.8-9.8z";
const HOUSE: &str = "m0-10.5 8.5 6v12h-17v-12z";
const HEXAGON: &str = "m-4.5-8h9l4.5 8-4.5 8h-9l-4.5-8z";
const FLAG: &str = "m-6.5-9h9l4 4v14h-13z";

const NOBODYS: (&str, &str) = ("#c44d00", CIRCLE);
const TWICE: (&str, &str) = ("#0064a8", SQUARE);
const BROKEN: (&str, &str) = ("#9b3a78", DIAMOND);
const FINE: (&str, &str) = ("#00714f", HEXAGON);
const FORM: (&str, &str) = ("#8a6100", HOUSE);
const RECORD: (&str, &str) = ("#4d4d4d", FLAG);

impl Mark {
    /// The mark of a kind.
    pub(super) fn of(kind: &str) -> Self {
        let ((colour, shape), zh, en) = match kind {
            "gap" => (NOBODYS, "空", "G"),
            "inlet" => (NOBODYS, "口", "I"),
            "parent-uncovered" => (NOBODYS, "缺", "U"),
            "overlap" => (TWICE, "叠", "O"),
            "duplicate-grid" => (TWICE, "重", "D"),
            "outside-parent" => (TWICE, "出", "B"),
            "self-intersection" => (BROKEN, "交", "X"),
            "spike" => (BROKEN, "刺", "S"),
            "empty" => (BROKEN, "零", "E"),
            "hairline" => (FINE, "缝", "H"),
            "unmatched-vertex" => (FINE, "点", "V"),
            "duplicate-vertex" => (FINE, "复", "W"),
            "detached" => (FORM, "离", "A"),
            "tiny" => (FORM, "小", "T"),
            "thin" => (FORM, "窄", "N"),
            "cut-object" => (FORM, "切", "K"),
            "multi-part" => (FORM, "飞", "M"),
            "size" => (RECORD, "模", "Z"),
            "code-duplicate" => (RECORD, "同", "C"),
            "code-malformed" => (RECORD, "码", "F"),
            "code-parent" => (RECORD, "上", "P"),
            "not-polygon" => (RECORD, "非", "N"),
            "not-finite" => (RECORD, "数", "Q"),
            "out-of-range" => (RECORD, "远", "R"),
            "attributes" => (RECORD, "值", "L"),
            _ => (RECORD, "他", "Y"),
        };
        Self {
            colour,
            shape,
            zh,
            en,
        }
    }

    /// The sign, 20 pixels high around the origin: full for errors, hollow for the rest.
    pub(super) fn write(self, out: &mut String, severity: &str, language: Language) {
        let (fill, ink) = if severity == "error" {
            (self.colour, "#fff")
        } else {
            ("#fff", self.colour)
        };
        let _ = write!(
            out,
            r##"<path d="{}" fill="{fill}" stroke="#fff" stroke-width="4"/><path d="{}" fill="{fill}" stroke="{}" stroke-width="1.5"/><text y="4" fill="{ink}">{}</text>"##,
            self.shape,
            self.shape,
            self.colour,
            told(language, self.zh, self.en),
        );
    }
}

/// The id of the symbol of a kind and severity.
pub(super) fn symbol_id(kind: &str, severity: &str) -> String {
    format!("k-{kind}-{severity}")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::validation_text::KINDS;

    #[test]
    fn no_two_kinds_look_alike_without_their_colours() {
        for language in [Language::Zh, Language::En] {
            let looks: HashSet<(&str, &str)> = KINDS
                .iter()
                .map(|kind| Mark::of(kind))
                .map(|mark| (mark.shape, told(language, mark.zh, mark.en)))
                .collect();
            assert_eq!(looks.len(), KINDS.len());
        }
    }

    #[test]
    fn every_kind_of_a_report_has_a_mark_of_its_own() {
        for kind in KINDS {
            assert_ne!(
                Mark::of(kind),
                Mark::of("a kind that nobody knows"),
                "{kind}"
            );
        }
    }

    #[test]
    fn the_writing_in_a_sign_can_be_read() {
        // contrast with white, WCAG 2.1: 4.5 for text of this size
        for kind in KINDS {
            let colour = Mark::of(kind).colour;
            let channel = |at: usize| {
                let value = u8::from_str_radix(&colour[at..at + 2], 16).unwrap();
                let c = f64::from(value) / 255.0;
                if c <= 0.03928 {
                    c / 12.92
                } else {
                    ((c + 0.055) / 1.055).powf(2.4)
                }
            };
            let light = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
            assert!(1.05 / (light + 0.05) >= 4.5, "{kind} {colour}");
        }
    }
}
