//! Who handles what is reported in a grid, at every tier, and who stands there.

use std::borrow::Cow;

use rustc_hash::FxHashMap;
use serde::Serialize;
use wangge_coverage::Owner;
use wangge_duty::{Duty, Ground, Hole};
use wangge_model::{Class, Component, Department, ObjectKind, Post, Rule, Scheme};
use wangge_plane::Point;
use wangge_report::{Language, own_reason, reason};

use crate::areas::{Areas, area_names};
use crate::responsibility::Responsibility;
use crate::units::Place;
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
    /// Its class; or the code of a component, whose own departments come first then.
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
    /// The rule by which it does, as [`RuleKey`](wangge_model::RuleKey) writes it; `component`,
    /// the component's code and what the department is to it, where that decides.
    pub rule: Cow<'a, str>,
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
        areas: &Areas<'_>,
    ) -> Result<Self, CityError> {
        let mistakes = responsibility.check(scheme, areas);
        if !mistakes.is_empty() {
            return Err(CityError::Lists { mistakes });
        }
        // a rule for a unit of another plan sleeps until that plan is in force
        let sleeping = areas.elsewhere.numbers();
        let duty = Duty::compile(
            &responsibility.rules,
            &responsibility.departments,
            scheme.tiers().iter().map(|tier| tier.number),
            |code| {
                let asleep = || sleeping.get(code).map(|&place| areas.of_elsewhere(place));
                areas.by_code(code.as_str()).or_else(asleep)
            },
        )?;
        let rules = responsibility.rules.all().iter();
        let told = rules
            .map(|rule| RuleTold::of(rule, &responsibility, areas))
            .collect();
        let mut posts: FxHashMap<Place, Vec<usize>> = FxHashMap::default();
        for (at, post) in responsibility.posts.iter().enumerate() {
            if let Some(place) = areas.units.by_code(post.unit.as_str()) {
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
        let code = match self.component_of(subject) {
            Some(component) => component.class.as_str(),
            None => subject.class,
        };
        classes
            .get(subject.object, code)
            .ok_or_else(|| CityError::UnknownClass {
                object: subject.object,
                class: subject.class.to_owned(),
            })
    }

    /// The component that a subject is, where it names one by its code.
    pub(crate) fn component_of(&self, subject: Subject<'_>) -> Option<&Component> {
        let classes = &self.responsibility().classes;
        // most lookups name a class, which is found among hundreds and not among a million
        if subject.object != ObjectKind::Component
            || classes.get(subject.object, subject.class).is_some()
        {
            return None;
        }
        let number = self.components.by_code(subject.class)?;
        Some(self.components.get(number))
    }

    /// Who handles a subject at a point of a grid, in order of tiers: without a point no
    /// specialised grid is looked at. A tier without a rule for it has nobody. The own department
    /// of a component, the one in charge before the owner before the maintainer, comes before the
    /// rules at the tier that the scheme gives it.
    ///
    /// # Errors
    /// [`CityError::UnknownClass`].
    pub fn handlers(
        &self,
        owner: Owner,
        at: Option<Point>,
        subject: Subject<'_>,
        shown: Shown,
    ) -> Result<Vec<HandlerRef<'_>>, CityError> {
        let class = self.class_of(subject)?.code.as_str();
        let chain = self
            .areas()
            .chain(owner, at, &self.responsibility().parents);
        let ground = Ground {
            chain: &chain,
            kind: self.grid_entry(owner).unit.kind.as_ref(),
        };
        let handling = &self.handling;
        let found = handling.duty.handlers(subject.object, class, ground);
        let mut refs: Vec<HandlerRef<'_>> = found
            .map(|handler| {
                let told = &handling.told[handler.rule];
                let department = &handling.responsibility.departments.all()[handler.department];
                HandlerRef {
                    tier: handler.tier,
                    department: DepartmentRef::of(department, shown),
                    rule: Cow::Borrowed(&told.key),
                    reason: told.reason(subject.object, shown.language),
                }
            })
            .collect();
        if let Some(own) = self
            .component_of(subject)
            .and_then(|it| self.own_handler(it, shown))
        {
            refs.retain(|handler| handler.tier != own.tier);
            refs.push(own);
            refs.sort_by_key(|handler| handler.tier);
        }
        Ok(refs)
    }

    /// The handler that a component has by its own departments.
    fn own_handler(&self, component: &Component, shown: Shown) -> Option<HandlerRef<'_>> {
        let tier = self.scheme().components().own_tier?;
        let (role, code) = component.departments.all().next()?;
        let department = self.responsibility().departments.get(code.as_str())?;
        Some(HandlerRef {
            tier,
            department: DepartmentRef::of(department, shown),
            rule: Cow::Owned(format!("component {} {}", component.code, role.as_str())),
            reason: own_reason(role, shown.language),
        })
    }

    fn areas(&self) -> Areas<'_> {
        Areas {
            units: &self.ground.units,
            overlays: &self.overlays,
            management: &self.management,
            components: &self.components,
            elsewhere: &self.elsewhere,
            day: self.day,
        }
    }

    /// The posts in a grid, in the order of their list.
    pub fn posts(&self, owner: Owner, shown: Shown) -> Vec<PostRef<'_>> {
        self.posts_in(self.ground.units.grid(owner), shown)
    }

    /// The posts in a unit of any level, in the order of their list.
    pub(crate) fn posts_in(&self, unit: Place, shown: Shown) -> Vec<PostRef<'_>> {
        let posts = self.handling.posts.get(&unit);
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
        let (areas, links) = (self.areas(), &self.responsibility().parents);
        let chains: Vec<(Vec<u32>, Owner)> = owners
            .map(|owner| (areas.chain(owner, None, links), owner))
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
    fn of(rule: &Rule, of: &Responsibility, areas: &Areas<'_>) -> Self {
        let classes = &of.classes;
        let names = rule
            .area
            .as_ref()
            .and_then(|code| area_names(code, of, areas));
        let area_in = |language: Language| {
            let (name, latin) = names?;
            latin.filter(|_| language == Language::En).or(name)
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
