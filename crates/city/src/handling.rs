//! Who handles what is reported in a grid, at every tier, and who stands there.

use rustc_hash::FxHashMap;
use serde::Serialize;
use wangge_coverage::Owner;
use wangge_duty::{Duty, Ground, Hole};
use wangge_model::{Class, ClassTable, Code, Department, ObjectKind, Post, Rule, Scheme};
use wangge_report::{Language, reason};

use crate::responsibility::{Responsibility, kinds_of};
use crate::units::{Place, Units};
use crate::{City, CityError};

/// The rules of a city compiled for its units, and its posts by unit.
#[derive(Debug)]
pub(crate) struct Handling {
    pub(crate) responsibility: Responsibility,
    pub(crate) duty: Duty,
    /// How answers tell of each rule, by its place.
    told: Vec<RuleTold>,
    /// Places in the list of posts, by the unit that they are in.
    posts: FxHashMap<Place, Vec<usize>>,
}

/// The order in which [`RuleTold`] has them.
const OBJECTS: [ObjectKind; 2] = [ObjectKind::Component, ObjectKind::Event];
const LANGUAGES: [Language; 2] = [Language::Zh, Language::En];

/// A rule as answers name it, ready to be copied.
#[derive(Debug)]
struct RuleTold {
    key: Box<str>,
    /// For components and for events, each in Chinese and in English.
    reasons: [[Box<str>; 2]; 2],
}

/// What a report is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject<'a> {
    /// A component or an event.
    pub object: ObjectKind,
    /// Its class.
    pub class: &'a str,
}

/// What somebody who asks for handlers may see, and in which language reasons are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shown {
    /// Names and phone numbers of people, phone numbers of departments.
    pub contacts: bool,
    /// Of reasons.
    pub language: Language,
}

/// The department that handles something at a tier.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HandlerRef<'a> {
    /// 1 acts first.
    pub tier: u32,
    /// Which department.
    pub department: DepartmentRef<'a>,
    /// The rule by which it does, as [`RuleKey`](wangge_model::RuleKey) writes it.
    pub rule: &'a str,
    /// What the rule is for.
    pub reason: &'a str,
}

/// A department as answers name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DepartmentRef<'a> {
    /// Its code.
    pub code: &'a str,
    /// Its name.
    pub name: &'a str,
    /// How to reach it, for those who may see contacts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<&'a str>,
}

/// A post as answers name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct PostRef<'a> {
    /// Which of those that the scheme names.
    pub post: &'a str,
    /// Nobody stands there.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub vacant: bool,
    /// Who stands there, for those who may see contacts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    /// How to reach them; likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<&'a str>,
    /// The department or institution that holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<DepartmentRef<'a>>,
}

impl Handling {
    /// Compiles the lists of a city.
    ///
    /// # Errors
    /// [`CityError::Lists`] where they name what is not there.
    pub(crate) fn compile(
        responsibility: Responsibility,
        scheme: &Scheme,
        units: &Units,
    ) -> Result<Self, CityError> {
        let level_of = |code: &Code| {
            let place = units.by_code(code.as_str())?;
            Some(units.entry(place).unit.level)
        };
        let grids = units.level(scheme.lowest());
        let kinds = kinds_of(grids.map(|place| &units.entry(place).unit));
        let mistakes = responsibility.check(scheme, level_of, &kinds);
        if !mistakes.is_empty() {
            return Err(CityError::Lists { mistakes });
        }
        let duty = Duty::compile(
            &responsibility.rules,
            &responsibility.departments,
            scheme.tiers().iter().map(|tier| tier.number),
            |code| units.by_code(code.as_str()),
        )?;
        let rules = responsibility.rules.all().iter();
        let told = rules
            .map(|rule| RuleTold::of(rule, &responsibility.classes, units))
            .collect();
        let mut posts: FxHashMap<Place, Vec<usize>> = FxHashMap::default();
        for (at, post) in responsibility.posts.iter().enumerate() {
            if let Some(place) = units.by_code(post.unit.as_str()) {
                posts.entry(place).or_default().push(at);
            }
        }
        Ok(Self {
            responsibility,
            duty,
            told,
            posts,
        })
    }
}

impl City {
    /// The classes, departments, rules and posts.
    pub const fn responsibility(&self) -> &Responsibility {
        &self.handling.responsibility
    }

    /// The class that a subject is of.
    ///
    /// # Errors
    /// [`CityError::UnknownClass`].
    pub fn class_of(&self, subject: Subject<'_>) -> Result<&Class, CityError> {
        let classes = &self.responsibility().classes;
        classes
            .get(subject.object, subject.class)
            .ok_or_else(|| CityError::UnknownClass {
                object: subject.object,
                class: subject.class.to_owned(),
            })
    }

    /// Who handles a subject in a grid, in order of tiers. A tier without a rule for it has nobody.
    ///
    /// # Errors
    /// [`CityError::UnknownClass`].
    pub fn handlers(
        &self,
        owner: Owner,
        subject: Subject<'_>,
        shown: Shown,
    ) -> Result<Vec<HandlerRef<'_>>, CityError> {
        self.class_of(subject)?;
        let chain: Vec<Place> = self.units.chain(owner).collect();
        let ground = Ground {
            chain: &chain,
            kind: self.grid_entry(owner).unit.kind.as_ref(),
        };
        let handling = &self.handling;
        let found = handling
            .duty
            .handlers(subject.object, subject.class, ground);
        let refs = found.map(|handler| {
            let told = &handling.told[handler.rule];
            let department = &handling.responsibility.departments.all()[handler.department];
            HandlerRef {
                tier: handler.tier,
                department: DepartmentRef::of(department, shown),
                rule: &told.key,
                reason: told.reason(subject.object, shown.language),
            }
        });
        Ok(refs.collect())
    }

    /// The posts in a grid, in the order of their list.
    pub fn posts(&self, owner: Owner, shown: Shown) -> Vec<PostRef<'_>> {
        let posts = self.handling.posts.get(&self.units.grid(owner));
        let posts = posts.map(Vec::as_slice).unwrap_or_default().iter();
        posts
            .map(|&at| self.post_ref(&self.responsibility().posts[at], shown))
            .collect()
    }

    fn post_ref<'a>(&'a self, post: &'a Post, shown: Shown) -> PostRef<'a> {
        let departments = &self.responsibility().departments;
        let department = post.department.as_ref();
        let department = department.and_then(|code| departments.get(code.as_str()));
        PostRef {
            post: &post.post,
            vacant: post.name.is_none() && department.is_none(),
            name: post.name.as_deref().filter(|_| shown.contacts),
            phone: post.phone.as_deref().filter(|_| shown.contacts),
            department: department.map(|department| DepartmentRef::of(department, shown)),
        }
    }

    /// What nobody handles: every class that no other is a part of, in every grid, at every tier.
    /// The grids of a hole are places in code order.
    pub fn holes_of_duty(&self) -> Vec<Hole> {
        let owners = (0u32..).take(self.grid_count()).map(Owner);
        let chains: Vec<(Vec<Place>, Owner)> = owners
            .map(|owner| (self.units.chain(owner).collect(), owner))
            .collect();
        let grounds: Vec<Ground<'_>> = chains
            .iter()
            .map(|(chain, owner)| Ground {
                chain,
                kind: self.grid_entry(*owner).unit.kind.as_ref(),
            })
            .collect();
        let classes = &self.responsibility().classes;
        self.handling.duty.check(classes, &grounds)
    }
}

impl RuleTold {
    fn of(rule: &Rule, classes: &ClassTable, units: &Units) -> Self {
        let area = rule.area.as_ref();
        let area = area.and_then(|code| units.by_code(code.as_str()));
        let area = area.map(|place| &units.entry(place).unit);
        let area_in = |language: Language| {
            let unit = area?;
            let latin = unit.name_en.as_deref().filter(|_| language == Language::En);
            latin.or(unit.name.as_deref())
        };
        let reasons = OBJECTS.map(|object| {
            let class = rule.class.as_ref();
            let class = class.and_then(|code| classes.get(object, code.as_str()));
            LANGUAGES.map(|language| {
                let class = class.map(|class| class_name(class, language));
                reason(rule, class, area_in(language), language).into()
            })
        });
        Self {
            key: rule.key().to_string().into(),
            reasons,
        }
    }

    fn reason(&self, object: ObjectKind, language: Language) -> &str {
        let [components, events] = &self.reasons;
        let [zh, en] = match object {
            ObjectKind::Component => components,
            ObjectKind::Event => events,
        };
        match language {
            Language::Zh => zh,
            Language::En => en,
        }
    }
}

/// The name of a class in a language, as far as its table has one.
pub fn class_name(class: &Class, language: Language) -> &str {
    let latin = class.name_en.as_deref();
    latin
        .filter(|_| language == Language::En)
        .unwrap_or(&class.name)
}

impl<'a> DepartmentRef<'a> {
    /// A department as far as it may be shown.
    pub fn of(department: &'a Department, shown: Shown) -> Self {
        Self {
            code: department.code.as_str(),
            name: &department.name,
            phone: department.phone.as_deref().filter(|_| shown.contacts),
        }
    }
}
