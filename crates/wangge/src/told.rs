//! Errors of the service, of synthetic cities and of CSV files in both languages.

use std::io::ErrorKind;

use wangge_city::CityError;
use wangge_city::work::WorkError;
use wangge_crs::CrsError;
use wangge_exchange::ExchangeError;
use wangge_generate::GenerateError;
use wangge_model::ModelError;
use wangge_plane::PlaneError;
use wangge_report::{Told, phrase, with_causes};
use wangge_server::{AddressError, ServerError};
use wangge_store::StoreError;
use wangge_tiles::MAX_ZOOM;
use wangge_tiles::archive::ArchiveError;

use crate::failure::Failure;

macro_rules! told_by_report {
    ($($error:ty),+) => {
        $(impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::of(&error)
            }
        })+
    };
}

told_by_report!(
    CrsError,
    ExchangeError,
    ModelError,
    PlaneError,
    StoreError,
    CityError,
    WorkError
);

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
    GenerateError: generate,
    ServerError: server,
    AddressError: address,
    ArchiveError: archive,
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
        ServerError::ArchiveName { name, path } => format!(
            "{} 不能以“{name}”为名提供：地址中的名称由 1 到 64 个 ASCII 字母、数字、- 和 _ 组成",
            path.display()
        ),
        ServerError::ArchiveNameOfOurs { name, path } => format!(
            "{} 不能以“{name}”为名提供：这是城市瓦片源的名称",
            path.display()
        ),
        ServerError::ArchiveNameTwice { name, path, other } => format!(
            "{} 不能以“{name}”为名提供：{} 已用此名",
            path.display(),
            other.display()
        ),
        ServerError::Archive { source } => return archive(source),
        ServerError::ArchiveZooms { path, min, max } => format!(
            "无法提供 {}：其瓦片为 {min} 到 {max} 级，地址只有 0 到 {MAX_ZOOM} 级",
            path.display()
        ),
        ServerError::ArchiveLayers { path, reason } => format!(
            "无法提供 {}：其 vector_layers 不合 TileJSON 3.0（{reason}）",
            path.display()
        ),
        ServerError::ArchiveBounds { path, bounds } => format!(
            "无法提供 {}：其范围 {bounds:?} 不是以度表示的西、南、东、北",
            path.display()
        ),
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

fn archive(error: &ArchiveError) -> Option<String> {
    let doing = |doing: &str| match doing {
        "read" => "读取",
        "remove" => "删除",
        _ => "写入",
    };
    Some(match error {
        ArchiveError::Extension { path } => format!(
            "{} 的名称不是瓦片归档的名称：应以 .pmtiles 或 .mbtiles 结尾",
            path.display()
        ),
        ArchiveError::Io {
            doing: what,
            path,
            source,
        } => format!(
            "无法{} {}：{}",
            doing(what),
            path.display(),
            source.in_chinese()
        ),
        ArchiveError::Database {
            doing: what,
            path,
            source,
        } => format!("无法{} {}：{source}", doing(what), path.display()),
        ArchiveError::NotAnArchive { path, kind, reason } => {
            format!("{} 不是完好的 {kind} 归档：{reason}", path.display())
        }
        ArchiveError::NotVector { path, found } => format!(
            "{} 中的瓦片是 {found}：只能读取 Mapbox 矢量瓦片（mvt、pbf）",
            path.display()
        ),
        ArchiveError::Compression { path, found } => format!(
            "{} 中的瓦片用 {found} 压缩：只能读取 gzip 压缩或不压缩的瓦片",
            path.display()
        ),
        ArchiveError::BeingWritten { path, beside } => format!(
            "{} 正在被写入，或写入中断：旁边有 {}",
            path.display(),
            beside.display()
        ),
        ArchiveError::Changed { path } => format!("{} 在打开之后被改动", path.display()),
        ArchiveError::TooMany { path, limit } => {
            format!("{} 所列的瓦片超过 {limit} 个", path.display())
        }
        ArchiveError::Tile { path, tile, reason } => {
            format!("{} 中的瓦片 {tile} 无法读取：{reason}", path.display())
        }
        ArchiveError::Nothing { source_asked } => {
            format!("数据源 {source_asked} 在这些级别没有瓦片")
        }
        ArchiveError::Busy { path } => {
            format!("另一个导出正在写入同一个文件：{} 正在使用", path.display())
        }
        ArchiveError::NotWork { path } => format!(
            "{} 处应存放未完成的瓦片，却是别的文件：请将它移走",
            path.display()
        ),
        _ => return None,
    })
}

const fn no_words(_: &serde_json::Error) -> Option<String> {
    None
}

#[cfg(test)]
mod tests;
