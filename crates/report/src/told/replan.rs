//! 调整网格时的错误与说明。

use wangge_model::IssueError;
use wangge_plane::Point;
use wangge_replan::{EditError, EditNote};

use super::{Told, with_causes};
use crate::length_m;

impl Told for EditError {
    fn in_chinese(&self) -> String {
        match self {
            Self::NoSuchGrid { code } => format!("没有网格 {code}：请写方案中已有的网格"),
            Self::OneGridOnly { code } => {
                format!("只给出了网格 {code}：请至少给出两个不同的网格")
            }
            Self::CodeTaken { code } => {
                format!("{code} 是另一个网格的编码：请用所合并网格之一的编码，或新的编码")
            }
            Self::LineMisses { code, distance_m } => format!(
                "线没有进入 {code}：最近处相距 {}；请画一条穿过该网格的线",
                length_m(*distance_m)
            ),
            Self::EndsInside {
                code,
                end,
                misses_m,
                reach_m,
            } => format!(
                "线止于 {code} 内的 {}，距前方还差 {}：请画到边界，或允许延长这么多（现为 {reach_m} m）",
                place(*end),
                length_m(*misses_m)
            ),
            Self::NothingApart { code } => {
                format!("线没有把 {code} 分开：它须从边界画到边界，或回到起点")
            }
            Self::NotNeighbours { one, other } => {
                format!("{one} 与 {other} 没有共同的界线：请给出两个相邻的网格")
            }
            Self::NoGroundLeft { code } => {
                format!("{code} 将没有剩余的地面：请使每个网格都留有一部分，或改为合并")
            }
            Self::NothingToGive { code } => {
                format!("所画的地块没有一处在 {code} 内：请画在要划出的地面上")
            }
            other => other.in_english(),
        }
    }

    fn in_english(&self) -> String {
        with_causes(self)
    }
}

impl Told for EditNote {
    fn in_chinese(&self) -> String {
        match self {
            Self::VertexPutIn { at, off_m, .. } if *off_m == 0.0 => {
                format!("原界线在 {} 处增加了一个顶点", place(*at))
            }
            Self::VertexPutIn { at, off_m, .. } => format!(
                "原界线在 {} 处增加了一个顶点，偏离 {}",
                place(*at),
                length_m(*off_m)
            ),
            Self::EndProlonged { end, by_m } => {
                format!("线在 {} 处延长了 {}", place(*end), length_m(*by_m))
            }
            Self::PiecesUntouched { pieces } => {
                format!("线没有切到的 {pieces} 块地仍属于最大的一部分")
            }
            Self::SeveralPieces {
                code: Some(code),
                pieces,
            } => format!("网格 {code} 由互不相连的 {pieces} 块组成"),
            Self::SeveralPieces { code: None, pieces } => {
                format!("一个新网格由互不相连的 {pieces} 块组成")
            }
            _ => self.in_english(),
        }
    }

    fn in_english(&self) -> String {
        match self {
            Self::VertexPutIn { at, off_m, .. } if *off_m == 0.0 => {
                format!("the old border got a vertex at {}", place(*at))
            }
            Self::VertexPutIn { at, off_m, .. } => format!(
                "the old border got a vertex at {}, {} off it",
                place(*at),
                length_m(*off_m)
            ),
            Self::EndProlonged { end, by_m } => format!(
                "the line was prolonged by {} at {}",
                length_m(*by_m),
                place(*end)
            ),
            Self::PiecesUntouched { pieces } => format!(
                "pieces of ground that the line did not cut stay with the largest part: {pieces}"
            ),
            Self::SeveralPieces {
                code: Some(code),
                pieces,
            } => format!("the grid {code} has {pieces} pieces that do not hang together"),
            Self::SeveralPieces { code: None, pieces } => {
                format!("a new grid has {pieces} pieces that do not hang together")
            }
            other => format!("{other:?}"),
        }
    }
}

impl Told for IssueError {
    fn in_chinese(&self) -> String {
        match self {
            Self::ParentMissing { level } => {
                format!("层级“{level}”的新单元按上级编号：请给出上级")
            }
            Self::NotCountable {
                level,
                pattern,
                parent,
            } => format!(
                "层级“{level}”的编码（{pattern}）在 {parent} 之下没有可以递增的号：请自行给出编码"
            ),
            Self::RunOut {
                level,
                pattern,
                parent,
                last,
            } => format!(
                "{parent} 之下的号已用完：{last} 是层级“{level}”（{pattern}）的最后一个，用过的编码不再发放；请自行给出编码，或放宽编码规则"
            ),
            other => other.in_english(),
        }
    }

    fn in_english(&self) -> String {
        with_causes(self)
    }
}

fn place(point: Point) -> String {
    format!("{} {}", point.lon(), point.lat())
}
