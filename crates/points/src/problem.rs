//! What can be wrong with one row.

use std::borrow::Cow;

use wangge_crs::CrsError;
use wangge_plane::{Axis, PlaneError};
use wangge_report::{Language, Told};

use crate::text::MOST_ROW_BYTES;

/// Characters of a client's own text that are told back.
const SHOWN_CHARS: usize = 40;

/// Why a row is no position.
#[derive(Debug, Clone, PartialEq)]
pub enum RowProblem {
    /// It has more or fewer fields than the header.
    Fields {
        /// The row's.
        has: usize,
        /// The header's.
        wants: usize,
    },
    /// A coordinate, or the accuracy, is absent.
    Missing {
        /// Which.
        what: What,
    },
    /// A coordinate, or the accuracy, is no number.
    NotANumber {
        /// Which.
        what: What,
        /// What stands there, shortened.
        text: String,
    },
    /// The accuracy is not within its bounds.
    Accuracy {
        /// Metres.
        metres: f64,
    },
    /// The numbers are no position of their system.
    Crs(Box<CrsError>),
    /// The row's system cannot be used.
    System {
        /// As the row names it, shortened.
        name: String,
        /// Why.
        why: Option<Box<CrsError>>,
    },
    /// The rows before it name so many systems that no further one is taken.
    ManySystems {
        /// The most.
        most: usize,
    },
    /// The position is not on the lattice.
    Plane(Box<PlaneError>),
    /// It is no JSON object.
    NotJson,
    /// It has no geometry that is a point.
    NotAPoint,
    /// It is longer than [`MOST_ROW_BYTES`].
    TooLong,
    /// It is not UTF-8.
    NotUtf8,
}

/// What a number of a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// The longitude, or what is east.
    Longitude,
    /// The latitude, or what is north.
    Latitude,
    /// The accuracy.
    Accuracy,
}

impl What {
    const fn zh(self) -> &'static str {
        match self {
            Self::Longitude => "经度",
            Self::Latitude => "纬度",
            Self::Accuracy => "精度",
        }
    }

    const fn en(self) -> &'static str {
        match self {
            Self::Longitude => "longitude",
            Self::Latitude => "latitude",
            Self::Accuracy => "accuracy",
        }
    }
}

/// The start of a text, as far as messages repeat it.
pub(crate) fn shown(text: &str) -> String {
    text.chars().take(SHOWN_CHARS).collect()
}

impl RowProblem {
    /// Of a coordinate, what is not finite.
    pub(crate) fn not_finite(what: What, value: f64) -> Self {
        Self::NotANumber {
            what,
            text: value.to_string(),
        }
    }
}

impl From<PlaneError> for RowProblem {
    fn from(error: PlaneError) -> Self {
        match error {
            PlaneError::NotFinite { axis, value } => {
                let what = match axis {
                    Axis::Longitude => What::Longitude,
                    Axis::Latitude => What::Latitude,
                };
                Self::not_finite(what, value)
            }
            other => Self::Plane(Box::new(other)),
        }
    }
}

impl Told for RowProblem {
    fn in_chinese(&self) -> String {
        self.text(Language::Zh).into_owned()
    }

    fn in_english(&self) -> String {
        self.text(Language::En).into_owned()
    }
}

impl RowProblem {
    fn text(&self, language: Language) -> Cow<'static, str> {
        let zh = language == Language::Zh;
        match self {
            Self::Fields { has, wants } if zh => {
                format!("该行有 {has} 个字段，表头有 {wants} 个").into()
            }
            Self::Fields { has, wants } => {
                format!("the row has {has} fields, the header {wants}").into()
            }
            Self::Missing { what } if zh => format!("没有{}", what.zh()).into(),
            Self::Missing { what } => format!("there is no {}", what.en()).into(),
            Self::NotANumber { what, text } if zh => {
                format!("{}“{text}”不是数字", what.zh()).into()
            }
            Self::NotANumber { what, text } => {
                format!("the {} \"{text}\" is not a number", what.en()).into()
            }
            Self::Accuracy { metres } if zh => {
                format!("精度 {metres} 不对：应为 0.01 到 5000 米").into()
            }
            Self::Accuracy { metres } => {
                format!("the accuracy is {metres}: it must be 0.01 to 5000 metres").into()
            }
            Self::Crs(error)
            | Self::System {
                why: Some(error), ..
            } => error.told(language).into(),
            Self::System { name, why: None } if zh => format!("没有坐标系“{name}”").into(),
            Self::System { name, why: None } => {
                format!("there is no coordinate system \"{name}\"").into()
            }
            Self::ManySystems { most } if zh => {
                format!("前面的行已用了 {most} 个坐标系，不能再多").into()
            }
            Self::ManySystems { most } => {
                format!("the rows before it name {most} coordinate systems; no more are taken")
                    .into()
            }
            Self::Plane(error) => error.told(language).into(),
            Self::NotJson if zh => "不是 JSON 对象".into(),
            Self::NotJson => "it is no JSON object".into(),
            Self::NotAPoint if zh => "没有点状几何".into(),
            Self::NotAPoint => "its geometry is no point".into(),
            Self::TooLong if zh => format!("该行超过 {MOST_ROW_BYTES} 字节").into(),
            Self::TooLong => format!("the row is longer than {MOST_ROW_BYTES} bytes").into(),
            Self::NotUtf8 if zh => "不是 UTF-8 文字：请说明编码（encoding），如 gbk".into(),
            Self::NotUtf8 => "it is not UTF-8: say the encoding (encoding), such as gbk".into(),
        }
    }
}
