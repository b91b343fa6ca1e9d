//! 层级定义（TOML 文件）中的错误：在哪一行，应当怎样写。

use wangge_model::{MAX_CODE_CHARS, ModelError};

use super::{Told, phrase};

/// A mistake in a scheme; `None` for an error that is not about one.
pub(super) fn in_chinese(error: &ModelError) -> Option<String> {
    if let ModelError::SchemeTooLarge { bytes, limit } = error {
        return Some(format!(
            "层级定义文件有 {bytes} 字节，最多读取 {limit} 字节：是否选错了文件？"
        ));
    }
    if matches!(error, ModelError::NoLevels) {
        return Some(
            "层级定义中没有层级：请从最高层级到网格，为每个层级写一个 [[level]] 表".to_owned(),
        );
    }
    let (line, text) = in_a_line(error)?;
    Some(format!("层级定义第 {line} 行：{text}"))
}

fn in_a_line(error: &ModelError) -> Option<(usize, String)> {
    Some(match error {
        ModelError::SchemeSyntax { line, message } => (*line, phrase(message)),
        ModelError::EmptyText { line, key } => (*line, format!("`{key}` 为空")),
        ModelError::SchemeCode { line, reason } => {
            (*line, format!("城市的 `code`：{}", reason.in_chinese()))
        }
        ModelError::LevelId { line, id } => (
            *line,
            format!(
                "层级 id“{id}”只能用小写拉丁字母、数字、- 和 _，并以字母开头；给人看的名称请写在 `name`"
            ),
        ),
        ModelError::DuplicateLevel {
            line,
            id,
            first_line,
        } => (*line, format!("层级 id“{id}”已在第 {first_line} 行用过")),
        ModelError::DuplicatePost { line, level, post } => {
            (*line, format!("层级“{level}”的岗位“{post}”写了两次"))
        }
        ModelError::LimitsReversed {
            line,
            level,
            quantity,
            low,
            high,
        } => (
            *line,
            format!(
                "层级“{level}”的 `{quantity}` 限值从 {low} 到 {high}，前大后小：应写成 [最小, 最大]"
            ),
        ),
        ModelError::ComponentCode { line } => (
            *line,
            "[components] 的 `code` 是县区、大类、小类和顺序号各有几位，如 [6, 2, 2, 6]：只有县区可以为 0，合计不超过 64".to_owned(),
        ),
        ModelError::ComponentTier { line, tier } => (
            *line,
            format!("[components] 指定了处置层次 {tier}，而 [tiers] 中没有"),
        ),
        ModelError::TierNumber { line, tier } => (
            *line,
            format!("处置级次“{tier}”不是数字：级次写成 1、2、3……，1 最先处置"),
        ),
        ModelError::TierLevel {
            line,
            tier,
            level,
            known,
        } => (
            *line,
            format!(
                "处置级次 {tier} 指向层级“{level}”，而层级定义中没有它；已有：{}",
                phrase(known)
            ),
        ),
        ModelError::TierTwice {
            line,
            tier,
            level,
            other,
        } => (
            *line,
            format!("处置级次 {tier} 与级次 {other} 指向同一层级“{level}”：每个级次应有各自的层级"),
        ),
        pattern_or_parent => return of_a_pattern(pattern_or_parent),
    })
}

/// Code patterns, and the parent rules that go with them.
fn of_a_pattern(error: &ModelError) -> Option<(usize, String)> {
    Some(match error {
        ModelError::BadPattern {
            line,
            level,
            pattern,
            reason,
        } => (
            *line,
            format!(
                "层级“{level}”的编码规则 {pattern} 不能使用：{}",
                phrase(reason)
            ),
        ),
        ModelError::PatternNotAnchored {
            line,
            level,
            pattern,
            anchored,
        } => (
            *line,
            format!(
                "层级“{level}”的编码规则 {pattern} 可能只匹配编码的一部分：须以 ^ 开头、以 $ 结尾，例如 {anchored}"
            ),
        ),
        ModelError::PatternTooLong {
            line,
            level,
            pattern,
            min_chars,
        } => (
            *line,
            format!(
                "层级“{level}”的编码规则 {pattern} 只匹配 {min_chars} 个以上字符的编码，而编码最多 {MAX_CODE_CHARS} 个字符"
            ),
        ),
        ModelError::ParentOnTop { line, level } => (
            *line,
            format!("层级“{level}”是最高层级，没有上级：请删去 `parent`，或把它的上一层级写在前面"),
        ),
        ModelError::ParentMissing { line, level } => (
            *line,
            format!(
                "层级“{level}”没有说明其单元的上级怎样确定：请加上 parent = {{ prefix = … }}、\
                 parent = {{ column = \"…\" }} 或 parent = {{ segments = [\"…\"] }}"
            ),
        ),
        ModelError::ParentRuleForm { line, level, given } => (
            *line,
            format!(
                "层级“{level}”的 `parent` 应恰好写 prefix、column、segments 三者之一，现有 {given} 个"
            ),
        ),
        ModelError::PrefixTooLong {
            line,
            prefix,
            level,
            pattern,
            max_chars,
        } => (
            *line,
            format!(
                "上级前缀 {prefix} 个字符不适合层级“{level}”：其编码 {pattern} 最多 {max_chars} 个字符，前缀必须更短"
            ),
        ),
        ModelError::PrefixZero { line, level } => (
            *line,
            format!("层级“{level}”的上级前缀为 0；它是上级编码的字符数，至少为 1"),
        ),
        ModelError::PrefixNotParent {
            line,
            prefix,
            parent_level,
            parent_pattern,
        } => (
            *line,
            format!(
                "{prefix} 个字符的上级前缀不可能是上一层级“{parent_level}”的编码，其编码规则为 {parent_pattern}"
            ),
        ),
        ModelError::NoSuchSegment {
            line,
            level,
            segment,
            known,
        } => (
            *line,
            format!(
                "层级“{level}”的编码规则没有分段“{segment}”；已有：{}。分段是有名称的组，例如 (?<street>\\d{{9}})",
                phrase(known)
            ),
        ),
        _ => return None,
    })
}
