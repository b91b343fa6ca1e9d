//! 读写文件的错误。

use std::error::Error;
use std::io;

use wangge_exchange::{ExchangeError, RepeatedCode, Skip};

use wangge_model::ListKind;

use super::refusal::amount;
use super::{Told, field_name, list_name, listed, phrase, with_causes};
use crate::Language;

/// Rows that a message lists before it counts the rest, as in English.
const LISTED: usize = 20;

impl Told for ExchangeError {
    #[expect(clippy::too_many_lines, reason = "a table: one entry for each error")]
    fn in_chinese(&self) -> String {
        match self {
            Self::Open { path, source } => {
                format!("无法打开 {}：{}", path.display(), source.in_chinese())
            }
            Self::NotAFile { path, wanted } => {
                format!("{} 不是{}", path.display(), phrase(wanted))
            }
            Self::UnknownFormat { name } => format!(
                "“{name}”不是已知的格式：请用 GeoJSON、GeoJSONSeq、GeoPackage、Shapefile、FlatGeobuf、CSV、KML、TopoJSON、FileGDB、GPX、DXF 或 MapInfo，名单请用 CSV 或 XLSX"
            ),
            Self::TooLarge {
                file,
                what,
                found,
                limit,
            } => format!("{file}：{}，上限为 {limit}", amount(*what, *found)),
            Self::MissingCompanion { file, missing } => {
                format!("{file} 旁边缺少 {missing}，没有它就无法读取")
            }
            Self::UnfinishedDatabase { file, journal } => format!(
                "{file} 旁边有文件 {journal}，其中的修改还没有写入：请先关闭打开它的程序（QGIS 要到退出时才写入），再试一次"
            ),
            Self::Start {
                file,
                doing,
                source,
            } => format!(
                "读取 {file} 时无法{}：{}",
                phrase(doing),
                source.in_chinese()
            ),
            Self::Refused { file, refusal } => format!("{file}：{}", refusal.in_chinese()),
            Self::Ended { file, how } => {
                format!("{file} 未能读取：读取进程{}", how.in_chinese())
            }
            Self::Answer { file, what } => {
                format!(
                    "{file} 未能读取：读取进程的答复不合约定（{}）",
                    phrase(what)
                )
            }
            Self::Mapping { text, why } => {
                format!("看不懂 --map 的对应关系“{text}”：{}", phrase(why))
            }
            Self::NoListField { field, list, known } => format!(
                "--map 中的“{field}”不是{}的列：可用 {}",
                named_list(list),
                known.join("、")
            ),
            Self::NoColumn {
                file,
                field,
                column,
                columns,
            } => format!(
                "{file} 中没有唯一的列“{column}”可作{}；已有的列：{}",
                field_name(field),
                listed(columns)
            ),
            Self::NoCodeColumn { file, columns } => format!(
                "{file}：哪一列是网格编码？请用 --map code=列名 指明，可选：{}",
                listed(columns)
            ),
            Self::NoListColumn {
                file,
                list,
                column,
                columns,
            } => {
                let list = named_list(list);
                format!(
                    "{file}：{list}需要“{column}”一列；请用 --map {column}=列名 指明，可选：{}",
                    listed(columns)
                )
            }
            Self::Workbook { file } => format!(
                "{file} 是工作簿，只能存放名单，不含边界：请给出 GeoPackage、Shapefile 或 GeoJSON 文件"
            ),
            Self::MissingCrs { file, link } => {
                let referred = link
                    .as_ref()
                    .map(|link| format!("（它引用网址 {link}，本程序从不访问网址）"))
                    .unwrap_or_default();
                format!(
                    "{file} 没有声明坐标系{referred}：请用 --crs 指明（例如 EPSG:4490、EPSG:4549、wgs84、gcj02 或 bd09）"
                )
            }
            Self::Crs { file, source } => format!("{file}：{}", source.in_chinese()),
            Self::BadRows { file, count, rows } => format!(
                "{file}：{count} 行不能成为网格（请改正，或用 --skip-invalid 跳过）：{}",
                skips(rows)
            ),
            Self::RepeatedCodes { file, repeats } => format!(
                "{file}：{} 个编码出现在多行（请改正，或用 --merge-parts 把这些行合并为一个网格）：{}",
                repeats.len(),
                repeated(repeats)
            ),
            Self::Contradiction {
                file,
                code,
                field,
                rows,
            } => format!(
                "{file}：编码 {code} 的第 {} 行不能合并为一个网格：它们的{}不同",
                listed(rows),
                field_name(field)
            ),
            Self::Antimeridian { file, west, east } => format!(
                "{file}：图形跨越 180 度经线（{west}° 到 {east}°），不支持：请沿经线切开，两侧作为两个城市分别导入"
            ),
            Self::NoGrids {
                file,
                rows,
                skipped,
            } => format!("{file}：{rows} 行中没有一行成为网格{}", skips(skipped)),
            Self::NotWritten { format } => format!(
                "不能写 {format}：请写 GeoJSON、GeoJSONSeq、GeoPackage、Shapefile、FlatGeobuf 或 CSV"
            ),
            Self::Unwritable { path, format, why } => {
                format!("无法把 {} 写成 {format}：{}", path.display(), phrase(why))
            }
            Self::Write { path, source } => {
                format!("无法写入 {}：{}", path.display(), cause(source.as_ref()))
            }
            other => other.in_english(),
        }
    }

    fn in_english(&self) -> String {
        with_causes(self)
    }
}

impl Told for Skip {
    fn in_chinese(&self) -> String {
        format!("第 {} 行：{}", self.row, phrase(&self.why))
    }

    fn in_english(&self) -> String {
        format!("{}: {}", self.row, self.why)
    }
}

/// A list by the word that commands carry.
fn named_list(word: &str) -> &'static str {
    let list = ListKind::ALL.into_iter().find(|kind| kind.as_str() == word);
    list.map_or("名单", |kind| list_name(kind, Language::Zh))
}

fn cause(error: &(dyn Error + Send + Sync + 'static)) -> String {
    match error.downcast_ref::<io::Error>() {
        Some(error) => error.in_chinese(),
        None => phrase(&with_causes(error)),
    }
}

fn skips(rows: &[Skip]) -> String {
    let mut lines: Vec<String> = rows
        .iter()
        .take(LISTED)
        .map(|skip| format!("\n  {}", skip.in_chinese()))
        .collect();
    if rows.len() > LISTED {
        lines.push(format!("\n  ……另有 {} 行", rows.len() - LISTED));
    }
    lines.concat()
}

fn repeated(repeats: &[RepeatedCode]) -> String {
    let lines: Vec<String> = repeats
        .iter()
        .map(|repeat| format!("\n  {} 在第 {} 行", repeat.code, listed(&repeat.rows)))
        .collect();
    lines.concat()
}
