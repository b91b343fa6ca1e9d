//! 单元编码、上级与规模方面的缺陷。

use wangge_model::{Quantity, UnitDefect};

use super::{Told, listed};

impl Told for UnitDefect {
    fn in_chinese(&self) -> String {
        match self {
            Self::Malformed {
                code,
                level,
                pattern,
            } => format!("编码 {code} 不符合层级“{level}”的编码规则 {pattern}"),
            Self::Duplicate { code, levels } => format!(
                "编码 {code} 被 {} 个单元使用（层级：{}）；一个编码只能属于一个单元",
                levels.len(),
                listed(levels)
            ),
            Self::NoParent {
                code,
                level,
                parent_level,
            } => format!("{code}（层级“{level}”）没有写明它在层级“{parent_level}”的上级"),
            Self::UnknownParent {
                code,
                level,
                parent,
                parent_level,
                found_in,
            } => {
                let elsewhere = found_in
                    .as_ref()
                    .map(|other| format!("；该编码属于层级“{other}”"))
                    .unwrap_or_default();
                format!(
                    "{code}（层级“{level}”）的上级写为 {parent}，而层级“{parent_level}”中没有这个单元{elsewhere}"
                )
            }
            Self::MalformedParent {
                code,
                level,
                parent,
                parent_level,
                pattern,
            } => format!(
                "{code}（层级“{level}”）的上级写为 {parent}，它不符合层级“{parent_level}”的编码规则 {pattern}"
            ),
            Self::OtherParent {
                code,
                level,
                parent,
                by_rule: Some(by_rule),
            } => format!(
                "{code}（层级“{level}”）的上级写为 {parent}，而按层级定义的规则应为 {by_rule}"
            ),
            Self::OtherParent {
                code,
                level,
                parent,
                by_rule: None,
            } => format!(
                "{code}（层级“{level}”）的上级写为 {parent}，而按层级定义的规则，其编码中没有上级编码"
            ),
            Self::ParentOnTop {
                code,
                level,
                parent,
            } => format!("{code} 属于最高层级“{level}”，却写有上级 {parent}"),
            Self::Size {
                code,
                level,
                quantity,
                count,
                limits,
            } => {
                let (what, measure) = match quantity {
                    Quantity::Households => ("户数", "户"),
                    Quantity::Population => ("人口", "人"),
                };
                let range = limits.to_string().replace(" to ", " 到 ");
                format!(
                    "{code}（层级“{level}”）的{what}为 {count} {measure}；层级定义规定为 {range} {measure}"
                )
            }
            other => other.in_english(),
        }
    }

    fn in_english(&self) -> String {
        self.to_string()
    }
}
