//! Why a file is not read or written, and what the store was doing: phrases of the crates before
//! this one. A test holds them against the sources.

use super::Entry;

pub(super) const PHRASES: &[Entry] = &[
    // why a file is not read
    ("a file", "文件"),
    ("a .gdb folder", ".gdb 文件夹"),
    ("make a private directory", "建立专用文件夹"),
    ("copy the input", "复制输入文件"),
    ("start the reading process", "启动读取进程"),
    ("wait for the reading process", "等待读取进程"),
    ("\"{}\" is not field=COLUMN", "“{1}”不是“字段=列名”的形式"),
    (
        "\"{}\" is not a field of a grid: use {}",
        "“{1}”不是网格的字段：可用 {2}",
    ),
    ("{} has no column", "{1} 没有写列名"),
    ("{} is given twice", "{1} 写了两次"),
    (
        "it has no end of central directory: it is no zip file, or truncated",
        "没有中央目录结尾：不是 zip 文件，或不完整",
    ),
    (
        "the archive has an entry \"{}\", which leads out of its folder: archives like that are made to overwrite files",
        "压缩包中的条目“{1}”指向文件夹之外：这样的压缩包是用来覆盖他人文件的",
    ),
    (
        "the archive has the link \"{}\": pack the file itself",
        "压缩包中的“{1}”是链接：请打包文件本身",
    ),
    (
        "the archive has no file of a known format (archives in archives are not opened)",
        "压缩包中没有已知格式的文件（压缩包中的压缩包不再打开）",
    ),
    ("its object has no geometries", "其对象没有图形"),
    ("it has no object", "其中没有对象"),
    ("its \"type\" is not Topology", "其“type”不是 Topology"),
    (
        "an object of it is no JSON object",
        "其中一个对象不是 JSON 对象",
    ),
    (
        "arc {} has a position of {} numbers",
        "第 {1} 条弧有一个位置由 {2} 个数组成",
    ),
    (
        "the .dbf has {} bytes and no whole header",
        ".dbf 有 {1} 字节，文件头不完整",
    ),
    (
        "the .dbf has records of {} bytes and fields of {}",
        ".dbf 的记录长 {1} 字节，而各字段共 {2} 字节",
    ),
    (
        "the .dbf has {} bytes, its header says {} records, which take {}",
        ".dbf 有 {1} 字节，而文件头所说的 {2} 条记录要占 {3} 字节",
    ),
    (
        "the .shx lists {} shapes and the .dbf {} records: they are not of one file",
        ".shx 列有 {1} 个图形，.dbf 有 {2} 条记录：它们不属于同一份数据",
    ),
    (
        "the file has {} bytes, its header says {} pages of {}",
        "文件有 {1} 字节，而文件头说有 {2} 页，每页 {3} 字节",
    ),
    (
        "{} has {} bytes, its header alone takes {}",
        "{1} 只有 {2} 字节，而文件头就要 {3} 字节",
    ),
    (
        "{} has {} bytes, its header says {}",
        "{1} 有 {2} 字节，而文件头说有 {3} 字节",
    ),
    (
        "{} does not begin with the file code 9994",
        "{1} 不以文件代码 9994 开头",
    ),
    ("the .shp", ".shp 文件"),
    ("the .shx", ".shx 文件"),
    ("the file", "文件"),
    (
        "it says it has {} rows, {} could be read",
        "声明有 {1} 行，只能读出 {2} 行",
    ),
    ("it has no layer", "没有图层"),
    ("it does not look like one inside", "内容看上去不是这种格式"),
    ("the name of a column", "列名"),
    ("row {}, column {}", "第 {1} 行“{2}”列"),
    (
        "row {} has SRID={}, rows before have SRID={}",
        "第 {1} 行的 SRID={2}，而前面各行为 SRID={3}",
    ),
    ("there is no row under the header", "表头之下没有数据行"),
    ("there is no feature in it", "其中没有要素"),
    ("after feature {}: {}", "在第 {1} 个要素之后：{2}"),
    (
        "\"type\" is {} where a feature was expected",
        "此处应为要素，而“type”为 {1}",
    ),
    (
        "feature {} has the member \"{}\" twice",
        "第 {1} 个要素的成员“{2}”出现了两次",
    ),
    ("it has no \"features\"{}", "没有“features”{1}"),
    (
        "its \"crs\" is neither a name nor a link",
        "其“crs”既不是名称也不是链接",
    ),
    ("a GeoJSON object", "GeoJSON 对象"),
    ("a GeoJSON feature", "GeoJSON 要素"),
    ("an array of features", "要素数组"),
    ("an object of properties", "属性对象"),
    ("no table of features is listed in it", "其中没有登记要素表"),
    ("it has no table \"{}\"", "没有表“{1}”"),
    (
        "its layer \"{}\" is a view or a virtual table ({}), and only plain tables are read: save the layer as a GeoPackage of its own",
        "图层“{1}”是视图或虚拟表（{2}），只读取普通表：请把该图层另存为单独的 GeoPackage",
    ),
    (
        "its layer \"{}\" has no column \"{}\"",
        "图层“{1}”没有列“{2}”",
    ),
    (
        "the request asks for open locks, which only a test program gives",
        "请求要求不加锁，只有测试程序可以这样做",
    ),
    ("the request names no format", "请求没有写明格式"),
    ("opening the archive", "打开压缩包"),
    ("unpacking", "解压"),
    ("opening the input", "打开输入文件"),
    ("opening {}", "打开 {1}"),
    ("reading row {}", "读取第 {1} 行"),
    ("reading the .dbf", "读取 .dbf"),
    ("reading the request", "读取请求"),
    ("understanding the request", "理解请求"),
    (
        "binding the reading process to its parent",
        "把读取进程与主程序绑定",
    ),
    ("forbidding further files", "禁止再写文件"),
    ("answering", "答复"),
    ("loading GDAL", "加载 GDAL"),
    ("loading PROJ's database", "加载 PROJ 的数据库"),
    (
        "this kernel has no Landlock: a file that takes over a format library could read other files",
        "系统内核没有 Landlock：恶意文件如果控制了格式程序库，就能读取其他文件",
    ),
    ("Landlock could not be used: {}", "Landlock 无法使用：{1}"),
    ("seccomp could not be used: {}", "seccomp 无法使用：{1}"),
    (
        "this kernel has no seccomp filters: {}",
        "系统内核没有 seccomp 过滤：{1}",
    ),
    ("{} cannot be limited: {}", "{1} 无法限制：{2}"),
    ("it does not say what it opened", "它没有说明打开了什么"),
    ("it goes on after its end", "它结束之后又继续答复"),
    ("it reads before it is locked", "它没有锁定就开始读取"),
    ("it locks itself twice", "它锁定了两次"),
    (
        "it sent {} rows and counts {}",
        "它送出 {1} 行，却说有 {2} 行",
    ),
    (
        "it ended inside the head of a frame",
        "它在答复的开头就结束了",
    ),
    (
        "it ended {} bytes into a frame of {}",
        "答复应有 {2} 字节，到 {1} 字节就结束了",
    ),
    // why a file is not written
    (
        "its name is not a file name in UTF-8",
        "文件名不是有效的 UTF-8 文本",
    ),
    (
        "row {} has {} values for {} columns",
        "第 {1} 行有 {2} 个值，而列有 {3} 个",
    ),
    (
        "the column name \"{}\" is longer than {} bytes: write a GeoPackage instead",
        "列名“{1}”超过 {2} 字节：请改写 GeoPackage",
    ),
    (
        "it has no column, and a Shapefile needs one",
        "没有列，而 Shapefile 至少要有一列",
    ),
    (
        "it mixes points, lines and polygons: write a GeoPackage instead",
        "混有点、线和面：请改写 GeoPackage",
    ),
    (
        "row {}, column {}: the text has {} bytes, a Shapefile holds {}: write a GeoPackage instead",
        "第 {1} 行“{2}”列的文本有 {3} 字节，而 Shapefile 最多 {4} 字节：请改写 GeoPackage",
    ),
    (
        "lines of GeoJSON can only be WGS 84 or CGCS2000 degrees, not {}",
        "按行分隔的 GeoJSON 只能是 WGS 84 或 CGCS2000 经纬度，不能是 {1}",
    ),
    // the store
    ("not even a database", "它根本不是数据库"),
    ("but a folder", "而是一个文件夹"),
    (
        "but another SQLite database",
        "而是其他程序的 SQLite 数据库",
    ),
    (
        "but a GeoPackage of another program",
        "而是其他程序的 GeoPackage",
    ),
    ("making a file beside", "建立临时文件于"),
    ("copying the store", "备份数据库"),
    ("reading", "读取"),
    (
        "row {} of {} refers to a row of {} that is missing",
        "表 {2} 第 {1} 行所指的表 {3} 中的行不存在",
    ),
    ("of unknown number", "（编号不明）"),
    ("writing", "写入"),
    ("naming", "命名"),
    ("keeping the name of", "保存文件名"),
    ("opening the store", "打开数据库"),
    ("reading the change counter", "读取修改计数"),
    ("setting the time to wait", "设置等待时间"),
    ("reading the plans", "读取方案列表"),
    ("reading a plan", "读取方案"),
    ("importing units", "导入单元"),
    ("making a plan", "新建方案"),
    ("recording a check", "记录检查结果"),
    ("publishing a plan", "发布方案"),
    ("checking the store", "检查数据库"),
    ("a grid without a shape", "网格没有边界"),
    ("its number is negative", "编号为负数"),
    (
        "its code \"{}\" has space at its ends",
        "编码“{1}”的首尾有空格",
    ),
    (
        "its {} is of the wrong type or out of range",
        "{1} 的类型不对或超出范围",
    ),
    (
        "column {} holds {} that cannot be read",
        "第 {1} 列的 {2} 值无法读取",
    ),
    ("column {} holds {}", "第 {1} 列的值类型为 {2}"),
    ("a row is missing", "缺少一行"),
    (
        "the answer of SQLite cannot be understood",
        "看不懂 SQLite 的答复",
    ),
    (
        "the geometry has {} bytes and ends too early, at byte {}",
        "图形数据有 {1} 字节，在第 {2} 字节处过早结束",
    ),
    (
        "the geometry has {} bytes, {} of them behind its end",
        "图形数据有 {1} 字节，其中 {2} 字节在结尾之后",
    ),
    (
        "ring {} of the geometry has a vertex at {}, off the lattice",
        "第 {1} 个环有顶点 {2} 不在格点上",
    ),
    ("ring {} of the geometry: {}", "第 {1} 个环：{2}"),
    // synthetic cities
    ("the communities", "社区"),
    ("the villages", "村"),
    ("the grids in a community", "每个社区的网格"),
    (
        "between 0.01 and 1,000,000 square kilometres",
        "0.01 到 1,000,000 平方公里",
    ),
    ("within 70 degrees of the equator", "距赤道 70 度以内"),
];
