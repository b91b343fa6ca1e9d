//! The language that a problem is told in.

use std::str::FromStr;

use http::HeaderValue;

/// A language that problems speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// 中文
    Zh,
    /// English
    #[default]
    En,
}

/// A language that problems do not speak.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a language of this service: zh or en")]
pub struct UnknownLanguage(String);

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "zh" => Ok(Self::Zh),
            "en" => Ok(Self::En),
            other => Err(UnknownLanguage(other.to_owned())),
        }
    }
}

impl From<Language> for wangge_report::Language {
    fn from(language: Language) -> Self {
        match language {
            Language::Zh => Self::Zh,
            Language::En => Self::En,
        }
    }
}

impl Language {
    /// The language tag for `Content-Language`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// The one of ours that `Accept-Language` ranks highest, else `default`.
    pub(crate) fn accepted(header: Option<&HeaderValue>, default: Self) -> Self {
        let Some(text) = header.and_then(|value| value.to_str().ok()) else {
            return default;
        };
        let mut best: Option<(f32, Self)> = None;
        for range in text.split(',').take(16) {
            let mut parts = range.split(';');
            let tag = parts.next().unwrap_or_default().trim();
            let weight = parts
                .find_map(|p| p.trim().strip_prefix("q="))
                .map_or(1.0, |q| q.parse().unwrap_or(0.0));
            let primary = tag.split('-').next().unwrap_or_default();
            let language = if primary.eq_ignore_ascii_case("zh") {
                Self::Zh
            } else if primary.eq_ignore_ascii_case("en") {
                Self::En
            } else if tag == "*" {
                default
            } else {
                continue;
            };
            if weight > best.map_or(0.0, |(weight, _)| weight) {
                best = Some((weight, language));
            }
        }
        best.map_or(default, |(_, language)| language)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::browser_of_china("zh-CN,zh;q=0.9,en;q=0.8", Language::Zh)]
    #[case::english_first("en-GB, zh;q=0.5", Language::En)]
    #[case::by_weight("en;q=0.2, zh-TW;q=0.7", Language::Zh)]
    #[case::neither("de, fr;q=0.5", Language::Zh)]
    #[case::refused("en;q=0", Language::Zh)]
    #[case::any("*", Language::Zh)]
    #[case::nonsense(";;;q=,,", Language::Zh)]
    fn the_language_is_the_one_ranked_highest(#[case] header: &str, #[case] expected: Language) {
        let header = HeaderValue::from_str(header).unwrap();
        assert_eq!(Language::accepted(Some(&header), Language::Zh), expected);
    }
}
