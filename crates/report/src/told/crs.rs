//! 坐标系与坐标转换的错误。

use wangge_crs::{Area, CrsError, DatumChangeReason, Hint};

use super::{Told, phrase, with_causes};

/// Most characters of an area's name, as in English.
const LONG: usize = 90;

impl Told for CrsError {
    fn in_chinese(&self) -> String {
        match self {
            Self::NotASystem { given } => format!(
                "{}不是坐标系：请给出 EPSG:n、wgs84、cgcs2000、gcj02、bd09、PROJ 字符串（+proj=…）或 WKT",
                quoted(given)
            ),
            Self::NotChinaBounds { given } => {
                format!("“{given}”不是 GCJ-02 偏移范围的规则：请给出 box、narrow-box 或 everywhere")
            }
            Self::UnknownCode { code } => {
                format!("本机所装 PROJ 的数据库中没有坐标系 EPSG:{code}")
            }
            Self::Unreadable { system } => {
                format!("{}无法作为坐标系读取：请检查拼写和参数", first(system))
            }
            Self::GridPath { system } => format!(
                "{}用路径引用了格网文件：请把该文件放入 PROJ 的数据目录，只写文件名",
                first(system)
            ),
            Self::Unsupported { system, kind } => format!(
                "{}不能使用（{}）：请给出地理坐标系或投影坐标系",
                first(system),
                phrase(kind)
            ),
            Self::DatumChange {
                system,
                datum,
                reason,
            } => format!(
                "{}的大地基准为{}，{}。直接使用时位置可能偏差几十米到几百米。\
                 请向当地测绘部门索取转换参数（写成带 +towgs84=… 的 PROJ 字符串，或带 TOWGS84、BOUNDCRS 的 WKT），\
                 或用 --allow-ballpark 接受该误差",
                first(system),
                match datum.as_str() {
                    "of its own" => "自定义基准".to_owned(),
                    name => format!(" {name}"),
                },
                reason.in_chinese()
            ),
            Self::NotFinite { east, north } => {
                format!("点（东 {east}，北 {north}）的坐标不是有限的数")
            }
            Self::NotDegrees { lon, lat, hint } => format!(
                "点（经度 {lon}，纬度 {lat}）超出经度 -180 到 180、纬度 -90 到 90 度的范围{}",
                because(hint.as_ref())
            ),
            Self::OutsideArea {
                system,
                east,
                north,
                area,
                hint,
            } => format!(
                "点（{east}, {north}）在{}的适用范围之外：{}{}",
                label(system),
                area.in_chinese(),
                because(hint.as_ref())
            ),
            Self::NoPosition {
                system,
                east,
                north,
                hint,
            } => format!(
                "点（{east}, {north}）在{}中没有对应的位置{}",
                label(system),
                because(hint.as_ref())
            ),
            Self::Proj { problem } => format!("PROJ 无法使用：{}", phrase(problem)),
            other => other.in_english(),
        }
    }

    fn in_english(&self) -> String {
        with_causes(self)
    }
}

impl Told for DatumChangeReason {
    fn in_chinese(&self) -> String {
        match self {
            Self::Nothing => "PROJ 没有从它到 CGCS2000 / WGS 84 的转换".to_owned(),
            Self::PartsOnly => "PROJ 只有从它到 CGCS2000 / WGS 84 的局部地区转换".to_owned(),
            Self::Inexact {
                operation,
                accuracy_m,
            } => format!(
                "PROJ 能用的最好的转换 {operation} 精度只有 {accuracy_m} 米（可能缺少格网文件）"
            ),
            Self::TiedByZeros => {
                "其定义用全为零的参数与 WGS 84 相连，而它的椭球不同，这不可能正确".to_owned()
            }
            Self::TiedElsewhere => "其定义所连接的坐标系既不是 CGCS2000 也不是 WGS 84".to_owned(),
            other => other.in_english(),
        }
    }

    fn in_english(&self) -> String {
        self.to_string()
    }
}

impl Told for Hint {
    fn in_chinese(&self) -> String {
        match self {
            Self::NorthingFirst => "纵、横坐标（北、东）似乎写反了".to_owned(),
            Self::LatitudeFirst => "经度和纬度似乎写反了".to_owned(),
            Self::ZonePrefix { zone } => format!(
                "横坐标像是带有带号，属第 {} 带：请试 EPSG:{}",
                zone.number(),
                zone.epsg()
            ),
            Self::NoZonePrefix { zone } => {
                format!("横坐标没有带号：请试 EPSG:{}", zone.epsg())
            }
            Self::Degrees => "数值像是经纬度：请试 cgcs2000、wgs84 或 gcj02".to_owned(),
            Self::Lengths => "数值像是投影坐标系的米".to_owned(),
            other => other.in_english(),
        }
    }

    fn in_english(&self) -> String {
        self.to_string()
    }
}

impl Told for Area {
    fn in_chinese(&self) -> String {
        let [west, south, east, north] = self.sides();
        let place = self.place().trim_end_matches('.');
        let place = match (place.is_empty(), place.char_indices().nth(LONG)) {
            (true, _) => "其适用范围".to_owned(),
            (false, Some((cut, _))) => format!("{}…", &place[..cut]),
            (false, None) => phrase(place),
        };
        format!("{place}（经度 {west} 到 {east}，纬度 {south} 到 {north}）")
    }

    fn in_english(&self) -> String {
        self.to_string()
    }
}

/// A system in a sentence: its name between spaces, or that it is the one given.
pub(super) fn label(system: &str) -> String {
    let told = phrase(system);
    if told == system {
        format!(" {system} ")
    } else {
        told
    }
}

/// The same at the beginning of a sentence.
fn first(system: &str) -> String {
    label(system).trim_start().to_owned()
}

fn quoted(given: &str) -> String {
    match given
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    {
        Some(text) => format!("“{text}”"),
        None => phrase(given),
    }
}

fn because(hint: Option<&Hint>) -> String {
    hint.map(|hint| format!("；{}", hint.in_chinese()))
        .unwrap_or_default()
}
