//! Errors of the crates after `report` in both languages: the work on a city, the service,
//! synthetic cities, CSV files.

use std::fmt::Write as _;
use std::io::ErrorKind;

use wangge_city::work::WorkError;
use wangge_city::{CityError, ListMistake};
use wangge_crs::CrsError;
use wangge_exchange::ExchangeError;
use wangge_generate::GenerateError;
use wangge_model::{ModelError, ObjectKind, UnitDefect};
use wangge_plane::PlaneError;
use wangge_report::{Language, Told, list_name, phrase, with_causes};
use wangge_server::{AddressError, ServerError};
use wangge_store::StoreError;

use crate::failure::Failure;

/// How many defects a message lists before it counts the rest, as in English.
const LISTED: usize = 10;

/// How many rows at fault: who mends a list would see them all.
const LISTED_ROWS: usize = 50;

macro_rules! told_by_report {
    ($($error:ty),+) => {
        $(impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::of(&error)
            }
        })+
    };
}

told_by_report!(CrsError, ExchangeError, ModelError, PlaneError, StoreError);

macro_rules! told_here {
    ($($error:ty: $chinese:path),+) => {
        $(impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                let english = with_causes(&error);
                Self::new($chinese(&error).unwrap_or_else(|| phrase(&english)), english)
            }
        })+
    };
}

told_here!(
    WorkError: work,
    CityError: city,
    GenerateError: generate,
    ServerError: server,
    AddressError: address,
    serde_json::Error: no_words
);

/// Reading and writing CSV; that nobody reads what is written is no failure.
impl From<csv::Error> for Failure {
    fn from(error: csv::Error) -> Self {
        match error.kind() {
            csv::ErrorKind::Io(error) if error.kind() == ErrorKind::BrokenPipe => Self::NobodyReads,
            csv::ErrorKind::Io(error) => Self::of(error),
            _ => Self::new(phrase(&error.to_string()), error.to_string()),
        }
    }
}

fn work(error: &WorkError) -> Option<String> {
    Some(match error {
        WorkError::Exchange(error) => error.in_chinese(),
        WorkError::Store(error) => error.in_chinese(),
        WorkError::Model(error) => error.in_chinese(),
        WorkError::Crs(error) => error.in_chinese(),
        WorkError::Plane(error) => error.in_chinese(),
        WorkError::City(error) => return city(error),
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
        WorkError::Time { text } => {
            format!("“{text}”不是时间：应写成 2026-12-01T00:00:00+08:00")
        }
        _ => return None,
    })
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

fn generate(error: &GenerateError) -> Option<String> {
    Some(match error {
        GenerateError::SpecUnreadable { reason } => {
            format!("城市说明无法读取：{}", phrase(reason))
        }
        GenerateError::Scheme { source } => format!("该城市的{}", source.in_chinese()),
        GenerateError::Levels { city, levels } => format!(
            "“{city}”的层级定义有 {levels} 个层级；合成城市需要四级，如区、街道、社区、网格"
        ),
        GenerateError::NoCode { city } => {
            format!("“{city}”的层级定义没有编码：请写上区的六位编码，code = \"…\"")
        }
        GenerateError::CodeRefused { city, code, level } => format!(
            "“{city}”的层级定义不接受层级“{level}”的编码 {code}：合成城市的编码为 6 + 3 + 3 + 3 位数字"
        ),
        GenerateError::TooMany {
            what,
            code,
            limit,
            asked,
        } => format!(
            "{code} 的{}最多 {limit} 个，此处要求 {asked} 个",
            phrase(what)
        ),
        GenerateError::TooFewGrids {
            code,
            communities,
            grids,
        } => {
            format!("{code} 有 {communities} 个社区和村，每个至少要有一个网格，此处只有 {grids} 个")
        }
        GenerateError::GridsLeft {
            code,
            villages,
            each,
            grids,
        } => {
            format!("{code} 没有社区，网格只应是 {villages} 个村各 {each} 个，此处要求 {grids} 个")
        }
        GenerateError::NoClass {
            department,
            handled,
        } => format!(
            "部门 {department} 负责 {handled}，而类别表中没有此类，也没有以它开头的类：请改正编码"
        ),
        GenerateError::HandledTwice {
            handled,
            first,
            second,
        } => format!("{first} 和 {second} 都负责 {handled}：请只留给其中一个"),
        GenerateError::NoDepartment { named, department } => {
            format!("“{named}”的部门 {department} 不在城市说明中：请加上该部门，或改正编码")
        }
        GenerateError::ClassTwice { class } => {
            format!("类别 {class} 写了两次：请删去，或换一个编码")
        }
        GenerateError::NoPost { post } => {
            format!(
                "城市说明中的岗位“{post}”不在层级定义的任何层级中：请在层级定义中加上，或改正名称"
            )
        }
        GenerateError::DepartmentTwice { code } => {
            format!("有两个部门的编码都是 {code}：请给城市说明中的部门换一个编码")
        }
        GenerateError::OutOfRange {
            field,
            value,
            right,
        } => format!("{field} 为 {value}：应在{}", phrase(right)),
        GenerateError::TooFewBlocks { blocks, units } => {
            format!("土地只分出 {blocks} 个街区，而 {units} 个单元各需一个：请换一个种子（--seed）")
        }
        GenerateError::NoRoom {
            kind,
            asked,
            planted,
            grids,
        } => format!(
            "{grids} 个网格除其他缺陷外只容得下 {planted} 处 {kind} 缺陷，此处要求 {asked} 处：请减少数量，或用更大的城市"
        ),
        GenerateError::Unsound { place } => {
            format!("{place} 处街区的边界不该相接却相接了：请换一个种子（--seed）")
        }
        GenerateError::Position { source } => {
            format!("城市超出地球范围：{}", source.in_chinese())
        }
        GenerateError::Write { path, source } => {
            format!("无法写入 {}：{}", path.display(), source.in_chinese())
        }
        _ => return None,
    })
}

fn server(error: &ServerError) -> Option<String> {
    Some(match error {
        ServerError::Thread { source } => {
            format!("无法启动服务的线程：{}", source.in_chinese())
        }
        ServerError::Signal { source } => {
            format!(
                "无法监听结束信号（SIGTERM、SIGINT）：{}",
                source.in_chinese()
            )
        }
        _ => return None,
    })
}

fn address(error: &AddressError) -> Option<String> {
    Some(match error {
        AddressError::PublicUrl { given } => format!(
            "--public-url 的值“{given}”不是地址：应写成 http://主机[:端口][/路径] 或 https://…，不带参数"
        ),
        AddressError::Network { given } => {
            format!("“{given}”不是网段：应写成 10.0.0.0/8 或单个地址")
        }
        _ => return None,
    })
}

const fn no_words(_: &serde_json::Error) -> Option<String> {
    None
}

#[cfg(test)]
mod tests;
