//! What can be wrong with a city or with what it is asked.

use wangge_coverage::Verdict;
use wangge_crs::CrsError;
use wangge_duty::DutyError;
use wangge_model::{Code, ModelError, ObjectKind};
use wangge_plane::PlaneError;
use wangge_store::StoreError;

use crate::responsibility::ListMistake;

/// Why a city could not be compiled, published or asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CityError {
    /// A published city covers its ground once.
    #[error(
        "the {} grids do not cover their ground exactly once; `wangge validate` lists every defect with its place, `wangge repair` proposes how to mend them",
        verdict.grids
    )]
    NotSeamless {
        /// What the proof found.
        verdict: Box<Verdict>,
    },
    /// A plan without a grid resolves nothing.
    #[error("the plan {plan} has no grids: import some with `wangge import grids`")]
    NoGrids {
        /// The version, or the plan's name.
        plan: String,
    },
    /// More grids than 32 bits count.
    #[error("{grids} grids are more than one city can have, 4,294,967,294")]
    TooManyGrids {
        /// How many there are.
        grids: usize,
    },
    /// A unit stands on no level, or has no parent.
    #[error("the units do not follow the scheme")]
    Model {
        /// How.
        #[from]
        source: ModelError,
    },
    /// Codes are unique over all levels.
    #[error("the code {code} is used by more than one unit: codes must be unique over all levels")]
    CodeTwice {
        /// The code.
        code: Code,
    },
    /// Two codes share their feature id.
    #[error(
        "the codes {first} and {second} share the feature id {id}: give one of the units another code"
    )]
    FeatureIdTwice {
        /// A code.
        first: Code,
        /// Another.
        second: Code,
        /// The number that both have.
        id: u64,
    },
    /// A position is not one of its system, or that system cannot be used.
    #[error(transparent)]
    Crs(#[from] CrsError),
    /// A position is not on the lattice.
    #[error(transparent)]
    Plane(#[from] PlaneError),
    /// The scheme has no such level.
    #[error("the scheme has no level {level:?}; it has: {known}")]
    UnknownLevel {
        /// As asked.
        level: String,
        /// The levels' ids, top to bottom.
        known: String,
    },
    /// Tracks come to more than there is room for.
    #[error(
        "the tracks go more than {most} times from one grid into another: take fewer positions at a time"
    )]
    TooManyStays {
        /// How often they may.
        most: usize,
    },
    /// No unit has the code.
    #[error("no unit of version {version} has the code {code:?}")]
    UnknownCode {
        /// As asked.
        code: String,
        /// The version that was asked.
        version: String,
    },
    /// The city has no such class.
    #[error("the city has no {object} of class {class:?}; `wangge import classes` brings classes")]
    UnknownClass {
        /// What it would be a class of.
        object: ObjectKind,
        /// As asked.
        class: String,
    },
    /// No class of components begins so.
    #[error(
        "the city has no class of components that is {class:?} or begins so; `wangge import classes` brings classes"
    )]
    NoClassesBegin {
        /// As asked.
        class: String,
    },
    /// The city has no such component.
    #[error("the city has no component {code:?}; `wangge import components` brings components")]
    UnknownComponent {
        /// As asked.
        code: String,
    },
    /// The city has no such department.
    #[error("the city has no department {code:?}; `wangge import departments` brings departments")]
    UnknownDepartment {
        /// As asked.
        code: String,
    },
    /// Components name what the lists do not have.
    #[error(
        "{count} components are of a class or a department that there is not, the first of them \
         {component}: {missing}; import that, or the components anew"
    )]
    Components {
        /// How many.
        count: usize,
        /// The code of the first.
        component: Code,
        /// What it names.
        missing: Code,
    },
    /// Rows of lists are wrong, or name what is not there.
    #[error("{} mistakes in lists, the first: {}", mistakes.len(), first(mistakes))]
    Lists {
        /// All of them.
        mistakes: Vec<ListMistake>,
    },
    /// Rules name what is not there.
    #[error(transparent)]
    Duty(#[from] DutyError),
    /// The unit is not above the level asked for.
    #[error(
        "the unit {code:?} is not above the level {level:?}, so nothing of that level is below it"
    )]
    NotAbove {
        /// The unit's code.
        code: String,
        /// The level's id.
        level: String,
    },
    /// A cursor comes from a [`GridPage`](crate::GridPage).
    #[error("this is not a cursor of a page of grids")]
    BadCursor,
    /// Pages of two versions would not fit together.
    #[error(
        "the cursor belongs to version {issued}, the current one is {current}: start again from the first page"
    )]
    CursorExpired {
        /// The version of the page that the cursor came with.
        issued: String,
        /// The version that was asked.
        current: String,
    },
    /// The store.
    #[error("the store cannot be read")]
    Store {
        /// Why.
        #[from]
        source: StoreError,
    },
    /// The thread that watches the store could not be started.
    #[error("the thread that watches the store could not be started")]
    Watch {
        /// Why.
        source: std::io::Error,
    },
}

fn first(mistakes: &[ListMistake]) -> String {
    mistakes
        .first()
        .map(ToString::to_string)
        .unwrap_or_default()
}
