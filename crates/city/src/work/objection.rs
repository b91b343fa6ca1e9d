//! What keeps a plan from being published, each thing by its id, and told in both languages.

use wangge_coverage::{Defect, DefectKind, defect_id};
use wangge_model::{Code, ObjectKind, UnitDefect};
use wangge_report::{Language, Told, area, counted, grouped, kind_words, length_m, list_name};

use crate::{CityError, ListMistake};

/// How many codes an objection names.
const LISTED: usize = 4;

/// Something that keeps a plan from being published.
#[derive(Debug)]
#[non_exhaustive]
pub enum Objection {
    /// Ground is covered other than once.
    Boundary {
        /// What is wrong.
        defect: Box<Defect>,
        /// The codes of the grids concerned.
        codes: Vec<String>,
    },
    /// A unit breaks a rule of the scheme.
    Unit(UnitDefect),
    /// A row of a list is wrong, or names what is not there.
    List(ListMistake),
    /// A code that was retired comes back for other ground.
    Retired {
        /// Its name.
        id: String,
        /// The code.
        code: Code,
        /// The plan that had it last.
        plan: String,
    },
    /// Nobody handles a class somewhere.
    Duty {
        /// Its name.
        id: String,
        /// The tier.
        tier: u32,
        /// What the class is of.
        object: ObjectKind,
        /// The class.
        class: Code,
        /// How many grids nobody handles it in.
        grids: usize,
        /// The code of the first of them.
        first: String,
    },
    /// The plan cannot be served.
    City(Box<CityError>),
}

impl Objection {
    pub(super) fn retired(code: &Code, plan: &str) -> Self {
        Self::Retired {
            id: defect_id("retired-code", &[code.to_string()], plan.as_bytes()),
            code: code.clone(),
            plan: plan.to_owned(),
        }
    }

    /// The name by which it is accepted; stays the same as long as it does.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Boundary { defect, .. } => Some(&defect.id),
            Self::Retired { id, .. } | Self::Duty { id, .. } => Some(id),
            _ => None,
        }
    }

    /// What kind of objection it is, in the words of a validation report.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Boundary { defect, .. } => defect.kind.name(),
            Self::Unit(defect) => defect.kind(),
            Self::List(_) => "list",
            Self::Retired { .. } => "retired-code",
            Self::Duty { .. } => "duty-hole",
            Self::City(_) => "city",
        }
    }

    /// Whether a person may accept it. What cannot be served, or is plainly a mistake, is not.
    pub fn may_be_accepted(&self) -> bool {
        match self {
            Self::Boundary { defect, .. } => !matches!(
                defect.kind,
                DefectKind::SelfIntersection | DefectKind::Empty | DefectKind::DuplicateGrid
            ),
            Self::Retired { .. } | Self::Duty { .. } => true,
            Self::Unit(_) | Self::List(_) | Self::City(_) => false,
        }
    }

    fn boundary(defect: &Defect, codes: &[String], language: Language) -> String {
        let (zh, en) = kind_words(defect.kind.name());
        let mut told = vec![match language {
            Language::Zh => zh.to_owned(),
            Language::En => en.to_owned(),
        }];
        if !codes.is_empty() {
            let shown = codes[..codes.len().min(LISTED)].join(" ");
            let more = if codes.len() > LISTED { " …" } else { "" };
            told.push(match language {
                Language::Zh => format!("网格 {shown}{more}"),
                Language::En => format!("grids {shown}{more}"),
            });
        }
        told.extend(defect.area_m2.map(area));
        told.extend(defect.width_m.map(|width_m| match language {
            Language::Zh => format!("宽 {}", length_m(width_m)),
            Language::En => format!("{} wide", length_m(width_m)),
        }));
        told.extend(defect.point().map(|point| {
            let (lon, lat) = (point.lon(), point.lat());
            match language {
                Language::Zh => format!("位于 {lon} {lat}"),
                Language::En => format!("at {lon} {lat}"),
            }
        }));
        told.join(match language {
            Language::Zh => "，",
            Language::En => ", ",
        })
    }
}

impl Told for Objection {
    fn in_chinese(&self) -> String {
        match self {
            Self::Boundary { defect, codes } => Self::boundary(defect, codes, Language::Zh),
            Self::Unit(defect) => defect.in_chinese(),
            Self::List(mistake) => format!(
                "数据库中的{}{}",
                list_name(mistake.list, Language::Zh),
                mistake.fault.in_chinese()
            ),
            Self::Retired { code, plan, .. } => format!(
                "编码 {code} 已停用（最后用于方案“{plan}”），现用于另一块地：停用的编码不再发放，请换一个新编码"
            ),
            Self::Duty {
                tier,
                object,
                class,
                grids,
                first,
                ..
            } => format!(
                "第 {tier} 层：{}类别 {class} 在 {} 个网格没有部门负责，如 {first}",
                match object {
                    ObjectKind::Component => "部件",
                    ObjectKind::Event => "事件",
                },
                grouped(*grids)
            ),
            Self::City(error) => error.in_chinese(),
        }
    }

    fn in_english(&self) -> String {
        match self {
            Self::Boundary { defect, codes } => Self::boundary(defect, codes, Language::En),
            Self::Unit(defect) => defect.to_string(),
            Self::List(mistake) => format!("the store's {mistake}"),
            Self::Retired { code, plan, .. } => format!(
                "the code {code} was retired (plan \"{plan}\" had it last) and comes back for other \
                 ground: retired codes are never issued again, give the unit a new one"
            ),
            Self::Duty {
                tier,
                object,
                class,
                grids,
                first,
                ..
            } => format!(
                "tier {tier}: nobody handles {object} {class} in {}, such as {first}",
                counted(*grids, "grid", "grids")
            ),
            Self::City(error) => error.in_english(),
        }
    }
}
