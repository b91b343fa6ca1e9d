//! A reader of markup that is stricter than browsers: everything closed, everything quoted.

use std::collections::BTreeSet;

/// What stands in a page, as far as its markup goes.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Markup {
    pub(crate) elements: BTreeSet<String>,
    pub(crate) attributes: BTreeSet<String>,
    pub(crate) ids: Vec<String>,
    pub(crate) links: Vec<String>,
    /// Text between tags, that of styles and scripts left out.
    pub(crate) text: String,
}

impl Markup {
    /// Reads a page.
    ///
    /// # Panics
    /// Where a tag is not closed, an attribute not quoted or given twice, or an ampersand begins
    /// no entity.
    pub(crate) fn of(page: &str) -> Self {
        let mut markup = Self::default();
        let mut open: Vec<String> = Vec::new();
        let mut rest = page.strip_prefix("<!DOCTYPE html>").expect("a doctype");
        while let Some(at) = rest.find('<') {
            markup.add_text(&rest[..at]);
            rest = &rest[at + 1..];
            if let Some(closing) = rest.strip_prefix('/') {
                let (name, after) = closing.split_once('>').expect("a closed tag");
                assert_eq!(open.pop().as_deref(), Some(name), "before {after:.80}");
                rest = after;
                continue;
            }
            let (name, is_closed, after) = markup.tag(rest);
            rest = after;
            if is_closed {
                continue;
            }
            if name == "style" || name == "script" {
                let end = format!("</{name}>");
                rest = rest.split_once(&end).expect("raw text ends").1;
            } else {
                open.push(name);
            }
        }
        markup.add_text(rest);
        assert!(open.is_empty(), "left open: {open:?}");
        markup
    }

    /// Reads from after `<` to after `>`.
    fn tag<'a>(&mut self, mut rest: &'a str) -> (String, bool, &'a str) {
        let is_name = |c: char| c.is_ascii_alphanumeric() || "-:_".contains(c);
        let name_of = |text: &'a str| {
            text.split_once(|c| !is_name(c))
                .map_or(text, |(name, _)| name)
        };
        let name = name_of(rest);
        assert!(!name.is_empty(), "no name at {rest:.40}");
        self.elements.insert(name.to_owned());
        rest = &rest[name.len()..];
        let mut seen = BTreeSet::new();
        loop {
            if let Some(after) = rest.strip_prefix("/>") {
                return (name.to_owned(), true, after);
            }
            if let Some(after) = rest.strip_prefix('>') {
                return (name.to_owned(), false, after);
            }
            rest = rest
                .strip_prefix(' ')
                .unwrap_or_else(|| panic!("{name} at {rest:.60}"));
            let attribute = name_of(rest);
            assert!(seen.insert(attribute), "{attribute} twice in {name}");
            self.attributes.insert(attribute.to_owned());
            let value = rest[attribute.len()..]
                .strip_prefix("=\"")
                .expect("a quoted value");
            let (value, after) = value.split_once('"').expect("an end quote");
            check_text(value);
            match attribute {
                "id" => self.ids.push(value.to_owned()),
                "href" | "xlink:href" => self.links.push(value.to_owned()),
                _ => {}
            }
            rest = after;
        }
    }

    fn add_text(&mut self, text: &str) {
        check_text(text);
        self.text.push_str(text);
        self.text.push(' ');
    }
}

fn check_text(text: &str) {
    assert!(!text.contains(['<', '>']), "{text:.80}");
    for (at, _) in text.match_indices('&') {
        let rest = &text[at..];
        let entities = ["&amp;", "&lt;", "&gt;", "&quot;", "&#39;"];
        assert!(
            entities.iter().any(|entity| rest.starts_with(entity)),
            "{rest:.20}"
        );
    }
}
