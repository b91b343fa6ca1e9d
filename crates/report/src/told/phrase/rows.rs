//! Why a row is no grid, what is wrong with a coordinate system or a pattern: phrases of the crates
//! before this one. A test holds them against the sources.

use super::Entry;

pub(super) const PHRASES: &[Entry] = &[
    // why a row is no grid
    ("it has no geometry", "没有图形"),
    ("it has no code", "没有编码"),
    ("it is a {}, not a polygon", "图形是{1}，不是面"),
    ("point", "点"),
    ("line", "线"),
    (
        "it is smaller than the lattice (1e-7 degree, about 1 cm)",
        "图形小于格点（1e-7 度，约 1 厘米）",
    ),
    (
        "its {} \"{}\" is not a number of 0 or more",
        "{1} 的值“{2}”不是 0 以上的数",
    ),
    ("its {} {} is not a whole number", "{1} 的值 {2} 不是整数"),
    ("it is {} points", "图形是 {1} 个点"),
    (
        "it mixes polygons, lines or points in one geometry",
        "一个图形中混有面、线或点",
    ),
    (
        "it has curved edges: replace the curves by line segments first (QGIS: Segmentize)",
        "图形含有曲线边：请先把曲线换成折线（QGIS：按线段化处理 Segmentize）",
    ),
    ("ring {} of part {} {}", "第 {2} 部分的第 {1} 个环{3}"),
    ("is empty", "是空的"),
    (
        "is not closed: it starts at {} and ends at {}",
        "没有闭合：起点 {1}，终点 {2}",
    ),
    (
        "has {} different vertices, a ring needs 3",
        "只有 {1} 个不同的顶点，环至少要 3 个",
    ),
    (
        "has the coordinates {}, which are not finite numbers",
        "的坐标为 {1}，不是有限的数",
    ),
    ("its WKT is nested too deeply", "其 WKT 嵌套过深"),
    ("\"{}…\" is not WKT: {}", "“{1}…”不是 WKT：{2}"),
    ("\"{}\" \"{}\" are not two numbers", "“{1}”“{2}”不是两个数"),
    ("its geometry is not a BLOB", "图形不是二进制数据"),
    ("its geometry has only {} bytes", "图形数据只有 {1} 字节"),
    (
        "its geometry does not begin with GP",
        "图形数据不以 GP 开头",
    ),
    ("its geometry is of an extended type", "图形是扩展类型"),
    (
        "its geometry has an envelope of kind {}",
        "图形数据的外包框种类为 {1}",
    ),
    (
        "its geometry ends inside its envelope",
        "图形数据在外包框中就结束了",
    ),
    ("its geometry is unsound: {}", "图形有误：{1}"),
    (
        "the geometry ends at byte {}, inside {}",
        "图形数据在第 {1} 字节处结束，{2}不完整",
    ),
    ("a byte order", "字节序"),
    ("a type", "类型"),
    ("a reference system", "坐标系"),
    ("a member count", "成员数"),
    ("its members or vertices", "成员或顶点"),
    (
        "the geometry has the byte order {}, which is neither 0 nor 1",
        "图形数据的字节序为 {1}，应为 0 或 1",
    ),
    (
        "the geometry has the unknown type {}",
        "图形的类型 {1} 未知",
    ),
    ("the geometry holds {} where it must not", "图形中不该有{1}"),
    ("a member of another kind", "另一种类的成员"),
    (
        "the geometry has {} bytes after its end",
        "图形数据结束后还有 {1} 字节",
    ),
    ("the geometry is nested too deeply", "图形嵌套过深"),
    ("it is nested too deeply", "图形嵌套过深"),
    ("its type \"{}\" is unknown", "其类型“{1}”未知"),
    (
        "it has a position of {} numbers",
        "有一个位置由 {1} 个数组成",
    ),
    (
        "it uses arc {}, and there are {}",
        "引用了第 {1} 条弧，而只有 {2} 条",
    ),
    ("it has more than {} vertices", "顶点超过 {1} 个"),
    // plane and crs, where they stand in a row's reason or a note
    (
        "a ring needs at least 3 different vertices on the lattice, this one has {}",
        "环取整到格点后只有 {1} 个不同的顶点，至少需要 3 个",
    ),
    (
        "the point (east {}, north {}) is not finite",
        "点（东 {1}，北 {2}）的坐标不是有限的数",
    ),
    (
        "the point (lon {}, lat {}) is outside -180 to 180 and -90 to 90 degrees; {}",
        "点（经度 {1}，纬度 {2}）超出经度 -180 到 180、纬度 -90 到 90 度的范围；{3}",
    ),
    (
        "the point (lon {}, lat {}) is outside -180 to 180 and -90 to 90 degrees",
        "点（经度 {1}，纬度 {2}）超出经度 -180 到 180、纬度 -90 到 90 度的范围",
    ),
    (
        "the point ({}) is outside the area of use of {}: {}; {}",
        "点（{1}）在 {2} 的适用范围之外：{3}；{4}",
    ),
    (
        "the point ({}) is outside the area of use of {}: {}",
        "点（{1}）在 {2} 的适用范围之外：{3}",
    ),
    (
        "the point ({}) has no position in {}; {}",
        "点（{1}）在 {2} 中没有对应的位置；{3}",
    ),
    (
        "the point ({}) has no position in {}",
        "点（{1}）在 {2} 中没有对应的位置",
    ),
    (
        "the {} {} is outside -{} to {} degrees",
        "{1} {2} 超出 -{3} 到 {4} 度的范围",
    ),
    ("longitude", "经度"),
    ("latitude", "纬度"),
    ("the point {}", "点{1}"),
    ("the line {}", "线{1}"),
    (
        "{} ({} to {} east, {} to {} north)",
        "{1}（经度 {2} 到 {3}，纬度 {4} 到 {5}）",
    ),
    (
        "northing and easting look swapped",
        "纵、横坐标（北、东）似乎写反了",
    ),
    (
        "longitude and latitude look swapped",
        "经度和纬度似乎写反了",
    ),
    (
        "this looks like zone {} with prefix: try EPSG:{}",
        "横坐标像是带有带号，属第 {1} 带：请试 EPSG:{2}",
    ),
    (
        "the easting has no zone prefix: try EPSG:{}",
        "横坐标没有带号：请试 EPSG:{1}",
    ),
    (
        "these look like degrees: try cgcs2000, wgs84 or gcj02",
        "数值像是经纬度：请试 cgcs2000、wgs84 或 gcj02",
    ),
    (
        "these look like metres of a projected system",
        "数值像是投影坐标系的米",
    ),
    (
        "nothing of it lies where these degrees are used",
        "其中没有任何位置在这种经纬度的适用地区内",
    ),
    ("its area", "其适用范围"),
    ("the PROJ string given", "所给的 PROJ 字符串"),
    ("the PROJ pipeline given", "所给的 PROJ 转换链"),
    ("the WKT given", "所给的 WKT"),
    ("the definition given", "所给的定义"),
    ("text that is not WKT", "所给的文本不是 WKT，"),
    ("an empty text", "空文本"),
    ("not complete", "定义不完整"),
    (
        "derived from another one (a rotated pole)",
        "由另一坐标系旋转极点得来",
    ),
    ("geocentric (X, Y, Z)", "地心坐标系 X、Y、Z"),
    ("a system of heights", "高程系统"),
    (
        "a local system without a position on the Earth",
        "与地球上的位置无关的局部坐标系",
    ),
    (
        "an operation between systems",
        "坐标系之间的转换，不是坐标系",
    ),
    ("of a kind that is not read here", "此处不支持的种类"),
    (
        "projected in a way that PROJ cannot compute",
        "PROJ 无法计算其投影",
    ),
    (
        "a system whose axes do not run east and north",
        "坐标轴不是东、北方向",
    ),
    (
        "its database proj.db has no EPSG:4326",
        "其数据库 proj.db 中没有 EPSG:4326",
    ),
    (
        "its database proj.db is not found (package proj-data, or set PROJ_DATA)",
        "找不到其数据库 proj.db（请安装 proj-data 软件包，或设置 PROJ_DATA）",
    ),
    ("it has no memory for a context", "内存不足"),
    // schemes
    ("none", "无"),
    (
        "it has {} bytes, at most {} are read",
        "它有 {1} 字节，最多读取 {2} 字节",
    ),
    (
        "it repeats too much to be compiled: use smaller counts",
        "重复次数过多：请用较小的次数",
    ),
];
