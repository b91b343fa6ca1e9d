//! 读取进程拒绝文件的原因，以及它意外结束的情形。

use wangge_exchange::{ChildEnd, Quantity, Refusal};

use super::{Told, listed, phrase, with_causes};

impl Told for Refusal {
    fn in_chinese(&self) -> String {
        match self {
            Self::Limit { what, found, limit } => {
                format!("{}，上限为 {limit}", amount(*what, *found))
            }
            Self::Malformed { format, why } => {
                format!("不是完好的 {format} 文件：{}", phrase(why))
            }
            Self::IsTopoJson => "这是 TopoJSON 文件：请把扩展名改为 .topojson".to_owned(),
            Self::Truncated { what } => format!("文件不完整：{}", phrase(what)),
            Self::Forbidden { what } => phrase(what),
            Self::Empty { why } => format!("没有可读的内容：{}", phrase(why)),
            Self::SeveralLayers { layers } => format!(
                "有 {} 个图层（{}）：请用 --layer 选定一个",
                layers.len(),
                listed(layers)
            ),
            Self::NoSuchLayer { layer, layers } => {
                format!("没有图层“{layer}”；已有：{}", listed(layers))
            }
            Self::Encoding { place, encoding } => format!(
                "{}的文本不是有效的 {encoding}：如果格式本身没有规定编码，请用 --encoding 指明（例如 GBK、Big5、Shift_JIS 或 UTF-8）",
                phrase(place)
            ),
            Self::UnknownEncoding { label } => format!(
                "“{label}”不是文本编码的名称：可试 GBK、GB18030、Big5、Shift_JIS、EUC-KR 或 UTF-8"
            ),
            Self::System { doing, why } => {
                format!("{}时出错：{}", phrase(doing), phrase(why))
            }
            Self::NoDriver { format, drivers } => format!(
                "本机所装的 GDAL 不能读取 {format}：缺少驱动 {}",
                listed(drivers)
            ),
            Self::NotLocked { missing } => {
                let missing: Vec<String> = missing.split("; ").map(phrase).collect();
                format!(
                    "本系统无法锁定读取进程（{}），未经锁定不读取来自他人的文件",
                    missing.join("；")
                )
            }
            other => other.in_english(),
        }
    }

    fn in_english(&self) -> String {
        with_causes(self)
    }
}

impl Told for ChildEnd {
    fn in_chinese(&self) -> String {
        match self {
            Self::WallClock { limit_s } => format!("已中止：用时超过上限 {limit_s} 秒"),
            Self::CpuTime { limit_s } => {
                format!("已中止：占用处理器的时间超过上限 {limit_s} 秒")
            }
            Self::Memory { limit_bytes } => {
                format!("已中止：所需内存超过上限 {} MiB", limit_bytes >> 20)
            }
            Self::FileSize => "已中止：它试图写文件，或所写的文件过大".to_owned(),
            Self::Signal { signal: 9, .. } => "被系统强行结束，通常是机器内存不足".to_owned(),
            Self::Signal { signal, last_words } => {
                format!("因信号 {signal} 崩溃{}", said(last_words))
            }
            Self::Exit { code, last_words } => {
                format!("在读到最后一行之前以代码 {code} 结束{}", said(last_words))
            }
            other => other.in_english(),
        }
    }

    fn in_english(&self) -> String {
        self.to_string()
    }
}

/// How much of something there is.
pub(super) fn amount(what: Quantity, found: u64) -> String {
    match what {
        Quantity::InputBytes => format!("文件有 {found} 字节"),
        Quantity::ArchiveEntries => format!("压缩包有 {found} 个条目"),
        Quantity::UnpackedBytes => format!("解压后有 {found} 字节"),
        Quantity::UnpackedRatio => format!("压缩包中有条目解压后达原大小的 {found} 倍"),
        Quantity::Rows => format!("有 {found} 行"),
        Quantity::Vertices => format!("有 {found} 个顶点"),
        Quantity::Columns => format!("有 {found} 列"),
        Quantity::TextBytes => format!("单个文本值有 {found} 字节"),
        Quantity::RowBytes => format!("单行有 {found} 字节"),
    }
}

fn said(last_words: &str) -> String {
    if last_words.is_empty() {
        String::new()
    } else {
        format!("；它最后输出：{last_words}")
    }
}
