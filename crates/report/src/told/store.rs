//! 数据库（GeoPackage 文件）的错误。

use wangge_model::PlanState;
use wangge_store::StoreError;

use super::{Told, phrase, with_causes};

impl Told for StoreError {
    #[expect(clippy::too_many_lines, reason = "a table: one entry for each error")]
    fn in_chinese(&self) -> String {
        match self {
            Self::Missing { path } => {
                format!("{} 处没有数据库：请用 `wangge init` 新建", path.display())
            }
            Self::Exists { path } => {
                format!("{} 已经存在：请为新数据库另取名称", path.display())
            }
            Self::Leftover { path, leftover } => format!(
                "{} 是先前的 {} 留下的，会毁坏同名的新文件：请另取名称，或在确认没有程序打开那个文件后把它移走",
                leftover.display(),
                path.display()
            ),
            Self::OntoItself { path } => {
                format!("{} 就是数据库本身：请为备份指定另一个文件", path.display())
            }
            Self::CopyNotWhole { path, first } => format!(
                "{} 的副本不完好，没有保留（{}）：用 `wangge store check` 逐一列出数据库的问题",
                path.display(),
                first.in_chinese()
            ),
            Self::NotAStore { path, found } => format!(
                "{} 不是 wangge 数据库，{}：请用 `wangge init` 新建数据库，再用 `wangge import` 导入该文件",
                path.display(),
                phrase(found)
            ),
            Self::Newer {
                path,
                found,
                supported,
            } => format!(
                "{} 是第 {found} 版格式的数据库，本版 wangge 只支持到第 {supported} 版：请使用写出它的较新版本",
                path.display()
            ),
            Self::ReadOnly { path } => format!(
                "{} 不能写入：请检查该文件及其所在文件夹的权限",
                path.display()
            ),
            Self::OpenedReadOnly { path } => {
                format!("{} 是以只读方式打开的，不能修改", path.display())
            }
            Self::CannotOpen { path, detail } => {
                format!("{} 不能打开：{}", path.display(), phrase(detail))
            }
            Self::Interrupted { path } => format!(
                "{} 中留有一次中断的写入，修复它需要写权限：请用有写权限的账户打开一次",
                path.display()
            ),
            Self::Locked { path, waited } => format!(
                "另一个程序正在写 {}，等待 {waited:?} 后仍未结束：请等它结束后再试（QGIS 的编辑状态也算）",
                path.display()
            ),
            Self::DiskFull { path } => {
                format!("{} 所在的磁盘已满；没有作任何修改", path.display())
            }
            Self::Damaged { path, detail } => {
                format!(
                    "{} 已损坏（{}）：请恢复备份",
                    path.display(),
                    phrase(detail)
                )
            }
            Self::Row {
                path,
                table,
                row,
                what,
            } => format!(
                "{} 的表 {table} 第 {row} 行：{}",
                path.display(),
                phrase(what)
            ),
            Self::Scheme { path, source } => format!(
                "{} 中的层级定义无法读取：{}",
                path.display(),
                source.in_chinese()
            ),
            Self::NoPlan { plan, known } => {
                format!("数据库中没有方案“{plan}”；已有：{}", phrase(known))
            }
            Self::PlanExists { plan } => format!("已有方案“{plan}”：请另取名称"),
            Self::PlanName { plan } => {
                format!("“{plan}”不能作方案名称：名称应为 1 到 100 个可见字符，首尾没有空格")
            }
            Self::PlanGuarded { plan, state } => format!(
                "方案“{plan}”{}，不能修改：请由它新建一个方案，在新方案上修改",
                state_words(*state)
            ),
            Self::PlanChanged {
                plan,
                expected,
                found,
            } => format!(
                "方案“{plan}”在检查之后又有改动（检查时为 {expected}，现在为 {found}）：请重新检查"
            ),
            Self::PlanEmpty { plan } => format!("方案“{plan}”没有网格：请先导入"),
            Self::EffectiveTooEarly {
                plan,
                effective,
                other,
                other_effective,
            } => format!(
                "方案“{plan}”不能自 {effective} 起生效：方案“{other}”自 {other_effective} 起生效，各方案须按时间先后衔接"
            ),
            Self::EffectiveOutOfRange { plan, effective } => {
                format!("方案“{plan}”不能自 {effective} 起生效：时间须在 1900 年到 9998 年之间")
            }
            Self::WrongLevel {
                code,
                level,
                expected,
            } => format!("单元 {code} 属于层级“{level}”，而此次导入的是层级“{expected}”"),
            Self::NoShape { code, level } => {
                format!("网格 {code} 没有边界：最低层级“{level}”的单元必须有边界")
            }
            Self::NotFinite { code, value } => {
                format!("单元 {code} 的面积为 {value}：应为有限的平方米数")
            }
            Self::CodesRepeated { count, codes } => {
                format!("要导入的单元中有 {count} 个编码重复：{codes}")
            }
            Self::CodesTaken { plan, count, codes } => format!(
                "有 {count} 个编码已在方案“{plan}”中：{codes}。请更新或替换其中的单元，或导入到新方案"
            ),
            Self::NotADigest { value } => {
                format!("“{value}”不是 SHA-256 摘要：应为 64 位十六进制数字")
            }
            Self::File {
                doing,
                path,
                source,
            } => format!(
                "{} {} 失败：{}",
                phrase(doing),
                path.display(),
                source.in_chinese()
            ),
            Self::Database {
                doing,
                path,
                detail,
            } => format!(
                "在 {} 中{}时失败：{}",
                path.display(),
                phrase(doing),
                phrase(detail)
            ),
            other => other.in_english(),
        }
    }

    fn in_english(&self) -> String {
        with_causes(self)
    }
}

const fn state_words(state: PlanState) -> &'static str {
    match state {
        PlanState::Draft => "是草案（draft）",
        PlanState::Checked => "已检查（checked）",
        PlanState::Published => "已发布（published）",
        PlanState::Superseded => "已被取代（superseded）",
    }
}
