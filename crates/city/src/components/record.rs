//! Components as answers write them.

use serde::Serialize;
use wangge_crs::Crs;
use wangge_model::{Component, ComponentState, DepartmentRole, ObjectKind};

use super::{ComponentPage, Number, Share};
use crate::answer::{Chain, centimetres};
use crate::geojson::FigureGeometry;
use crate::handling::{DepartmentRef, HandlerRef, PostRef, Shown, Subject, class_name};
use crate::{City, CityError, feature_id};

/// A component near a point, as a lookup names it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NearbyComponent<'a> {
    /// The [`feature_id`] of its code.
    pub id: u64,
    /// Its code.
    pub code: &'a str,
    /// `component`
    pub object: &'static str,
    /// The code of its class.
    pub class: &'a str,
    /// Its name; that of its class where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    /// In what state it was last seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<&'static str>,
    /// The code of the grid that is responsible for it; absent outside all grids.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grid: Option<&'a str>,
    /// How far away it is, metres, to the centimetre.
    pub distance_m: f64,
}

/// What is known of a component.
#[derive(Debug, Serialize)]
pub struct ComponentRef<'a> {
    /// The [`feature_id`] of its code.
    pub id: u64,
    /// Its code.
    pub code: &'a str,
    /// `component`
    pub object: &'static str,
    /// The code of its class.
    pub class: &'a str,
    /// The name of its class.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class_name: Option<&'a str>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    /// In what state it was last seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<&'static str>,
    /// Its own departments.
    pub departments: OwnRefs<'a>,
    /// The code of the grid that is responsible for it; absent outside all grids.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grid: Option<&'a str>,
    /// The grid that the file named, where it is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claimed_grid: Option<&'a str>,
    /// When it was surveyed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub surveyed: Option<String>,
    /// When it was changed last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed: Option<String>,
    /// How well its place is known, metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accuracy_m: Option<f64>,
    /// Where the record comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<&'a str>,
    /// A note.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<&'a str>,
    /// Around a place: how far away it is, metres, to the centimetre.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distance_m: Option<f64>,
}

/// The departments of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct OwnRefs<'a> {
    /// In charge of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_charge: Option<DepartmentRef<'a>>,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<DepartmentRef<'a>>,
    /// Keeps it in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maintainer: Option<DepartmentRef<'a>>,
}

/// A component as a GeoJSON feature.
#[derive(Debug, Serialize)]
pub struct ComponentFeature<'a> {
    /// `Feature`
    pub r#type: &'static str,
    /// Where it is.
    pub geometry: FigureGeometry,
    /// What is known of it.
    pub properties: ComponentRef<'a>,
}

/// One component with who is responsible for it.
#[derive(Debug, Serialize)]
pub struct ComponentDetail<'a> {
    /// `Feature`
    pub r#type: &'static str,
    /// The version of the city that answered.
    pub version: &'a str,
    /// Where it is.
    pub geometry: FigureGeometry,
    /// What is known of it.
    pub properties: DetailOfComponent<'a>,
}

/// The properties of one component, and who is responsible for it.
#[derive(Debug, Serialize)]
pub struct DetailOfComponent<'a> {
    /// What a list says of it too.
    #[serde(flatten)]
    pub component: ComponentRef<'a>,
    /// The grids that it lies in with its part of each, the largest first; they add up to 1.
    pub grids: Vec<GridShare<'a>>,
    /// From the top level to its grid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chain: Option<Chain<'a>>,
    /// Who handles what happens to it, in order of tiers.
    pub handlers: Vec<HandlerRef<'a>>,
    /// The posts in its grid.
    pub posts: Vec<PostRef<'a>>,
    /// The devices that sit in it.
    pub devices: Vec<DeviceRef<'a>>,
}

/// A part of a component.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct GridShare<'a> {
    /// The grid that it lies in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'a str>,
    /// `true` for what lies outside all grids.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub outside: bool,
    /// What part of its length or area, to six decimals.
    pub share: f64,
}

/// A device in a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DeviceRef<'a> {
    /// Its number.
    pub id: &'a str,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<&'a str>,
}

impl City {
    /// One component with who is responsible for it.
    ///
    /// # Errors
    /// [`CityError::UnknownComponent`]; [`CityError::Crs`] where its place cannot be written in the
    /// system.
    pub fn component<'a>(
        &'a self,
        code: &'a str,
        crs: &Crs,
        shown: Shown,
    ) -> Result<ComponentDetail<'a>, CityError> {
        let number = self.components.by_code(code);
        let number = number.ok_or_else(|| CityError::UnknownComponent {
            code: code.to_owned(),
        })?;
        let component = self.components.get(number);
        let owner = self.components.owner(number);
        let subject = Subject {
            object: ObjectKind::Component,
            class: component.code.as_str(),
        };
        let (handlers, posts) = match owner {
            None => (Vec::new(), Vec::new()),
            Some(owner) => (
                self.handlers(owner, Some(component.figure.middle()), subject, shown)?,
                self.posts(owner, shown),
            ),
        };
        let shares = self.components.shares(number);
        let all_devices = &self.responsibility().devices;
        let devices = self.components.devices(number).iter().map(|&at| DeviceRef {
            id: all_devices[at].id.as_str(),
            kind: all_devices[at].kind.as_deref(),
        });
        Ok(ComponentDetail {
            r#type: "Feature",
            version: self.version_text(),
            geometry: FigureGeometry::of(&component.figure, crs)?,
            properties: DetailOfComponent {
                component: self.component_ref(number, None, shown),
                grids: shares.iter().map(|share| self.grid_share(share)).collect(),
                chain: owner.map(|owner| self.chain_of(owner)),
                handlers,
                posts,
                devices: devices.collect(),
            },
        })
    }

    /// The component at a place of one of this city's pages, in a system.
    ///
    /// # Errors
    /// [`CityError::Crs`] where its place cannot be written in the system.
    ///
    /// # Panics
    /// Beyond the page's [`ComponentPage::len`].
    pub fn component_feature(
        &self,
        page: &ComponentPage,
        index: usize,
        crs: &Crs,
        shown: Shown,
    ) -> Result<ComponentFeature<'_>, CityError> {
        let (number, distance_m) = page.found[index];
        Ok(ComponentFeature {
            r#type: "Feature",
            geometry: FigureGeometry::of(&self.components.get(number).figure, crs)?,
            properties: self.component_ref(number, distance_m, shown),
        })
    }

    /// How many components there are.
    pub fn component_count(&self) -> usize {
        self.components.len()
    }

    /// The component with this code.
    pub(crate) fn stored(&self, code: &str) -> Option<&Component> {
        let number = self.components.by_code(code)?;
        Some(self.components.get(number))
    }

    /// All components, by code.
    pub fn all_components(&self) -> &[Component] {
        self.components.all()
    }

    pub(crate) fn nearby_component(
        &self,
        number: Number,
        distance_m: f64,
        shown: Shown,
    ) -> NearbyComponent<'_> {
        let component = self.components.get(number);
        NearbyComponent {
            id: feature_id(component.code.as_str()),
            code: component.code.as_str(),
            object: ObjectKind::Component.as_str(),
            class: component.class.as_str(),
            name: component
                .name
                .as_deref()
                .or_else(|| self.name_of_class(component, shown)),
            state: component.state.map(ComponentState::as_str),
            grid: self.grid_of_component(number),
            distance_m: centimetres(distance_m),
        }
    }

    fn component_ref(
        &self,
        number: Number,
        distance_m: Option<f64>,
        shown: Shown,
    ) -> ComponentRef<'_> {
        let component = self.components.get(number);
        let all = &self.responsibility().departments;
        let mut departments = OwnRefs::default();
        for (role, code) in component.departments.all() {
            let department = all.get(code.as_str());
            let place = match role {
                DepartmentRole::InCharge => &mut departments.in_charge,
                DepartmentRole::Owner => &mut departments.owner,
                DepartmentRole::Maintainer => &mut departments.maintainer,
            };
            *place = department.map(|department| DepartmentRef::of(department, shown));
        }
        let grid = self.grid_of_component(number);
        let claimed = component.grid.as_ref().map(wangge_model::Code::as_str);
        ComponentRef {
            id: feature_id(component.code.as_str()),
            code: component.code.as_str(),
            object: ObjectKind::Component.as_str(),
            class: component.class.as_str(),
            class_name: self.name_of_class(component, shown),
            name: component.name.as_deref(),
            state: component.state.map(ComponentState::as_str),
            departments,
            grid,
            claimed_grid: claimed.filter(|claimed| Some(*claimed) != grid),
            surveyed: component.surveyed.map(|date| date.to_string()),
            changed: component.changed.map(|date| date.to_string()),
            accuracy_m: component.accuracy_m,
            source: component.source.as_deref(),
            note: component.note.as_deref(),
            distance_m: distance_m.map(centimetres),
        }
    }

    fn name_of_class<'a>(&'a self, component: &Component, shown: Shown) -> Option<&'a str> {
        let classes = &self.responsibility().classes;
        let class = classes.get(ObjectKind::Component, component.class.as_str())?;
        Some(class_name(class, shown.language))
    }

    fn grid_of_component(&self, number: Number) -> Option<&str> {
        self.components
            .owner(number)
            .map(|owner| self.grid_code(owner))
    }

    fn grid_share(&self, share: &Share) -> GridShare<'_> {
        GridShare {
            code: share.owner.map(|owner| self.grid_code(owner)),
            outside: share.owner.is_none(),
            share: (share.share * 1e6).round() / 1e6,
        }
    }
}
