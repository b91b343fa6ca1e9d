//! Why a file of points could not be answered to its end.

use std::io;

use wangge_crs::CrsError;
use wangge_report::{Language, Told};

use crate::problem::RowProblem;
use crate::text::MOST_ROW_BYTES;

/// Why a file of points could not be answered to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PointsError {
    /// The input could not be read.
    #[error("the points could not be read")]
    Read(#[source] io::Error),
    /// The output could not be written.
    #[error("the answers could not be written")]
    Write(#[source] io::Error),
    /// The file has no such column.
    #[error("there is no column \"{wanted}\"; there are: {}", known.join(", "))]
    NoColumn {
        /// As asked.
        wanted: String,
        /// The option, or parameter, that names it.
        option: String,
        /// Those of the file, and of the answers.
        known: Vec<String>,
    },
    /// A column cannot be read as numbers.
    #[error("the column \"{column}\" is of the type {found}, which is no number")]
    ColumnType {
        /// The column.
        column: String,
        /// Its type.
        found: String,
    },
    /// A column that is to hold names cannot be read as texts.
    #[error("the column \"{column}\" is of the type {found}, which is no text")]
    NoTexts {
        /// The column.
        column: String,
        /// Its type.
        found: String,
    },
    /// The file says that its positions are in another system than they are taken for.
    #[error(
        "\"{place}\" says that its positions are in {}: name it as their system (crs)",
        declared.as_deref().unwrap_or("a system that has no code")
    )]
    OtherSystem {
        /// The column, or the member of a text, that says so.
        place: String,
        /// The system, where it has a code.
        declared: Option<String>,
    },
    /// Several columns hold points.
    #[error("several columns hold points: {}; name the one that is meant (geometry)", columns.join(", "))]
    SeveralGeometries {
        /// Their names.
        columns: Vec<String>,
    },
    /// It was to end.
    #[error("it was stopped")]
    Stopped,
    /// The file is empty: not even a header.
    #[error("the file is empty: it has no header row")]
    Empty,
    /// A row does not end.
    #[error(
        "what begins in line {line} does not end within {MOST_ROW_BYTES} bytes: is a closing quote or bracket missing?"
    )]
    Endless {
        /// The line, from 1.
        line: u64,
    },
    /// The text is not of the encoding.
    #[error("the text is neither UTF-8 nor GBK: say its encoding (encoding), such as big5")]
    NotUtf8,
    /// The encoding is not known.
    #[error(
        "\"{name}\" is not the name of an encoding: try GBK, GB18030, Big5, Shift_JIS or UTF-8"
    )]
    UnknownEncoding {
        /// As asked.
        name: String,
    },
    /// The file is not what its format says.
    #[error("the file is no {format}: {why}")]
    Malformed {
        /// The format.
        format: &'static str,
        /// What its reader says.
        why: String,
    },
    /// The file is damaged in a way that its reader did not expect.
    #[error("the file is damaged")]
    Damaged,
    /// The system of the whole file cannot be used.
    #[error(transparent)]
    Crs(#[from] CrsError),
    /// A row is no position, and none was to be let pass.
    #[error("row {row} is no position")]
    Strict {
        /// The row, from 1, the header not counted.
        row: u64,
        /// What is wrong with it.
        problem: Box<RowProblem>,
    },
}

impl Told for PointsError {
    fn in_chinese(&self) -> String {
        match self {
            Self::Read(error) => format!("无法读取点位：{}", error.told(Language::Zh)),
            Self::Write(error) => format!("无法写出结果：{}", error.told(Language::Zh)),
            Self::NoColumn {
                wanted,
                option,
                known,
            } => format!(
                "没有列“{wanted}”；已有：{}。请用 {option} 指明是哪一列",
                known.join("、")
            ),
            Self::ColumnType { column, found } => {
                format!("列“{column}”的类型是 {found}，不是数字")
            }
            Self::NoTexts { column, found } => {
                format!("列“{column}”的类型是 {found}，不是文字")
            }
            Self::OtherSystem { place, declared } => {
                let declared = declared.as_deref().unwrap_or("没有编码的坐标系");
                format!("“{place}”说明其坐标系是{declared}：请指明坐标系（crs）")
            }
            Self::SeveralGeometries { columns } => format!(
                "有几列都是点：{}；请指明用哪一列（geometry）",
                columns.join("、")
            ),
            Self::Stopped => "已中止".to_owned(),
            Self::Empty => "文件是空的，没有表头".to_owned(),
            Self::Endless { line } => format!(
                "从第 {line} 行开始的内容超过 {MOST_ROW_BYTES} 字节仍未结束：是否缺少引号或括号？"
            ),
            Self::NotUtf8 => {
                "文字既不是 UTF-8 也不是 GBK：请说明编码（encoding），如 big5".to_owned()
            }
            Self::UnknownEncoding { name } => {
                format!("“{name}”不是编码名称：可用 GBK、GB18030、Big5、Shift_JIS、UTF-8 等")
            }
            Self::Malformed { format, why } => format!("文件不是 {format}：{why}"),
            Self::Damaged => "文件已损坏".to_owned(),
            Self::Crs(error) => error.told(Language::Zh),
            Self::Strict { row, problem } => {
                format!("第 {row} 行不是位置：{}", problem.told(Language::Zh))
            }
        }
    }

    fn in_english(&self) -> String {
        match self {
            Self::NoColumn { option, .. } => format!("{self}; say which it is with {option}"),
            Self::Crs(error) => error.told(Language::En),
            Self::Strict { problem, .. } => {
                format!("{self}: {}", problem.told(Language::En))
            }
            other => wangge_report::with_causes(other),
        }
    }
}
