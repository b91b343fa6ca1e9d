//! Why a department handles something: which rule says so.

use wangge_model::{DepartmentRole, GridKind, ObjectKind, Rule};

use crate::Language;

/// Says for what, where and for which grids a rule was made. `class` and `area` are the names of
/// what it names.
///
/// ```
/// use wangge_model::{ListRow, Rules};
/// use wangge_report::{Language, reason};
/// let row = ListRow::new(1, [("tier", "1"), ("department", "D1"), ("area", "211403001")]);
/// let rules = Rules::read(&[row]).unwrap_or_default();
/// assert_eq!(
///     reason(&rules.all()[0], None, Some("葫芦岛街道"), Language::En),
///     "whatever is not ruled otherwise (fallback of the territory), in 211403001 葫芦岛街道"
/// );
/// ```
pub fn reason(rule: &Rule, class: Option<&str>, area: Option<&str>, language: Language) -> String {
    let named = |code: &str, name: Option<&str>| match name {
        Some(name) => format!("{code} {name}"),
        None => code.to_owned(),
    };
    let class = rule.class.as_ref().map(|code| named(code.as_str(), class));
    let area = rule.area.as_ref().map(|code| named(code.as_str(), area));
    let kind = rule.grid_kind.as_ref();
    match language {
        Language::Zh => in_chinese(rule.object, class, area, kind),
        Language::En => in_english(rule.object, class, area, kind),
    }
}

/// Says, where a rule's [`reason`] would stand, that a component's own department comes before the
/// rules for its class.
pub const fn own_reason(role: DepartmentRole, language: Language) -> &'static str {
    match (language, role) {
        (Language::Zh, DepartmentRole::InCharge) => "部件本身：其主管部门",
        (Language::Zh, DepartmentRole::Owner) => "部件本身：其权属单位",
        (Language::Zh, DepartmentRole::Maintainer) => "部件本身：其养护单位",
        (Language::En, DepartmentRole::InCharge) => {
            "the component itself: its department in charge"
        }
        (Language::En, DepartmentRole::Owner) => "the component itself: its owner",
        (Language::En, DepartmentRole::Maintainer) => "the component itself: its maintainer",
    }
}

fn in_english(
    object: Option<ObjectKind>,
    class: Option<String>,
    area: Option<String>,
    kind: Option<&GridKind>,
) -> String {
    let mut text = match (object, class) {
        (None, None) => "whatever is not ruled otherwise (fallback of the territory)".to_owned(),
        (Some(object), None) => {
            format!("every {object} that is not ruled otherwise (fallback of the territory)")
        }
        (None, Some(class)) => format!("class {class}"),
        (Some(object), Some(class)) => format!("{object} class {class}"),
    };
    if let Some(area) = area {
        text.push_str(", in ");
        text.push_str(&area);
    }
    if let Some(kind) = kind {
        text.push_str(", in grids of kind ");
        text.push_str(kind.as_str());
    }
    text
}

fn in_chinese(
    object: Option<ObjectKind>,
    class: Option<String>,
    area: Option<String>,
    kind: Option<&GridKind>,
) -> String {
    let object = object.map(|object| match object {
        ObjectKind::Component => "部件",
        ObjectKind::Event => "事件",
    });
    let mut text = match (object, class) {
        (object, None) => format!("未另作规定的{}（属地兜底）", object.unwrap_or("事项")),
        (object, Some(class)) => format!("{}类别 {class}", object.unwrap_or_default()),
    };
    if let Some(area) = area {
        text.push_str("，区域 ");
        text.push_str(&area);
    }
    if let Some(kind) = kind {
        text.push_str("，网格类型 ");
        text.push_str(match kind {
            GridKind::Urban => "城市",
            GridKind::Rural => "农村",
            GridKind::Special => "专属",
            GridKind::Other(word) => word,
        });
    }
    text
}
