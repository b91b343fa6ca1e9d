//! Parts of messages that other crates and libraries give as English text, in Chinese.

mod files;
mod foreign;
mod rows;

/// An English phrase and its Chinese. `{}` in the English stands for any text, which is told in
/// Chinese in its turn where it is known; the Chinese has it as `{1}`, `{2}` …
type Entry = (&'static str, &'static str);

/// How often a phrase may stand in a phrase.
const DEPTH: usize = 4;

/// A phrase in Chinese; as it is where it is not known.
///
/// ```
/// assert_eq!(wangge_report::phrase("it has no geometry"), "没有图形");
/// assert_eq!(wangge_report::phrase("row 7, column 名称"), "第 7 行“名称”列");
/// assert_eq!(wangge_report::phrase("quite another thing"), "quite another thing");
/// ```
pub fn phrase(english: &str) -> String {
    told(english, DEPTH)
}

fn told(english: &str, depth: usize) -> String {
    if depth == 0 || english.is_empty() {
        return english.to_owned();
    }
    rows::PHRASES
        .iter()
        .chain(files::PHRASES)
        .chain(foreign::PHRASES)
        .find_map(|(template, chinese)| Some((held(template, english)?, chinese)))
        .map_or_else(
            || english.to_owned(),
            |(held, chinese)| filled(chinese, &held, depth),
        )
}

/// What stands in the places of a template; `None` when the text is another.
fn held<'a>(template: &str, text: &'a str) -> Option<Vec<&'a str>> {
    let mut pieces = template.split("{}");
    let mut rest = text.strip_prefix(pieces.next()?)?;
    let mut held = Vec::new();
    let mut pieces = pieces.peekable();
    while let Some(piece) = pieces.next() {
        let end = if pieces.peek().is_none() {
            rest.len().checked_sub(piece.len())?
        } else {
            rest.find(piece)?
        };
        if !rest.is_char_boundary(end) || &rest[end..end + piece.len()] != piece {
            return None;
        }
        held.push(&rest[..end]);
        rest = &rest[end + piece.len()..];
    }
    rest.is_empty().then_some(held)
}

fn filled(chinese: &str, held: &[&str], depth: usize) -> String {
    // split before filling: what is put in may look like a place itself
    let mut parts = chinese.split('{');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let place = part.split_once('}').and_then(|(number, after)| {
            let index = number.parse::<usize>().ok()?.checked_sub(1)?;
            Some((held.get(index)?, after))
        });
        if let Some((value, after)) = place {
            text.push_str(&told(value, depth - 1));
            text.push_str(after);
        } else {
            text.push('{');
            text.push_str(part);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn a_template_holds_what_stands_in_its_places() {
        assert_eq!(held("a {} b {}", "a 1 b 2 b"), Some(vec!["1", "2 b"]));
        assert_eq!(held("{} b", "网格 b"), Some(vec!["网格"]));
        assert_eq!(held("a {} b", "a b"), None);
        assert_eq!(held("a", "ab"), None);
        assert_eq!(held("{}格", "网"), None);
    }

    #[test]
    fn a_phrase_in_a_phrase_is_told_too() {
        assert_eq!(
            phrase("ring 2 of part 1 is not closed: it starts at 1 1 and ends at 2 2"),
            "第 1 部分的第 2 个环没有闭合：起点 1 1，终点 2 2"
        );
        assert_eq!(
            phrase("the point has the coordinates NaN 1, which are not finite numbers"),
            "点的坐标为 NaN 1，不是有限的数"
        );
    }

    #[test]
    fn a_value_that_looks_like_a_place_stays_as_it_is() {
        assert_eq!(
            phrase("its code \"{1}\" has space at its ends"),
            "编码“{1}”的首尾有空格"
        );
    }

    /// A phrase that is reworded in the crate it comes from would be told in English again.
    #[test]
    fn every_phrase_of_our_own_stands_in_the_sources() {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut sources = String::new();
        for name in [
            "plane", "crs", "model", "exchange", "store", "city", "generate",
        ] {
            read_all(&crates.join(name).join("src"), &mut sources);
        }
        let mut lost = String::new();
        for (english, _) in rows::PHRASES.iter().chain(files::PHRASES) {
            // a hint comes after its message, from a place of its own
            let pieces = english.split("{}").flat_map(|piece| piece.split("; "));
            for piece in pieces.filter(|piece| piece.trim().len() > 2) {
                if !sources.contains(piece) {
                    let _ = writeln!(lost, "{english:?}: no source has {piece:?}");
                }
            }
        }
        assert!(lost.is_empty(), "{lost}");
    }

    #[test]
    fn every_phrase_fills_all_its_places() {
        let all = rows::PHRASES.iter().chain(files::PHRASES);
        for (english, chinese) in all.chain(foreign::PHRASES) {
            let places = english.matches("{}").count();
            let values: Vec<String> = (1..=places).map(|i| format!("值{i}")).collect();
            let mut given = (*english).to_owned();
            for value in &values {
                given = given.replacen("{}", value, 1);
            }
            let told = phrase(&given);
            if *english != "error: {}" {
                assert!(chinese.chars().any(is_han), "{english}: {chinese}");
            }
            for value in &values {
                // the number of an error of the system says nothing to a planner
                assert!(
                    told.contains(value) || english.contains("(os error {})"),
                    "{english}: {told} without {value}"
                );
            }
        }
    }

    fn is_han(c: char) -> bool {
        ('\u{4e00}'..='\u{9fff}').contains(&c)
    }

    /// The sources as one text, quotation marks and broken lines as a message has them.
    fn read_all(folder: &Path, sources: &mut String) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read_all(&path, sources);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let mut plain = String::new();
                let mut goes_on = false;
                for line in text.lines() {
                    let line = if goes_on { line.trim_start() } else { line };
                    goes_on = line.ends_with('\\');
                    plain.push_str(line.strip_suffix('\\').unwrap_or(line));
                    if !goes_on {
                        plain.push('\n');
                    }
                }
                sources.push_str(&plain.replace("\\\"", "\""));
            }
        }
    }
}
