//! What the pages of all reports are made of: a frame that lets nothing act but its own style and
//! script, text that stays text, and maps drawn as SVG.

pub(crate) mod clip;
pub(crate) mod close_up;
pub(crate) mod frame;
pub(crate) mod furniture;
pub(crate) mod grids;
pub(crate) mod markup;
pub(crate) mod path;
pub(crate) mod roomiest;

use std::fmt::Write as _;

use sha2::{Digest, Sha256};
use wangge_plane::Shape;

use self::markup::{Escaped, told};
use crate::Language;

/// The style that all pages share.
pub(crate) const PAGE_STYLE: &str = include_str!("html/page.css");

/// A grid as a map shows it.
#[derive(Debug, Clone, Copy)]
pub struct MapGrid<'a> {
    /// The code, as the report's defects name it.
    pub code: &'a str,
    /// The name, if it has one.
    pub name: Option<&'a str>,
    /// The ground.
    pub shape: &'a Shape,
}

/// A page around its content.
pub(crate) struct Page<'a> {
    pub(crate) title: &'a str,
    /// What it is about; may be empty.
    pub(crate) subject: &'a str,
    pub(crate) style: &'a str,
    /// May be empty: then none may run.
    pub(crate) script: &'a str,
}

impl Page<'_> {
    /// Up to the title. Only this style and this script may act, by their hashes: text that got
    /// into the page by whatever fault stays text.
    pub(crate) fn begin(&self, out: &mut String, language: Language) {
        let lang = told(language, "zh-CN", "en");
        let (title, style) = (self.title, self.style);
        let style_hash = content_hash(style);
        let may_run = if self.script.is_empty() {
            "'none'".to_owned()
        } else {
            format!("'{}'", content_hash(self.script))
        };
        let colon = told(language, "：", ": ");
        let about = if self.subject.is_empty() { "" } else { colon };
        let subject = Escaped(self.subject);
        let _ = write!(
            out,
            r#"<!DOCTYPE html>
<html lang="{lang}" xmlns="http://www.w3.org/1999/xhtml" xmlns:xlink="http://www.w3.org/1999/xlink">
<head><meta charset="utf-8"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '{style_hash}'; script-src {may_run}; base-uri 'none'; form-action 'none'"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="referrer" content="no-referrer"/>
<title>{title}{about}{subject}</title>
<style>{style}</style></head>
<body><h1>{title}<small>{subject}</small></h1>
"#
        );
    }

    /// From the end of the content on.
    pub(crate) fn end(&self, out: &mut String) {
        if !self.script.is_empty() {
            let _ = writeln!(out, "<script>{}</script>", self.script);
        }
        out.push_str("</body></html>\n");
    }
}

/// The source expression that lets this text act and no other (Content Security Policy level 2).
fn content_hash(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut hash = "sha256-".to_owned();
    for three in Sha256::digest(text).chunks(3) {
        let bits = three
            .iter()
            .chain(std::iter::repeat(&0))
            .take(3)
            .fold(0u32, |bits, &byte| bits << 8 | u32::from(byte));
        for digit in 0..4 {
            let value = bits >> (18 - 6 * digit) & 63;
            hash.push(if digit <= three.len() {
                char::from(DIGITS[value as usize])
            } else {
                '='
            });
        }
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_a_script_is_the_one_that_browsers_compute() {
        // the example of Content Security Policy level 2 under "hash usage for script elements"
        assert_eq!(
            content_hash("alert('Hello, world.');"),
            "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng="
        );
    }
}
