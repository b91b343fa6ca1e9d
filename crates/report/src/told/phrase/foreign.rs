//! Phrases of the libraries and systems that messages pass on: TOML, regular expressions, JSON,
//! SQLite, Linux, and the areas of the EPSG dataset in China.

use super::Entry;

pub(super) const PHRASES: &[Entry] = &[
    // TOML (crates toml and serde)
    (
        "unknown field `{}`, expected one of {}",
        "未知的键 `{1}`，可用的键：{2}",
    ),
    (
        "unknown field `{}`, expected {}",
        "未知的键 `{1}`，可用的键：{2}",
    ),
    ("missing field `{}`", "缺少键 `{1}`"),
    ("duplicate field `{}`", "键 `{1}` 重复"),
    ("duplicate key", "键重复"),
    (
        "key with no value, expected `=`",
        "键没有值：应写成 键 = 值",
    ),
    (
        "string values must be quoted, expected literal string",
        "文本值须加英文引号",
    ),
    (
        "invalid basic string, expected `\"`",
        "文本没有以英文引号 \" 结尾",
    ),
    (
        "invalid literal string, expected `'`",
        "文本没有以英文引号 ' 结尾",
    ),
    (
        "unclosed array table, expected `]`",
        "表头没有写完：缺少 ]]",
    ),
    ("unclosed table, expected `]`", "表头没有写完：缺少 ]"),
    ("unclosed array, expected `]`", "数组没有写完：缺少 ]"),
    ("unclosed inline table, expected `}`", "表没有写完：缺少 }"),
    (
        "missing escaped value, expected {}",
        "文本中的 \\ 之后应为 {1}；正则表达式请用单引号",
    ),
    ("invalid key-value pair, expected key", "此处应为 键 = 值"),
    (
        "unquoted keys cannot be empty, expected {}",
        "键不能为空，可用 {1}",
    ),
    (
        "unexpected key or value, expected newline, `#`",
        "一行只能写一个 键 = 值",
    ),
    ("invalid boolean, expected {}", "不是真假值：应为 {1}"),
    (
        "invalid type: {}, expected {}",
        "值的类型不对：现为{1}，应为{2}",
    ),
    ("invalid value: {}, expected {}", "值不对：现为{1}，应为{2}"),
    (
        "invalid length {}, expected an array of length {}",
        "数组有 {1} 项，应有 {2} 项",
    ),
    ("integer `{}`", "整数 {1}"),
    ("floating point `{}`", "小数 {1}"),
    ("boolean `{}`", "真假值 {1}"),
    ("string \"{}\"", "文本“{1}”"),
    ("sequence", "数组"),
    ("map", "表"),
    ("null", "空值"),
    ("a string", "文本"),
    ("a sequence", "数组"),
    ("a map", "表"),
    ("a boolean", "真假值（true 或 false）"),
    ("u32", "0 到 4294967295 的整数"),
    ("usize", "0 以上的整数"),
    ("an array of length {}", "{1} 项的数组"),
    // regular expressions
    ("error: {}", "{1}"),
    ("unclosed group", "括号没有写完"),
    ("unopened group", "多出一个右括号"),
    ("unclosed character class", "方括号没有写完"),
    (
        "invalid repetition count range, the start must be <= the end",
        "重复次数的范围前大后小",
    ),
    (
        "repetition operator missing expression",
        "重复符号之前没有内容",
    ),
    ("empty capture group name", "组的名称为空"),
    ("duplicate capture group name", "组的名称重复"),
    (
        "incomplete escape sequence, reached end of pattern prematurely",
        "结尾的 \\ 之后缺少字符",
    ),
    ("Unicode property not found", "没有这个 Unicode 属性"),
    ("unrecognized flag", "未知的标志"),
    ("unclosed counted repetition", "花括号没有写完"),
    (
        "invalid character class range, the start must be <= the end",
        "字符范围前大后小",
    ),
    ("unrecognized escape sequence", "未知的转义"),
    (
        "look-around, including look-ahead and look-behind, is not supported",
        "不支持前后查找",
    ),
    ("backreferences are not supported", "不支持反向引用"),
    // JSON and CSV
    ("{} at line {} column {}", "{1}（第 {2} 行第 {3} 列）"),
    ("EOF while parsing {}", "文件在{1}中间结束"),
    ("an object", "对象"),
    ("a list", "数组"),
    ("a value", "值"),
    ("expected value", "此处应为值"),
    ("expected ident", "此处应为值"),
    ("expected `{}`", "此处应为 {1}"),
    ("expected `,` or `}`", "此处应为 , 或 }"),
    ("expected `,` or `]`", "此处应为 , 或 ]"),
    ("key must be a string", "键须是带引号的文本"),
    ("trailing comma", "末尾多出逗号"),
    ("trailing characters", "结束之后还有内容"),
    ("invalid number", "数字有误"),
    ("invalid unicode code point", "字符有误"),
    (
        "control character (\\u0000-\\u001F) found while parsing a string",
        "文本中有控制字符",
    ),
    (
        "CSV error: record {} (line: {}, byte: {}): found record with {} fields, but the previous record has {} fields",
        "第 {2} 行有 {4} 个字段，而前面各行有 {5} 个（第 {1} 条记录，第 {3} 字节）",
    ),
    (
        "CSV parse error: record {} (line {}, field: {}, byte: {}): invalid utf-8: {}",
        "第 {2} 行第 {3} 个字段不是有效的 UTF-8 文本（第 {1} 条记录，第 {4} 字节；{5}）",
    ),
    (
        "invalid UTF-8 in field {} near byte index {}",
        "字段 {1} 的第 {2} 字节",
    ),
    // SQLite
    ("file is not a database", "文件不是数据库"),
    ("database disk image is malformed", "数据库文件内容已损坏"),
    ("row {} missing from index {}", "索引 {2} 中缺少第 {1} 行"),
    ("wrong # of entries in index {}", "索引 {1} 的条数不对"),
    ("non-unique entry in index {}", "索引 {1} 中有重复的条目"),
    ("NULL value in {}", "{1} 为空值"),
    ("Page {} is never used", "第 {1} 页没有用到"),
    ("Page {}: never used", "第 {1} 页没有用到"),
    ("unable to open database file", "无法打开数据库文件"),
    // the system
    (
        "No such file or directory (os error {})",
        "文件或文件夹不存在",
    ),
    ("Permission denied (os error {})", "没有访问权限"),
    ("Cannot allocate memory (os error {})", "内存不足"),
    ("No space left on device (os error {})", "磁盘已满"),
    ("Too many open files (os error {})", "打开的文件过多"),
    ("Input/output error (os error {})", "读写设备出错"),
    // areas of use
    ("World", "全球"),
    ("China", "中国"),
    ("China - onshore", "中国陆地"),
    ("China - onshore and offshore", "中国陆地和海域"),
    ("China - onshore between {} and {}", "中国陆地 {1} 至 {2}"),
    ("China - onshore - between {} and {}", "中国陆地 {1} 至 {2}"),
    ("China - between {} and {}", "中国 {1} 至 {2}"),
    ("China - onshore west of {}", "中国陆地 {1} 以西"),
    ("China - onshore east of {}", "中国陆地 {1} 以东"),
];
