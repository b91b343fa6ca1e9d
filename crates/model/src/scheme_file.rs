//! Reading a scheme's TOML, and finding every mistake that can be found before a unit is seen.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use crate::pattern::PatternFault;
use crate::{
    Code, CodePattern, CodeSplit, ComponentScheme, Level, LevelIndex, Limits, MAX_CODE_CHARS,
    ModelError, ParentRule, Scheme, SizeRange, Tier,
};

/// A scheme has a few kilobytes.
const MAX_SCHEME_BYTES: usize = 1 << 20;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SchemeText {
    city: Spanned<String>,
    name: Spanned<String>,
    name_en: Option<Spanned<String>>,
    code: Option<Spanned<String>>,
    #[serde(default)]
    level: Vec<Spanned<LevelText>>,
    #[serde(default)]
    tiers: BTreeMap<Spanned<String>, Spanned<String>>,
    components: Option<ComponentsText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ComponentsText {
    code: Option<Spanned<[usize; 4]>>,
    tier: Option<Spanned<u32>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LevelText {
    id: Spanned<String>,
    name: Spanned<String>,
    name_en: Option<Spanned<String>>,
    code: Spanned<String>,
    parent: Option<Spanned<ParentText>>,
    #[serde(default)]
    limits: LimitsText,
    #[serde(default)]
    posts: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ParentText {
    prefix: Option<usize>,
    column: Option<Spanned<String>>,
    segments: Option<Vec<Spanned<String>>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct LimitsText {
    households: Option<Spanned<(u32, u32)>>,
    population: Option<Spanned<(u32, u32)>>,
}

pub(crate) fn read(text: &str) -> Result<Scheme, ModelError> {
    if text.len() > MAX_SCHEME_BYTES {
        return Err(ModelError::SchemeTooLarge {
            bytes: text.len(),
            limit: MAX_SCHEME_BYTES,
        });
    }
    // Windows editors put a byte order mark first
    let toml = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = Lines(toml);
    let scheme: SchemeText = toml::from_str(toml).map_err(|error| ModelError::SchemeSyntax {
        line: error.span().map_or(1, |span| lines.at(span.start)),
        message: error.message().trim().replace('\n', ", "),
    })?;
    let city = lines.filled("city", &scheme.city)?;
    let name = lines.filled("name", &scheme.name)?;
    let name_en = lines.filled_option("name_en", scheme.name_en.as_ref())?;
    let code = scheme
        .code
        .as_ref()
        .map(|code| {
            Code::new(code.as_ref()).map_err(|reason| ModelError::SchemeCode {
                line: lines.of(code),
                reason: Box::new(reason),
            })
        })
        .transpose()?;
    let levels = levels(&lines, &scheme.level)?;
    let tiers = tiers(&lines, &scheme.tiers, &levels)?;
    let components = components(&lines, scheme.components.as_ref(), &tiers)?;
    Ok(Scheme {
        source: text.to_owned(),
        city,
        name,
        name_en,
        code,
        levels,
        tiers,
        components,
    })
}

/// How codes of components are made up, and at which tier their own departments act.
fn components(
    lines: &Lines<'_>,
    text: Option<&ComponentsText>,
    tiers: &[Tier],
) -> Result<ComponentScheme, ModelError> {
    let last = tiers.iter().map(|tier| tier.number).max();
    let Some(text) = text else {
        return Ok(ComponentScheme {
            split: None,
            own_tier: last,
        });
    };
    let split = text.code.as_ref().map(|code| {
        CodeSplit::new(*code.as_ref()).ok_or_else(|| ModelError::ComponentCode {
            line: lines.of(code),
        })
    });
    let own_tier = match &text.tier {
        None => last,
        Some(tier) if tiers.iter().any(|of| of.number == *tier.as_ref()) => Some(*tier.as_ref()),
        Some(tier) => {
            return Err(ModelError::ComponentTier {
                line: lines.of(tier),
                tier: *tier.as_ref(),
            });
        }
    };
    Ok(ComponentScheme {
        split: split.transpose()?,
        own_tier,
    })
}

/// Where things stand in the text.
struct Lines<'a>(&'a str);

impl Lines<'_> {
    fn at(&self, offset: usize) -> usize {
        let before = self.0.as_bytes().iter().take(offset);
        1 + before.filter(|&&byte| byte == b'\n').count()
    }

    fn of<T>(&self, value: &Spanned<T>) -> usize {
        self.at(value.span().start)
    }

    fn filled(&self, key: &'static str, value: &Spanned<String>) -> Result<String, ModelError> {
        let text = value.as_ref().trim();
        if text.is_empty() {
            return Err(ModelError::EmptyText {
                line: self.of(value),
                key,
            });
        }
        Ok(text.to_owned())
    }

    fn filled_option(
        &self,
        key: &'static str,
        value: Option<&Spanned<String>>,
    ) -> Result<Option<String>, ModelError> {
        value.map(|value| self.filled(key, value)).transpose()
    }
}

fn levels(lines: &Lines<'_>, texts: &[Spanned<LevelText>]) -> Result<Vec<Level>, ModelError> {
    let mut levels: Vec<Level> = Vec::with_capacity(texts.len());
    for (index, spanned) in texts.iter().enumerate() {
        let text = spanned.as_ref();
        let id = level_id(lines, &text.id)?;
        if let Some(first) = levels.iter().position(|level| level.id == id) {
            return Err(ModelError::DuplicateLevel {
                line: lines.of(&text.id),
                id,
                first_line: lines.of(&texts[first].as_ref().id),
            });
        }
        let pattern = pattern(lines, &text.code, &id)?;
        let parent = match (levels.last(), &text.parent) {
            (None, None) => None,
            (None, Some(parent)) => {
                return Err(ModelError::ParentOnTop {
                    line: lines.of(parent),
                    level: id,
                });
            }
            (Some(_), None) => {
                return Err(ModelError::ParentMissing {
                    line: lines.of(&texts[index].as_ref().id),
                    level: id,
                });
            }
            (Some(above), Some(parent)) => Some(parent_rule(lines, parent, &id, &pattern, above)?),
        };
        levels.push(Level {
            name: lines.filled("name", &text.name)?,
            name_en: lines.filled_option("name_en", text.name_en.as_ref())?,
            pattern,
            parent,
            limits: Limits {
                households: range(lines, "households", text.limits.households.as_ref(), &id)?,
                population: range(lines, "population", text.limits.population.as_ref(), &id)?,
            },
            posts: posts(lines, &text.posts, &id)?,
            id,
        });
    }
    if levels.is_empty() {
        return Err(ModelError::NoLevels);
    }
    Ok(levels)
}

fn level_id(lines: &Lines<'_>, id: &Spanned<String>) -> Result<String, ModelError> {
    let text = lines.filled("id", id)?;
    let begins = text.starts_with(|c: char| c.is_ascii_lowercase());
    let goes_on = text
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
    if begins && goes_on {
        Ok(text)
    } else {
        Err(ModelError::LevelId {
            line: lines.of(id),
            id: text,
        })
    }
}

fn pattern(
    lines: &Lines<'_>,
    code: &Spanned<String>,
    level: &str,
) -> Result<CodePattern, ModelError> {
    let source = lines.filled("code", code)?;
    let line = lines.of(code);
    let pattern = CodePattern::new(&source).map_err(|fault| match fault {
        PatternFault::Invalid(reason) => ModelError::BadPattern {
            line,
            level: level.to_owned(),
            pattern: shortened(&source),
            reason,
        },
        PatternFault::NotAnchored(anchored) => ModelError::PatternNotAnchored {
            line,
            level: level.to_owned(),
            pattern: shortened(&source),
            anchored,
        },
    })?;
    if pattern.min_chars() > MAX_CODE_CHARS {
        return Err(ModelError::PatternTooLong {
            line,
            level: level.to_owned(),
            pattern: shortened(&source),
            min_chars: pattern.min_chars(),
        });
    }
    Ok(pattern)
}

fn parent_rule(
    lines: &Lines<'_>,
    parent: &Spanned<ParentText>,
    level: &str,
    pattern: &CodePattern,
    above: &Level,
) -> Result<ParentRule, ModelError> {
    let line = lines.of(parent);
    let level = level.to_owned();
    match parent.as_ref() {
        ParentText {
            prefix: Some(prefix),
            column: None,
            segments: None,
        } => {
            let prefix = *prefix;
            if prefix == 0 {
                return Err(ModelError::PrefixZero { line, level });
            }
            let max_chars = pattern
                .max_chars()
                .map_or(MAX_CODE_CHARS, |max| max.min(MAX_CODE_CHARS));
            if prefix >= max_chars {
                return Err(ModelError::PrefixTooLong {
                    line,
                    level,
                    prefix,
                    pattern: pattern.source().to_owned(),
                    max_chars,
                });
            }
            if prefix < above.pattern.min_chars()
                || above.pattern.max_chars().is_some_and(|max| prefix > max)
            {
                return Err(ModelError::PrefixNotParent {
                    line,
                    prefix,
                    parent_level: above.id.clone(),
                    parent_pattern: above.pattern.source().to_owned(),
                });
            }
            Ok(ParentRule::Prefix(prefix))
        }
        ParentText {
            prefix: None,
            column: Some(column),
            segments: None,
        } => Ok(ParentRule::Column(lines.filled("column", column)?)),
        ParentText {
            prefix: None,
            column: None,
            segments: Some(segments),
        } => {
            if segments.is_empty() {
                return Err(ModelError::EmptyText {
                    line,
                    key: "segments",
                });
            }
            let mut names = Vec::with_capacity(segments.len());
            for segment in segments {
                let name = lines.filled("segments", segment)?;
                if !pattern.segments().any(|known| known == name) {
                    return Err(ModelError::NoSuchSegment {
                        line: lines.of(segment),
                        level,
                        segment: name,
                        known: listed(pattern.segments()),
                    });
                }
                names.push(name);
            }
            Ok(ParentRule::Segments(names))
        }
        several => Err(ModelError::ParentRuleForm {
            line,
            level,
            given: usize::from(several.prefix.is_some())
                + usize::from(several.column.is_some())
                + usize::from(several.segments.is_some()),
        }),
    }
}

fn range(
    lines: &Lines<'_>,
    quantity: &'static str,
    limits: Option<&Spanned<(u32, u32)>>,
    level: &str,
) -> Result<Option<SizeRange>, ModelError> {
    let Some(limits) = limits else {
        return Ok(None);
    };
    let (low, high) = *limits.as_ref();
    match SizeRange::new(low, high) {
        Some(range) => Ok(Some(range)),
        None => Err(ModelError::LimitsReversed {
            line: lines.of(limits),
            level: level.to_owned(),
            quantity,
            low,
            high,
        }),
    }
}

fn posts(
    lines: &Lines<'_>,
    texts: &[Spanned<String>],
    level: &str,
) -> Result<Vec<String>, ModelError> {
    let mut posts = Vec::with_capacity(texts.len());
    for text in texts {
        let post = lines.filled("posts", text)?;
        if posts.contains(&post) {
            return Err(ModelError::DuplicatePost {
                line: lines.of(text),
                level: level.to_owned(),
                post,
            });
        }
        posts.push(post);
    }
    Ok(posts)
}

fn tiers(
    lines: &Lines<'_>,
    texts: &BTreeMap<Spanned<String>, Spanned<String>>,
    levels: &[Level],
) -> Result<Vec<Tier>, ModelError> {
    let mut tiers: Vec<Tier> = Vec::with_capacity(texts.len());
    for (key, text) in texts {
        let line = lines.of(text);
        // "01" would be a second way to write 1
        let number = key
            .as_ref()
            .parse::<u32>()
            .ok()
            .filter(|number| *number > 0 && number.to_string() == *key.as_ref())
            .ok_or_else(|| ModelError::TierNumber {
                line,
                tier: key.as_ref().clone(),
            })?;
        let id = text.as_ref().trim();
        let Some(index) = levels.iter().position(|level| level.id == id) else {
            return Err(ModelError::TierLevel {
                line,
                tier: number,
                level: id.to_owned(),
                known: listed(levels.iter().map(Level::id)),
            });
        };
        if let Some(other) = tiers.iter().find(|tier| tier.level.0 == index) {
            return Err(ModelError::TierTwice {
                line,
                tier: number,
                level: id.to_owned(),
                other: other.number,
            });
        }
        tiers.push(Tier {
            number,
            level: LevelIndex(index),
        });
    }
    tiers.sort_by_key(|tier| tier.number);
    Ok(tiers)
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}

fn shortened(pattern: &str) -> String {
    const SHOWN: usize = 100;
    match pattern.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &pattern[..end]),
        None => pattern.to_owned(),
    }
}
