//! 坐标本身的错误。

use wangge_plane::{Axis, PlaneError};

use super::{Told, with_causes};

impl Told for PlaneError {
    fn in_chinese(&self) -> String {
        match self {
            Self::NotFinite { axis, value } => {
                format!("{}为 {value}，不是有限的数", axis_name(*axis))
            }
            Self::OutOfRange { axis, value } => {
                let limit = axis.limit_deg();
                format!(
                    "{}{value} 超出 -{limit} 到 {limit} 度的范围",
                    axis_name(*axis)
                )
            }
            Self::RingTooShort { distinct } => {
                format!("环取整到格点后只有 {distinct} 个不同的顶点，至少需要 3 个")
            }
            other => other.in_english(),
        }
    }

    fn in_english(&self) -> String {
        with_causes(self)
    }
}

const fn axis_name(axis: Axis) -> &'static str {
    match axis {
        Axis::Longitude => "经度 ",
        Axis::Latitude => "纬度 ",
    }
}
