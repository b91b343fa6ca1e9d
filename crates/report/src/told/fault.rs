//! 数据库检查（`wangge store check`）发现的问题：是什么、在哪里、怎么办。

use wangge_store::Fault;

use super::{Told, list_name, phrase};
use crate::Language;

impl Told for Fault {
    fn in_chinese(&self) -> String {
        match self {
            Self::File { message } => format!("文件已损坏：{}", phrase(message)),
            Self::Schema {
                name,
                present: true,
            } => format!("“{name}”与建库时不同"),
            Self::Schema {
                name,
                present: false,
            } => format!("缺少“{name}”"),
            Self::Unregistered { layer } => format!("图层“{layer}”没有登记在 gpkg_contents 中"),
            Self::Scheme { expected, found } => {
                format!("层级定义被改动：摘要应为 {expected}，现为 {found}")
            }
            Self::ShapeDigest {
                shape,
                expected,
                found,
            } => format!("第 {shape} 号图形被改动：摘要应为 {expected}，现为 {found}"),
            Self::Shape { shape, what } => {
                format!("第 {shape} 号图形无法读取：{}", phrase(what))
            }
            Self::PlanContents {
                plan,
                expected,
                found,
            } => format!("方案“{plan}”在检查之后被改动：摘要应为 {expected}，现为 {found}"),
            Self::List {
                kind,
                list,
                expected,
                found,
            } => format!(
                "第 {list} 份名单（{}）在导入之后被改动：摘要应为 {expected}，现为 {found}",
                list_name(*kind, Language::Zh)
            ),
            Self::Unreadable { table, list, what } => {
                format!("表 {table} 的第 {list} 次导入无法读取：{}", phrase(what))
            }
            Self::Components {
                import,
                expected,
                found,
            } => format!(
                "部件的第 {import} 次导入所写的内容被改动：摘要应为 {expected}，现为 {found}"
            ),
            Self::Log { line } => {
                format!("操作日志被改动：第 {line} 行与写入时不同，或缺少前面的行")
            }
            Self::Plan { plan, what } => format!("方案“{plan}”无法读取：{}", phrase(what)),
            other => other.to_string(),
        }
    }

    fn in_english(&self) -> String {
        self.to_string()
    }
}

/// A word for the kind of a fault that a program can go by.
pub const fn fault_kind(fault: &Fault) -> &'static str {
    match fault {
        Fault::File { .. } => "file",
        Fault::Schema { .. } => "schema",
        Fault::Unregistered { .. } => "unregistered",
        Fault::Scheme { .. } => "scheme",
        Fault::ShapeDigest { .. } | Fault::Shape { .. } => "shape",
        Fault::PlanContents { .. } | Fault::Plan { .. } => "plan",
        Fault::List { .. } | Fault::Unreadable { .. } => "list",
        Fault::Components { .. } => "components",
        Fault::Log { .. } => "log",
        _ => "other",
    }
}

/// Where a fault is: a table, and behind a slash the row, the name or the number in it. `None` for
/// the file as a whole.
///
/// ```
/// let fault = wangge_store::Fault::Plan { plan: "2026".to_owned(), what: String::new() };
/// assert_eq!(wangge_report::fault_place(&fault).as_deref(), Some("plans/2026"));
/// ```
pub fn fault_place(fault: &Fault) -> Option<String> {
    Some(match fault {
        Fault::Schema { name, .. } => (*name).to_owned(),
        Fault::Unregistered { layer } => format!("gpkg_contents/{layer}"),
        Fault::Scheme { .. } => "wangge_store/1".to_owned(),
        Fault::ShapeDigest { shape, .. } | Fault::Shape { shape, .. } => format!("shapes/{shape}"),
        Fault::PlanContents { plan, .. } | Fault::Plan { plan, .. } => format!("plans/{plan}"),
        Fault::List { kind, list, .. } => format!("{kind}/{list}"),
        Fault::Unreadable { table, list, .. } => format!("{table}/{list}"),
        Fault::Log { line } => format!("audit/{line}"),
        Fault::Components { import, .. } => format!("component_imports/{import}"),
        _ => return None,
    })
}

/// What a person can do about a fault.
pub const fn fault_advice(fault: &Fault, language: Language) -> &'static str {
    let (zh, en) = match fault {
        Fault::Schema { .. } | Fault::Unregistered { .. } => (
            "有别的程序改动了库的结构，数据可能完好：请恢复备份；没有备份时，用 `wangge export grids` 导出各方案，再导入新库",
            "another program changed the tables, the data may be whole: restore a backup; without one, write each plan out with `wangge export grids` and import it into a new store",
        ),
        Fault::PlanContents { .. }
        | Fault::Plan { .. }
        | Fault::ShapeDigest { .. }
        | Fault::Shape { .. } => (
            "请恢复备份；没有备份时，用原始文件导入一个新方案并发布，其余方案不受影响",
            "restore a backup; without one, import the plan's files into a new plan and publish that: the other plans are not touched",
        ),
        Fault::List { .. } | Fault::Unreadable { .. } | Fault::Components { .. } => (
            "请恢复备份；没有备份时，重新导入该名单或部件，新的导入会取代它",
            "restore a backup; without one, import the list or the components again: the new import takes its place",
        ),
        Fault::Log { .. } => (
            "有人改动过操作日志，其中的记录不可再作凭据：请与备份中的日志对照，并查明是谁改的；方案和名单各有自己的检查",
            "somebody changed the log, and it proves nothing from that line on: compare it with a backup's, and find out who did it; plans and lists have checks of their own",
        ),
        _ => (
            "请停止使用该库，并恢复备份；磁盘可能有故障，请一并检查",
            "stop using the store and restore a backup; look at the disk too, which may be failing",
        ),
    };
    match language {
        Language::Zh => zh,
        Language::En => en,
    }
}
