//! 编码、单元与版本的错误；层级定义文件的错误见 `scheme`。

use wangge_model::{MAX_CODE_CHARS, ModelError};

use super::{Told, scheme, with_causes};

impl Told for ModelError {
    fn in_chinese(&self) -> String {
        match self {
            Self::CodeEmpty => "编码为空：每个单元都要有编码".to_owned(),
            Self::CodeTooLong { start, chars } => {
                format!("编码“{start}…”有 {chars} 个字符，最多允许 {MAX_CODE_CHARS} 个")
            }
            Self::CodeUnprintable { shown, position } => {
                format!("编码“{shown}”的第 {position} 个字符不可见或是控制字符：请删去")
            }
            Self::CodeMalformed {
                code,
                level,
                pattern,
            } => format!("编码 {code} 不符合层级“{level}”的编码规则 {pattern}"),
            Self::ParentNotGiven {
                code,
                level,
                column,
                parent_level,
            } => format!(
                "单元 {code}（层级“{level}”）没有写明上级：列“{column}”应填写层级“{parent_level}”中某单元的编码"
            ),
            Self::ParentPrefix {
                code,
                level,
                prefix,
                chars,
            } => format!(
                "编码 {code}（层级“{level}”）应以上级编码的 {prefix} 个字符开头，而它只有 {chars} 个字符"
            ),
            Self::ParentSegments {
                code,
                level,
                segments,
            } => format!("编码 {code}（层级“{level}”）的分段 {segments} 中没有可作上级编码的内容"),
            Self::ParentDisagrees {
                code,
                level,
                given,
                derived,
            } => format!(
                "单元 {code}（层级“{level}”）的上级写为 {given}，而按层级定义的规则应为 {derived}：\
                 请改正其中之一，或在层级定义中用 parent = {{ column = \"…\" }} 从该列读取上级"
            ),
            Self::NoSuchLevel { index, levels } => {
                format!("没有第 {index} 号层级：层级定义共有 {levels} 个层级")
            }
            Self::NotAPlanState { value } => format!(
                "“{value}”不是方案的状态：应为 draft（草案）、checked（已检查）、published（已发布）或 superseded（已被取代）"
            ),
            Self::NotAVersion { value } => {
                format!("“{value}”不是版本：应写成方案号和修订号，例如 3.17")
            }
            in_scheme => scheme::in_chinese(in_scheme).unwrap_or_else(|| in_scheme.in_english()),
        }
    }

    fn in_english(&self) -> String {
        with_causes(self)
    }
}
