//! 中文的问题说明。

use wangge_city::{Accuracy, MOST_DEVICE_BYTES};

use super::{MalformedRequest, Measure, Problem, Wanted};
use crate::head::Refusal;

impl Problem {
    /// Title and detail.
    #[expect(clippy::too_many_lines, reason = "a table: one entry for each problem")]
    pub(super) fn in_chinese(&self) -> (&'static str, String) {
        match self {
            Self::MissingParameter { name } => ("缺少参数", format!("缺少必需的参数“{name}”。")),
            Self::RepeatedParameter { name } => (
                "参数重复",
                format!("参数“{name}”出现了不止一次，只能给一次。"),
            ),
            Self::UnknownParameter { name, known } => (
                "未知参数",
                format!("此接口没有参数“{name}”；可用参数：{}。", known.join("、")),
            ),
            Self::ParameterNotOffered { name } => (
                "不支持的参数",
                format!("本服务器不提供参数“{name}”的功能，请去掉该参数。"),
            ),
            Self::BadParameter {
                name,
                value,
                wanted,
            } => (
                "参数值有误",
                format!("“{name}”的值为“{value}”，应为{}。", wanted.in_chinese()),
            ),
            Self::OutOfRange { name, value, limit } => (
                "坐标超出范围",
                format!(
                    "“{name}”的值为 {value}，应在 -{limit} 到 {limit} 度之间{}。",
                    if *limit == 90 {
                        "（经纬度是否写反了？）"
                    } else {
                        ""
                    }
                ),
            ),
            Self::UnknownCrs { value } => (
                "未知坐标系",
                format!(
                    "“{value}”不是本服务支持的坐标系；请用 EPSG:n、wgs84、cgcs2000、gcj02 或 bd09。"
                ),
            ),
            Self::NotConvertible { crs } => (
                "坐标无法转换",
                format!(
                    "该位置在 EPSG:4490 中没有对应点：它在 {crs} 的适用范围之外，或该坐标系没有精确的转换方法。"
                ),
            ),
            Self::CursorExpired => (
                "游标已失效",
                "游标签发之后又发布了新版本，请从第一页重新开始。".to_owned(),
            ),
            Self::UnknownCode { code } => (
                "未知编码",
                format!("已发布的方案中没有编码为“{code}”的单元。"),
            ),
            Self::UnknownComponent { code } => {
                ("未知部件", format!("本城市没有编码为“{code}”的部件。"))
            }
            Self::UnknownSource { name, known } => (
                "未知瓦片源",
                format!("没有名为“{name}”的瓦片源；可用：{}。", known.join("、")),
            ),
            Self::FormatNotOffered => (
                "格式未提供",
                "归档中只有 MVT 瓦片：请去掉地址的结尾 .mlt，或改用 .mvt。".to_owned(),
            ),
            Self::BadTileAddress { given } => (
                "不是瓦片地址",
                format!("“{given}”不是瓦片地址：z、x、y 应为整数，z 不大于 30，x 和 y 小于 2 的 z 次方。"),
            ),
            Self::TileOutside => (
                "超出范围",
                "此处没有该瓦片源的内容：范围和级别见其 TileJSON（/tiles/ 加瓦片源）中的 bounds、minzoom 和 maxzoom。".to_owned(),
            ),
            Self::UnknownVersion { version } => (
                "未知版本",
                format!("版本“{version}”的瓦片已不再保留，或从未有过：请重新读取 TileJSON（/tiles/ 加瓦片源），并使用其中的地址。"),
            ),
            Self::UnknownRoute => ("路径不存在", "本服务没有这个路径。".to_owned()),
            Self::RouteNotOffered => ("接口未提供", "本服务器不提供此接口。".to_owned()),
            Self::MethodNotAllowed => (
                "方法不允许",
                "此路径不接受该方法；Allow 头列出了可用的方法。".to_owned(),
            ),
            Self::WritesNotAllowed => (
                "不允许写入",
                "此接口会修改数据，而服务器启动时没有加 --allow-writes。".to_owned(),
            ),
            Self::MalformedBody { line, column } => (
                "请求体不是 JSON",
                format!("请求体不是 JSON 数组：第 {line} 行第 {column} 列。"),
            ),
            Self::MalformedRow => (
                "该行不是位置",
                "每行应为带有数字“lon”和“lat”的对象，可另带“id”（不超过 256 字节的文本或数字）。"
                    .to_owned(),
            ),
            Self::MalformedFix => (
                "该行不是位置",
                format!("每行应为带有“device”（不超过 {MOST_DEVICE_BYTES} 字节的文本或数字）、“time”（文本）以及数字“lon”和“lat”的对象，可另带数字“accuracy”。"),
            ),
            Self::FieldCount { has, wants } => (
                "该行不是位置",
                format!("该行有 {has} 个字段，表头有 {wants} 个。"),
            ),
            Self::MissingColumns { missing, found } => (
                "缺少列",
                format!("表中没有列：{}；已有：{}。", missing.join("、"), found.join("、")),
            ),
            Self::UnreadableTable { zh, .. } => ("无法读取表格", format!("{zh}。")),
            Self::TooManyStays { most } => (
                "停留过多",
                format!("轨迹进出网格超过 {most} 次：请分批发送。"),
            ),
            Self::RowTooLong { limit } => ("该行过长", format!("每行最多 {limit} 字节。")),
            Self::BodyTooLarge { limit } => (
                "请求体过大",
                format!(
                    "此处请求体最多 {limit} 字节；只有发往 /v1/locate 的按行分隔的 JSON（application/x-ndjson）可以更长。"
                ),
            ),
            Self::BodyBroken => (
                "请求体中断",
                "请求体未到声明的结尾就结束了，或其分块有误。".to_owned(),
            ),
            Self::BodyTimeout => ("请求体超时", "请求体没有在限定时间内到达。".to_owned()),
            Self::UnsupportedType { known } => (
                "不支持的媒体类型",
                format!("请求体的 Content-Type 应为：{}。", known.join("、")),
            ),
            Self::NotAcceptable { known } => (
                "无法满足 Accept",
                format!("可返回的类型：{}。", known.join("、")),
            ),
            Self::Malformed {
                refusal: MalformedRequest(refusal),
            } => ("请求格式有误", refusal_in_chinese(*refusal).to_owned()),
            Self::Overloaded => (
                "服务繁忙",
                "服务器正在处理的请求已达上限，请稍后再试。".to_owned(),
            ),
            Self::NotPublished => (
                "尚未发布",
                "没有已发布的方案：数据库中还没有。".to_owned(),
            ),
            Self::WithoutStore => (
                "未提供城市数据",
                "服务启动时没有数据库，只提供瓦片文件。".to_owned(),
            ),
            Self::NotDone { what, zh, .. } => (what.titles().0, zh.clone()),
            Self::StorageFull => (
                "空间不足",
                "服务器没有空间存放该文件；没有作任何修改。".to_owned(),
            ),
            Self::NotInForce => (
                "当时没有生效的方案",
                "所问的时间没有已发布并生效的方案；各方案的生效时间见 /v1/plans。".to_owned(),
            ),
            Self::StoreUnreachable => ("数据库不可用", "目前无法读取数据库。".to_owned()),
            Self::ArchiveChanged => (
                "瓦片文件已被改动",
                "该瓦片文件的内容与服务启动时不同；请用新文件替换后重启服务。".to_owned(),
            ),
            Self::AnswerTimeout => (
                "处理超时",
                "未能及时得出结果，请重试或缩小请求范围。".to_owned(),
            ),
            Self::Internal => (
                "内部错误",
                "服务器未能处理该请求；原因见日志中对应的请求编号（X-Request-Id）。".to_owned(),
            ),
        }
    }
}

impl Wanted {
    fn in_chinese(self) -> String {
        match self {
            Self::Number => "十进制数，例如 120.8371".to_owned(),
            Self::Accuracy => format!(
                "{} 到 {} 之间的距离（米）",
                Accuracy::LEAST_M,
                Accuracy::MOST_M
            ),
            Self::Distance { most } => format!("0 到 {most} 之间的距离（米）"),
            Self::Count { most } => format!("1 到 {most} 的整数"),
            Self::Box => "西,南,东,北 四个数，西小于东，南小于北".to_owned(),
            Self::Level => "层级定义中某一层级的 id（见 /v1/scheme）".to_owned(),
            Self::Code => "该层级之上某单元的编码".to_owned(),
            Self::Cursor => "此前答复的链接中的游标".to_owned(),
            Self::Class => "本城市类别表中的编码（见 /v1/classes）".to_owned(),
            Self::Department => "本城市部门的编码（见 /v1/departments）".to_owned(),
            Self::Position => "经度,纬度 两个数，例如 120.8371,40.7112".to_owned(),
            Self::Words { most } => format!("1 到 {most} 个字符的文字"),
            Self::Systems { most } => {
                format!("1 到 {most} 个坐标系名称，以逗号分隔，例如 gcj02,bd09,EPSG:4549")
            }
            Self::FewSystems { most } => {
                format!(
                    "前面各行已用过的坐标系之一：一次请求的各行最多用 {most} 个须由 PROJ 换算的坐标系"
                )
            }
            Self::NotNegative(measure) => {
                let unit = match measure {
                    Measure::Metres => "米数",
                    Measure::Seconds => "秒数",
                    Measure::Speed => "米每秒的数值",
                };
                format!("0 以上的{unit}")
            }
            Self::Zone => "时区名，例如 Asia/Shanghai，或时差，例如 +08:00".to_owned(),
            Self::Moment => {
                "带时区的时间，例如 2026-12-01T08:00:00+08:00，给出 `zone` 时可以不带".to_owned()
            }
            Self::Device { most } => format!("1 到 {most} 字节的 UTF-8 文本或数字"),
            Self::NotBoth { other } => format!("不给：已经给了 `{other}`，两者只能取一"),
            Self::NotOfArchive => {
                "空：该瓦片源是归档，只有一个方案、一个时间和一种坐标系，请去掉该参数".to_owned()
            }
            Self::Line => "GeoJSON 的 LineString 或 MultiLineString，至少有两个不同的点".to_owned(),
            Self::Codes => "单元编码，以逗号分隔".to_owned(),
            Self::Format => {
                "含有边界的文件格式，例如 GeoJSON、GeoPackage、Shapefile 或 CSV，工作簿不含边界"
                    .to_owned()
            }
            Self::Mapping => "字段与列的对应，例如 code=编号,name=名称".to_owned(),
            Self::OneOf(words) => format!("以下之一：{}", words.join("、")),
            Self::Time => "带时区的时间，例如 2026-12-01T00:00:00+08:00".to_owned(),
            Self::Encoding => "百分号编码的 UTF-8".to_owned(),
        }
    }
}

const fn refusal_in_chinese(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::BareLineFeed => "请求头的每一行必须以 CR LF 结尾。",
        Refusal::RequestLine => "请求行应为：方法、一个空格、目标、一个空格、HTTP/1.1。",
        Refusal::Version => "本服务使用 HTTP/1.1 和 HTTP/1.0。",
        Refusal::HeaderLine => "每个头应在一行内写出名称、冒号和值，且不含控制字符。",
        Refusal::NoHost => "HTTP/1.1 请求必须带 Host 头。",
        Refusal::BadHost => "Host 头只能给一次，形如 host 或 host:port。",
        Refusal::LengthAndEncoding => "Content-Length 与 Transfer-Encoding 不能同时出现。",
        Refusal::BadLength => "Content-Length 只能给一次，且须为纯数字。",
        Refusal::BadEncoding => "Transfer-Encoding 只能给一次，须为 chunked，且仅限 HTTP/1.1。",
        Refusal::HeadTooLarge => "请求头过大。",
        Refusal::TargetTooLong => "请求的路径和查询串过长。",
        Refusal::HeadTimeout => "请求头没有在限定时间内到达。",
    }
}
