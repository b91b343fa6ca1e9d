//! Rules of responsibility (责任规则), compiled: who handles what, where, at which tier, and why.
//! No I/O, no geometry.
//!
//! A grid is known by its [`Ground`]: the chain of units it lies in, and its kind.
//!
//! ```
//! use wangge_duty::{Duty, Ground};
//! use wangge_model::{Departments, ListRow, ObjectKind, Rules};
//!
//! let departments = Departments::read(&[
//!     ListRow::new(1, [("code", "C1"), ("name", "社区")]),
//!     ListRow::new(2, [("code", "D1"), ("name", "排水管理所")]),
//! ]).map_err(|mut faults| faults.remove(0))?;
//! let rules = Rules::read(&[
//!     ListRow::new(1, [("tier", "1"), ("area", "211403001"), ("department", "C1")]),
//!     ListRow::new(2, [("tier", "1"), ("class", "0102"), ("department", "D1")]),
//! ]).map_err(|mut faults| faults.remove(0))?;
//!
//! // unit 7 is 211403001
//! let duty = Duty::compile(&rules, &departments, [1], |_| Some(7))?;
//! let ground = Ground { chain: &[0, 7, 31], kind: None };
//! let whose = |class| {
//!     let handler = duty.handler(1, ObjectKind::Component, class, ground)?;
//!     Some(departments.all()[handler.department].name.as_str())
//! };
//! assert_eq!(whose("0102"), Some("排水管理所"));
//! assert_eq!(whose("0301"), Some("社区"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod compile;
mod error;
mod hole;
mod reason;
mod resolve;

pub use compile::Duty;
pub use error::DutyError;
pub use hole::Hole;
pub use reason::{LostBy, NamedArea, Reason, RunnerUp};
pub use resolve::{Ground, Handler};
