//! 名单各行的错误：部件和事件类别、部门、责任规则、岗位、界线。

use wangge_model::{EarlierRow, ListFault, ListKind, RowFault};

use super::{Told, with_causes};

impl Told for RowFault {
    fn in_chinese(&self) -> String {
        format!(
            "第 {} 行“{}”列：{}",
            self.row,
            self.column,
            self.fault.in_chinese()
        )
    }

    fn in_english(&self) -> String {
        with_causes(self)
    }
}

impl Told for ListFault {
    fn in_chinese(&self) -> String {
        match self {
            Self::Missing => "单元格为空：请填写".to_owned(),
            Self::Code(error) => error.in_chinese(),
            Self::NotOneOf { given, known } => {
                format!("“{given}”不是以下任何一个：{}", known.replace(", ", "、"))
            }
            Self::NotANumber(text) => {
                format!("“{text}”不是处置层次：请写 1、2、3……，1 最先处置")
            }
            Self::Twice { code, first } => {
                format!("编码 {code} 在{}已经出现：编码不可重复", earlier(first))
            }
            Self::SameRule { first } => format!(
                "与{}是同一条规则：层次、对象、类别、区域和网格类型都相同，分不出先后，请只留一条",
                earlier(first)
            ),
            Self::NoDepartment(code) => {
                format!("名单中没有部门 {code}：请补上该部门，或改正编码")
            }
            Self::Circle(way) => format!("部门成了自己的上级（{way}）：请改正其中一个上级，或留空"),
            Self::NoTier { tier, known } => {
                format!("层级定义中没有处置层次 {tier}，已有 {known}：请改选，或在层级定义中补上")
            }
            Self::NoClass { object, class } => {
                let object = object
                    .replace("component", "部件")
                    .replace("event", "事件")
                    .replace(" or ", "和");
                format!(
                    "{object}类别表中没有 {class}，也没有以它开头的类别：请改正编码，或先导入该类别"
                )
            }
            Self::NoKind { kind, known } => {
                format!("方案中没有类型为 {kind} 的网格，已有 {known}：请改正，或留空")
            }
            Self::NoUnit(code) => {
                format!("方案中没有单元 {code}：请改正编码，或先导入该单元")
            }
            Self::NoGrid(code) => format!("方案中没有网格 {code}：请改正编码，或先导入该网格"),
            Self::OneGrid(code) => format!("界线在两个网格之间，而两侧都是 {code}：请改正其中之一"),
            Self::SameBorder { first } => {
                format!("{}已是这两个网格的界线：请只留一行", earlier(first))
            }
            Self::NoBorder { grid, other } => {
                format!("{grid} 与 {other} 没有公共界线：请改正其中之一")
            }
            Self::NoPost { level, post, known } => {
                format!("层级“{level}”没有岗位“{post}”，已有 {known}：请改选，或在层级定义中补上")
            }
            _ => super::phrase(&self.to_string()),
        }
    }

    fn in_english(&self) -> String {
        with_causes(self)
    }
}

fn earlier(first: &EarlierRow) -> String {
    match &first.file {
        Some(file) => format!(" {file} 第 {} 行", first.row),
        None => format!("第 {} 行", first.row),
    }
}

/// The name of a list for people.
pub const fn list_name(list: ListKind, language: crate::Language) -> &'static str {
    match (language, list) {
        (crate::Language::Zh, ListKind::Classes) => "类别表",
        (crate::Language::Zh, ListKind::Departments) => "部门名单",
        (crate::Language::Zh, ListKind::Rules) => "责任规则",
        (crate::Language::Zh, ListKind::Posts) => "岗位名单",
        (crate::Language::Zh, ListKind::Borders) => "界线名单",
        (crate::Language::En, list) => list.as_str(),
    }
}
