//! The domain of grid governance (网格化管理): schemes of levels, codes, grids, plans. No I/O.
//!
//! A city writes its levels down in a [`Scheme`]; everything that carries a code is a [`Unit`] of
//! one of these levels; a [`Grid`] is a unit of the lowest level with its ground.
//!
//! ```
//! use wangge_model::{Code, Scheme};
//!
//! let scheme = Scheme::from_toml(r#"
//!     city = "longgang"
//!     name = "葫芦岛市龙港区"
//!
//!     [[level]]
//!     id = "street"
//!     name = "街道"
//!     code = '^\d{9}$'
//!
//!     [[level]]
//!     id = "grid"
//!     name = "网格"
//!     code = '^\d{15}$'
//!     parent = { prefix = 9 }
//! "#)?;
//! let grid = &scheme.levels()[scheme.lowest().0];
//! assert!(grid.pattern().matches(&"211403001002014".parse::<Code>()?));
//! # Ok::<(), wangge_model::ModelError>(())
//! ```

mod base;
mod border;
mod check;
mod class;
mod code;
mod code_split;
mod component;
mod defect;
mod department;
mod device;
mod dwelling;
mod error;
mod issue;
mod list;
mod overlay;
mod parent;
mod pattern;
mod plan;
mod post;
mod rule;
mod scheme;
mod scheme_file;
mod street;
mod template;
mod unit;

pub use base::BaseFeature;
pub use border::{Border, BorderStatus};
pub use class::{AccuracyClass, Class, ClassGeometry, ClassTable, ObjectKind};
pub use code::{Code, MAX_CODE_CHARS};
pub use code_split::CodeSplit;
pub use component::{Component, ComponentRules, ComponentState, DepartmentRole, OwnDepartments};
pub use defect::{Quantity, Severity, UnitDefect};
pub use department::{Department, Departments};
pub use device::Device;
pub use dwelling::Dwelling;
pub use error::ModelError;
pub use issue::{CodeIssuer, IssueError};
pub use list::{EarlierRow, ListFault, ListKind, ListRow, RowFault};
pub use overlay::Overlay;
pub use parent::{ParentLink, Relation};
pub use pattern::CodePattern;
pub use plan::{PlanState, Version};
pub use post::Post;
pub use rule::{Rule, RuleKey, Rules};
pub use scheme::{ComponentScheme, Level, LevelIndex, Limits, ParentRule, Scheme, SizeRange, Tier};
pub use street::Street;
pub use unit::{Grid, GridKind, Unit};
