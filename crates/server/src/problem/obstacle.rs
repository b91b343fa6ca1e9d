//! What stands in the way of work on plans, and the problems that errors of that work are.

use http::StatusCode;
use serde::Serialize;
use wangge_city::CityError;
use wangge_city::work::{Objection, WorkError};
use wangge_exchange::{ExchangeError, Refusal};
use wangge_report::Told as _;
use wangge_store::StoreError;

use super::Problem;
use crate::language::Language;

/// What stands in the way of work on plans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// There is no such plan.
    UnknownPlan,
    /// The plan is in a state in which this cannot be done.
    WrongState,
    /// It does not go together with what is there: a name or a code is taken, a time comes too
    /// early.
    Conflict,
    /// Somebody changed the plan meanwhile.
    Changed,
    /// The file is not what it says, or cannot be read as boundaries.
    BadFile,
    /// The file, or what is in it, is too large.
    FileTooLarge,
    /// What the file holds does not follow the scheme.
    BadUnits,
    /// Something speaks against publishing the plan.
    NotPublishable,
    /// The plan cannot be put on a map before something in it is mended.
    NotDrawable,
    /// The grids cannot be redrawn so.
    BadEdit,
    /// What was asked for names what is not there.
    BadOrder,
    /// Another program is writing to the store.
    StoreBusy,
    /// The store cannot be written.
    StoreNotWritable,
}

impl Obstacle {
    pub(super) const fn status(self) -> StatusCode {
        match self {
            Self::UnknownPlan => StatusCode::NOT_FOUND,
            Self::WrongState | Self::Conflict | Self::Changed | Self::NotDrawable => {
                StatusCode::CONFLICT
            }
            Self::BadFile | Self::BadUnits | Self::NotPublishable | Self::BadEdit => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Self::FileTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BadOrder => StatusCode::BAD_REQUEST,
            Self::StoreBusy => StatusCode::SERVICE_UNAVAILABLE,
            Self::StoreNotWritable => StatusCode::INSUFFICIENT_STORAGE,
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::UnknownPlan => "unknown-plan",
            Self::WrongState => "wrong-state",
            Self::Conflict => "conflict",
            Self::Changed => "plan-changed",
            Self::BadFile => "unreadable-file",
            Self::FileTooLarge => "file-too-large",
            Self::BadUnits => "bad-units",
            Self::NotPublishable => "not-publishable",
            Self::NotDrawable => "plan-not-drawable",
            Self::BadEdit => "bad-edit",
            Self::BadOrder => "bad-order",
            Self::StoreBusy => "store-busy",
            Self::StoreNotWritable => "store-not-writable",
        }
    }

    pub(super) const fn titles(self) -> (&'static str, &'static str) {
        match self {
            Self::UnknownPlan => ("没有这个方案", "Unknown plan"),
            Self::WrongState => ("方案的状态不允许", "The plan is in another state"),
            Self::Conflict => ("与现有内容冲突", "It conflicts with what is there"),
            Self::Changed => ("方案已被改动", "The plan was changed meanwhile"),
            Self::BadFile => ("文件无法读取", "The file cannot be read"),
            Self::FileTooLarge => ("文件过大", "The file is too large"),
            Self::BadUnits => (
                "文件内容不符合层级定义",
                "The units do not follow the scheme",
            ),
            Self::NotDrawable => ("方案还不能成图", "The plan cannot be drawn yet"),
            Self::BadEdit => ("网格不能这样改画", "The grids cannot be redrawn so"),
            Self::NotPublishable => ("方案不能发布", "The plan cannot be published"),
            Self::BadOrder => ("请求有误", "The request cannot be carried out"),
            Self::StoreBusy => ("数据库正被写入", "The store is being written"),
            Self::StoreNotWritable => ("数据库不能写入", "The store cannot be written"),
        }
    }
}

/// One thing that speaks against publishing a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectionTold {
    /// The id by which it is accepted.
    pub id: Option<String>,
    /// What kind of thing it is.
    pub kind: &'static str,
    /// Whether a person may accept it.
    pub may_be_accepted: bool,
    /// What it is, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
}

impl ObjectionTold {
    pub(crate) fn of(objection: &Objection) -> Self {
        Self {
            id: objection.id().map(str::to_owned),
            kind: objection.kind(),
            may_be_accepted: objection.may_be_accepted(),
            zh: objection.in_chinese(),
            en: objection.in_english(),
        }
    }

    /// As answers have it.
    pub(crate) fn row(&self, language: Language) -> ObjectionRow<'_> {
        ObjectionRow {
            id: self.id.as_deref(),
            kind: self.kind,
            may_be_accepted: self.may_be_accepted,
            detail: match language {
                Language::Zh => &self.zh,
                Language::En => &self.en,
            },
        }
    }
}

/// An objection in one language.
#[derive(Debug, Serialize)]
pub(crate) struct ObjectionRow<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    kind: &'static str,
    may_be_accepted: bool,
    detail: &'a str,
}

/// Whether the machine, which most likely has no memory left, did not let a file be read to its end.
fn is_killed(error: &ExchangeError) -> bool {
    let killed = matches!(error, ExchangeError::Ended { how, .. } if how.is_killed());
    if killed {
        tracing::warn!(%error, "a file could not be read");
    }
    killed
}

impl From<WorkError> for Problem {
    fn from(error: WorkError) -> Self {
        let what = match &error {
            WorkError::City(_) => match error {
                WorkError::City(CityError::NoGrids { .. }) => Obstacle::NotPublishable,
                WorkError::City(error) => return error.into(),
                _ => return Self::Internal,
            },
            WorkError::Store(error) => match of_store(error) {
                Some(what) => what,
                None => return Self::internal(error),
            },
            WorkError::Exchange(
                ExchangeError::TooLarge { .. }
                | ExchangeError::Refused {
                    refusal: Refusal::Limit { .. },
                    ..
                },
            ) => Obstacle::FileTooLarge,
            WorkError::Exchange(ExchangeError::Start { .. }) => return Self::internal(&error),
            WorkError::Exchange(ended) if is_killed(ended) => return Self::Overloaded,
            WorkError::Exchange(_) | WorkError::Crs(_) | WorkError::Plane(_) => Obstacle::BadFile,
            WorkError::Row { .. }
            | WorkError::Rules { .. }
            | WorkError::CodeInTwoFiles { .. }
            | WorkError::Model(_) => Obstacle::BadUnits,
            WorkError::Uncompiled(_) => Obstacle::NotDrawable,
            WorkError::Refused { .. } => Obstacle::NotPublishable,
            WorkError::Edit(_) | WorkError::Issue(_) => Obstacle::BadEdit,
            _ => Obstacle::BadOrder,
        };
        Self::NotDone {
            what,
            zh: error.in_chinese(),
            en: error.in_english(),
            objections: match &error {
                WorkError::Refused { objections, .. } => {
                    objections.iter().map(ObjectionTold::of).collect()
                }
                _ => Vec::new(),
            },
        }
    }
}

impl Problem {
    /// Why a plan has no tiles. A draft may be anything that a person draws: that is not the
    /// server's fault.
    pub(crate) fn of_undrawable(error: WorkError) -> Self {
        match error {
            WorkError::Uncompiled(error) => Self::NotDone {
                what: Obstacle::NotDrawable,
                zh: format!(
                    "该方案还没有瓦片：{}（问题清单见 /v1/plans/{{id}}/validation 和 …/readiness）",
                    error.in_chinese()
                ),
                en: format!(
                    "The plan has no tiles yet: {} (GET /v1/plans/{{id}}/validation and …/readiness list what is wrong)",
                    error.in_english()
                ),
                objections: Vec::new(),
            },
            error => error.into(),
        }
    }
}

impl Problem {
    /// Why a file of points has no answer.
    pub(crate) fn of_table_file(error: &ExchangeError) -> Self {
        let (zh, en) = (error.in_chinese(), error.in_english());
        match error {
            killed if is_killed(killed) => Self::Overloaded,
            // no fault of the file's
            ExchangeError::Start { .. }
            | ExchangeError::Open { .. }
            | ExchangeError::Answer { .. }
            | ExchangeError::Refused {
                refusal: Refusal::NotLocked { .. } | Refusal::System { .. },
                ..
            } => Self::internal(error),
            ExchangeError::TooLarge { .. }
            | ExchangeError::Refused {
                refusal: Refusal::Limit { .. },
                ..
            } => Self::NotDone {
                what: Obstacle::FileTooLarge,
                zh,
                en,
                objections: Vec::new(),
            },
            _ => Self::UnreadableTable { zh, en },
        }
    }
}

/// What an error of the store stands in the way as; `None` for one that is the server's own.
const fn of_store(error: &StoreError) -> Option<Obstacle> {
    Some(match error {
        StoreError::NoPlan { .. } => Obstacle::UnknownPlan,
        StoreError::PlanGuarded { .. } => Obstacle::WrongState,
        StoreError::PlanExists { .. }
        | StoreError::CodesTaken { .. }
        | StoreError::EffectiveTooEarly { .. } => Obstacle::Conflict,
        StoreError::PlanChanged { .. } => Obstacle::Changed,
        StoreError::PlanEmpty { .. } => Obstacle::NotPublishable,
        StoreError::CodesRepeated { .. }
        | StoreError::WrongLevel { .. }
        | StoreError::NoShape { .. }
        | StoreError::NotFinite { .. } => Obstacle::BadUnits,
        StoreError::PlanName { .. }
        | StoreError::EffectiveOutOfRange { .. }
        | StoreError::NoSuchUnits { .. } => Obstacle::BadOrder,
        StoreError::Locked { .. } => Obstacle::StoreBusy,
        StoreError::DiskFull { .. } | StoreError::ReadOnly { .. } => Obstacle::StoreNotWritable,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use wangge_exchange::ChildEnd;

    use super::*;

    fn ended(how: ChildEnd) -> ExchangeError {
        ExchangeError::Ended {
            file: "points.parquet".to_owned(),
            how,
        }
    }

    fn by_signal(signal: i32) -> ExchangeError {
        ended(ChildEnd::Signal {
            signal,
            last_words: String::new(),
        })
    }

    /// A machine without memory is not the file's fault, and another try may find some.
    #[test]
    fn a_process_that_the_system_kills_is_told_as_too_much_to_do() {
        assert!(matches!(
            Problem::of_table_file(&by_signal(9)),
            Problem::Overloaded
        ));
        let of_upload = Problem::from(WorkError::Exchange(by_signal(9)));
        assert!(matches!(of_upload, Problem::Overloaded));
        // a crash and its own bound are
        for error in [
            by_signal(11),
            ended(ChildEnd::Memory { limit_bytes: 1 }),
            ended(ChildEnd::CpuTime { limit_s: 1 }),
        ] {
            let of_file = Problem::of_table_file(&error);
            assert!(
                matches!(of_file, Problem::UnreadableTable { .. }),
                "{error}"
            );
        }
    }
}
