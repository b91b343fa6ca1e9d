//! 城市、方案与导入等工作的错误，中英两种文字。

use std::fmt::Write as _;

use wangge_model::{ObjectKind, UnitDefect};
use wangge_report::{Language, Told, list_name, phrase, with_causes};

use crate::work::{NoBalance, WorkError};
use crate::{CityError, ListMistake};

/// How many defects a message lists before it counts the rest, as in English.
const LISTED: usize = 10;

/// How many rows at fault: who mends a list would see them all.
const LISTED_ROWS: usize = 50;

impl Told for WorkError {
    fn in_chinese(&self) -> String {
        work(self)
    }

    fn in_english(&self) -> String {
        with_causes(self)
    }
}

impl Told for CityError {
    fn in_chinese(&self) -> String {
        city(self).unwrap_or_else(|| phrase(&self.in_english()))
    }

    fn in_english(&self) -> String {
        with_causes(self)
    }
}

#[expect(clippy::too_many_lines, reason = "a table: one entry for each error")]
fn work(error: &WorkError) -> String {
    match error {
        WorkError::Exchange(error) => error.in_chinese(),
        WorkError::Store(error) => error.in_chinese(),
        WorkError::Model(error) => error.in_chinese(),
        WorkError::Crs(error) => error.in_chinese(),
        WorkError::Plane(error) => error.in_chinese(),
        WorkError::City(error) => error.in_chinese(),
        WorkError::Uncompiled(error) => error.in_chinese(),
        WorkError::Row { file, row, source } => {
            format!("{file} 第 {row} 行：{}", source.in_chinese())
        }
        WorkError::Rules { defects } => format!(
            "{} 处不符合层级定义的规则；没有作任何修改：{}",
            defects.len(),
            listed(defects)
        ),
        WorkError::List { mistakes } => format!(
            "名单中有 {} 处错误；没有作任何修改：{}",
            mistakes.len(),
            listed_rows(mistakes)
        ),
        WorkError::Rows {
            count,
            list,
            mistakes,
        } => format!(
            "{}有 {count} 行错误；没有作任何修改（请改正，或用 --quarantine 文件 另存）：{}",
            if *list == "components" { "部件" } else { *list },
            lines(
                mistakes
                    .iter()
                    .map(|(file, fault)| format!("{file} {}", fault.in_chinese())),
                mistakes.len(),
                LISTED_ROWS
            )
        ),
        WorkError::Refused { plan, objections } => format!(
            "方案 {plan} 不能发布，有 {} 处问题；没有作任何修改（`wangge validate` 可画出地图，有编号的问题可用 --accept 接受）：{}",
            objections.len(),
            lines(
                objections.iter().map(|one| match one.id().filter(|_| one.may_be_accepted()) {
                    Some(id) => format!("{id}：{}", one.in_chinese()),
                    None => one.in_chinese(),
                }),
                objections.len(),
                LISTED_ROWS
            )
        ),
        WorkError::NothingToAccept { ids } => format!(
            "方案中没有名为 {} 的问题：请用 `wangge plan check` 查看，并按所列的编号或种类接受",
            ids.join("、")
        ),
        WorkError::NoDraft => {
            "数据库中没有草案：请先用 `wangge plan new` 新建，或用 --plan 指明".to_owned()
        }
        WorkError::NoPlanToPlaceOn => {
            "数据库中还没有网格，而部件的位置要按网格核对：请先导入网格（`wangge import grids 文件 --store 数据库`）"
                .to_owned()
        }
        WorkError::CodeInTwoFiles {
            code,
            first,
            second,
        } => format!(
            "编码 {code} 同时出现在 {first} 和 {second} 中：每个网格只应给出一次，或用 --merge-parts 合并为一个网格"
        ),
        WorkError::NoLine { file } => format!("{file} 中没有线：请画一条穿过网格的线"),
        WorkError::Balance { why } => match why {
            NoBalance::Range { low, high } => {
                format!("{low}..{high} 不是户数范围：应写成 300..500")
            }
            NoBalance::Streets => {
                "数据库中没有街路，无法划分街区：请用 `wangge import streets` 导入".to_owned()
            }
            NoBalance::Households => {
                "数据库中没有住户：请用 `wangge import households` 或 `wangge import buildings` 导入"
                    .to_owned()
            }
        },
        WorkError::Edit(error) => error.in_chinese(),
        WorkError::Issue(error) => error.in_chinese(),
        WorkError::TooManyCodes { given, wanted } => {
            format!("给出了 {given} 个编码，而新网格只有 {wanted} 个：请不要多给")
        }
        WorkError::NoOutline { file } => format!("{file} 中没有面，不能作外廓"),
        WorkError::UnknownLevel { level, known } => {
            format!("层级定义中没有层级“{level}”；已有：{}", known.join("、"))
        }
        WorkError::SeveralDrafts { names } => {
            format!("数据库中有几个草案，请用 --plan 指明：{}", names.join("、"))
        }
        WorkError::NothingToPublish => {
            "数据库中没有草案：请先导入网格（`wangge import grids 文件 --store 数据库`），或用 --plan 指明方案"
                .to_owned()
        }
        WorkError::NoPlans => {
            "数据库中没有生效的方案：请先发布（`wangge publish --store 数据库`），或用 --plan 指明方案"
                .to_owned()
        }
        WorkError::UnknownCodes { codes } => format!(
            "没有编码为 {} 的网格：请核对文件中的编码，须逐字相同",
            codes.join("、")
        ),
        WorkError::NoSuchColumn { column, columns } => {
            format!("没有“{column}”这一列；文件中的列有：{}", columns.join("、"))
        }
        WorkError::NotANumber {
            column,
            code,
            value,
        } => format!("网格 {code} 在“{column}”列中的值“{value}”不是数"),
        WorkError::NotInForce { at } => {
            format!("{at} 没有生效的方案：各方案的生效时间见 `wangge plan list`")
        }
        WorkError::Time { text } => {
            format!("“{text}”不是时间：应写成 2026-12-01T00:00:00+08:00")
        }
    }
}

fn listed(defects: &[UnitDefect]) -> String {
    lines(defects.iter().map(Told::in_chinese), defects.len(), LISTED)
}

fn listed_rows(mistakes: &[(Option<String>, ListMistake)]) -> String {
    let told = mistakes.iter().map(|(file, mistake)| {
        let fault = mistake.fault.in_chinese();
        match file {
            Some(file) => format!("{file} {fault}"),
            None => format!("数据库中的{}{fault}", list_name(mistake.list, Language::Zh)),
        }
    });
    lines(told, mistakes.len(), LISTED_ROWS)
}

/// One line each for the first, and how many more there are.
fn lines(all: impl Iterator<Item = String>, count: usize, listed: usize) -> String {
    let mut text = String::new();
    for line in all.take(listed) {
        text.push_str("\n  ");
        text.push_str(&line);
    }
    if count > listed {
        // writing to a text does not fail
        let _ = write!(text, "\n  另有 {} 处", count - listed);
    }
    text
}

fn city(error: &CityError) -> Option<String> {
    Some(match error {
        CityError::NotSeamless { verdict } => format!(
            "{} 个网格没有恰好一次地覆盖地面；`wangge validate` 会逐一列出问题和位置，`wangge repair` 可提出修复方案",
            verdict.grids
        ),
        CityError::NoGrids { plan } => {
            format!("方案 {plan} 没有网格：请用 `wangge import grids` 导入")
        }
        CityError::TooManyGrids { grids } => {
            format!("{grids} 个网格超过一个城市的上限 4,294,967,294 个")
        }
        CityError::Model { source } => format!("单元不符合层级定义：{}", source.in_chinese()),
        CityError::CodeTwice { code } => {
            format!("编码 {code} 被不止一个单元使用：编码在所有层级中都不能重复")
        }
        CityError::FeatureIdTwice { first, second, id } => {
            format!("编码 {first} 和 {second} 的要素编号同为 {id}：请给其中一个单元换一个编码")
        }
        CityError::Crs(error) => error.in_chinese(),
        CityError::Plane(error) => error.in_chinese(),
        CityError::UnknownLevel { level, known } => {
            format!("层级定义中没有层级“{level}”；已有：{known}")
        }
        CityError::TooManyStays { most } => {
            format!("轨迹进出网格超过 {most} 次：请分批处理")
        }
        CityError::UnknownCode { code, version } => {
            format!("版本 {version} 中没有编码为“{code}”的单元")
        }
        CityError::UnknownClass { object, class } => format!(
            "{}类别表中没有“{class}”：请核对编码，或用 `wangge import classes` 导入类别",
            match object {
                ObjectKind::Component => "部件",
                ObjectKind::Event => "事件",
            }
        ),
        CityError::NoClassesBegin { class } => {
            format!(
                "城市没有编码为“{class}”或以其开头的部件类别；可用 `wangge import classes` 导入类别"
            )
        }
        CityError::UnknownComponent { code } => {
            format!("没有部件“{code}”：请核对编码，或用 `wangge import components` 导入部件")
        }
        CityError::UnknownDepartment { code } => {
            format!("没有部门“{code}”：请核对编码，或用 `wangge import departments` 导入部门")
        }
        CityError::Components {
            count,
            component,
            missing,
        } => format!(
            "有 {count} 个部件的类别或部门不存在，第一个是 {component}：缺少 {missing}；请导入所缺的，或重新导入部件"
        ),
        CityError::Lists { mistakes } => {
            let of_store: Vec<_> = mistakes.iter().map(|m| (None, m.clone())).collect();
            format!(
                "名单中有 {} 处错误：{}",
                mistakes.len(),
                listed_rows(&of_store)
            )
        }
        CityError::NotAbove { code, level } => {
            format!("单元“{code}”不在层级“{level}”之上，因此没有该层级的下级")
        }
        CityError::BadCursor => "这不是网格分页的游标".to_owned(),
        CityError::CursorExpired { issued, current } => {
            format!("游标属于版本 {issued}，当前版本为 {current}：请从第一页重新开始")
        }
        CityError::Store { source } => format!("数据库无法读取：{}", source.in_chinese()),
        CityError::Watch { source } => {
            format!("无法启动监视数据库的线程：{}", source.in_chinese())
        }
        _ => return None,
    })
}
