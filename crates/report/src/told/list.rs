//! 名单各行的错误：部件和事件类别、部门、责任规则、岗位、界线等。

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
            Self::UnitCode(code) => {
                format!("编码 {code} 已是网格或其他单元的编码：请另编一个")
            }
            Self::NotDrawn { given, wanted } => {
                let wanted: Vec<&str> = wanted.split(" or ").map(drawn).collect();
                format!("画的是{}，应为{}", drawn(given), wanted.join("或"))
            }
            Self::NoParent(code) => {
                format!("{code} 既不是方案中的单元，也不是部门：请改正编码，或在“name”列写明其名称")
            }
            Self::EndsEarly { from, until } => {
                format!("{until} 终止，早于 {from} 起始：请改正其中之一")
            }
            Self::SecondParent { first } => format!(
                "{}在同一时间已有这种上级：请先让其中一个终止",
                earlier(first)
            ),
            Self::NoComponent(code) => format!("没有部件 {code}：请改正编码，或先导入该部件"),
            Self::NotADate(text) => format!("“{text}”不是日期：请写成 2026-11-26"),
            Self::NotMetres(text) => format!("“{text}”不是米数：请写 0.5 这样的数，或留空"),
            Self::NotACount(text) => format!("“{text}”不是数目：请写整数，或留空"),
            Self::NoPlace(why) => format!("没有可用的位置：{}", super::phrase(why)),
            Self::Outside { grid, distance_m } => match distance_m {
                Some(metres) => format!(
                    "位于所有网格之外，距 {grid} {metres:.1} m：请改正位置，或所声明的坐标系"
                ),
                None => "位于所有网格之外：请改正位置，或所声明的坐标系".to_owned(),
            },
            Self::Truncated { decimals, about_m } => format!(
                "坐标只有 {decimals} 位小数，约合 {about_m:.0} m：请索取 6 位小数以上的坐标"
            ),
            Self::NotInSplit { code, split } => format!(
                "编码 {code} 不是层级定义要求的 {} 位数字（{split}：县区、大类、小类、顺序号）：请改正",
                split.digits()
            ),
            Self::OtherClass { given, by_code } => {
                format!("该列写的类别是 {given}，编码中是 {by_code}：请改正其中之一")
            }
            Self::OtherClassBefore { code, stored } => format!(
                "库中 {code} 是类别 {stored} 的部件：请改正编码；若是原来类别有误，请加 --reclassify"
            ),
            Self::NotMinor(class) => format!("{class} 是大类：请写部件所属的小类"),
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

fn drawn(what: &str) -> &'static str {
    match what {
        "line" => "线",
        "area" => "面",
        _ => "点",
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
        (crate::Language::Zh, ListKind::Parents) => "上级关系名单",
        (crate::Language::Zh, ListKind::Overlays) => "专业网格",
        (crate::Language::Zh, ListKind::Streets) => "街路",
        (crate::Language::Zh, ListKind::Households) => "住户",
        (crate::Language::Zh, ListKind::Buildings) => "建筑物",
        (crate::Language::Zh, ListKind::Base) => "底图",
        (crate::Language::Zh, ListKind::Devices) => "感知设备名单",
        (crate::Language::En, list) => list.as_str(),
    }
}
