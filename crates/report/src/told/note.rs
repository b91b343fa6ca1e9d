//! 读取和转换时值得知道、但不算错误的情况。

use wangge_exchange::EncodingBy;

use super::crs::label;
use super::{Told, listed, phrase};
use crate::Language;

impl Told for wangge_crs::Note {
    fn in_chinese(&self) -> String {
        match self {
            Self::DatumTakenAsEqual {
                system,
                datum,
                error_m,
                source,
            } => format!(
                "{system}：大地基准 {datum} 按与 CGCS2000 相同处理，位置误差可达 {error_m} 米（依据：{source}）"
            ),
            Self::DatumTransformed {
                system,
                operation,
                accuracy_m,
            } => format!(
                "{}：按“{operation}”转换，公布的精度为 {accuracy_m} 米",
                label(system).trim()
            ),
            Self::GivenParameters { system } => {
                format!("{}：按其中给出的参数转换，精度未知", label(system).trim())
            }
            Self::Ballpark {
                system,
                accuracy_m: Some(accuracy_m),
            } => format!(
                "{}：已按许可使用精度只有 {accuracy_m} 米的转换",
                label(system).trim()
            ),
            Self::Ballpark {
                system,
                accuracy_m: None,
            } => format!(
                "{}：已按许可略去大地基准的转换，位置可能偏差几十米到几百米",
                label(system).trim()
            ),
            Self::ShiftedDegrees { system } => {
                format!("{system}：按公开的公式转换，与地图服务相差约 0.7 米，不能当作测绘成果")
            }
            Self::HeightDropped { system } => {
                format!("{}：高程不使用", label(system).trim())
            }
            Self::Implausible { system, why } => {
                format!("{}：{}", label(system).trim(), phrase(why))
            }
            other => other.in_english(),
        }
    }

    fn in_english(&self) -> String {
        self.to_string()
    }
}

/// A note as a person reads it among others: of a datum taken as equal only what it costs, without
/// where that figure is from.
pub fn brief(note: &wangge_crs::Note, language: Language) -> String {
    match (note, language) {
        (
            wangge_crs::Note::DatumTakenAsEqual {
                system, error_m, ..
            },
            Language::Zh,
        ) => format!("{system}：按与 CGCS2000 相同处理，误差可达 {error_m} 米"),
        (
            wangge_crs::Note::DatumTakenAsEqual {
                system, error_m, ..
            },
            Language::En,
        ) => format!("{system}: taken as equal to CGCS2000, off by {error_m} m at most"),
        (other, _) => other.told(language),
    }
}

impl Told for wangge_exchange::Note {
    fn in_chinese(&self) -> String {
        match self {
            Self::Encoding { encoding, by } => match by {
                EncodingBy::Person => format!("文本按所指定的 {encoding} 读取"),
                EncodingBy::CodePageFile => format!("文本按 .cpg 文件声明的 {encoding} 读取"),
                EncodingBy::LanguageByte => {
                    format!("文本按 .dbf 语言标志所示的 {encoding} 读取")
                }
                EncodingBy::Content => format!(
                    "没有关于文本编码的声明，已按 {encoding} 读取（所有文本在其中都有效，且都是常用字）；如果不对，请用 --encoding 指明"
                ),
            },
            Self::CutText { values } => {
                format!("{values} 个文本值在列宽处从一个字的中间截断，不完整的字已略去")
            }
            Self::CrsLinkIgnored { href } => {
                format!("文件用网址 {href} 说明坐标系；本程序从不访问网址，请用 --crs 指明")
            }
            Self::HeightsDropped { with_z, with_m } => {
                format!("略去了 {with_z} 行的高程（Z）和 {with_m} 行的量测值（M）")
            }
            Self::RepeatedColumn { column } => {
                format!("有几列都叫“{column}”，无法按此名称选用其中任何一列")
            }
            Self::ArchiveMember { member } => format!("读取了压缩包中的“{member}”"),
            Self::OtherLayers { layers } => format!("未读取的图层：{}", listed(layers)),
            Self::Library { message } => format!("读取格式的程序库报告：{message}"),
            Self::LockMissing { what } => format!("读取进程没有完全锁定：{}", phrase(what)),
            Self::NoDeclaredCrs => "文件没有声明坐标系".to_owned(),
            other => other.in_english(),
        }
    }

    fn in_english(&self) -> String {
        self.to_string()
    }
}

/// A field of a grid by its Chinese name, with the word that `--map` takes.
pub fn field_name(field: &str) -> String {
    let name = match field {
        "code" => "编码",
        "name" => "名称",
        "name_en" => "英文名称",
        "parent" => "上级",
        "kind" => "类别",
        "households" => "户数",
        "population" => "人口",
        "area_m2" => "面积",
        "note" => "备注",
        other => return format!(" {other} "),
    };
    format!("{name}（{field}）")
}
