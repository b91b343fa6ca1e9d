//! Why a city cannot be made.

use std::path::PathBuf;

use wangge_model::{Code, ModelError};
use wangge_plane::PlaneError;

/// Why a city cannot be made or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GenerateError {
    /// The description of the city is no TOML of the expected fields.
    #[error("the description of the city cannot be read: {reason}")]
    SpecUnreadable {
        /// What the reader says, with the line.
        reason: String,
    },
    /// The scheme cannot be read, or its codes are not those that are made here.
    #[error("the scheme of the city: {source}")]
    Scheme {
        /// What is wrong.
        #[from]
        source: ModelError,
    },
    /// The scheme has another number of levels than the cities that are made here.
    #[error(
        "the scheme \"{city}\" has {levels} levels; cities are made for four, as in district, \
         street, community, grid"
    )]
    Levels {
        /// The scheme's short name.
        city: String,
        /// How many levels it has.
        levels: usize,
    },
    /// The scheme does not say the code of the city, which all codes begin with.
    #[error(
        "the scheme \"{city}\" has no code: write the six digits of the district, code = \"…\""
    )]
    NoCode {
        /// The scheme's short name.
        city: String,
    },
    /// A code that is made here does not fit the scheme.
    #[error(
        "the scheme \"{city}\" does not take the code {code} on its level \"{level}\": cities are \
         made with codes of 6 + 3 + 3 + 3 digits"
    )]
    CodeRefused {
        /// The scheme's short name.
        city: String,
        /// The code.
        code: String,
        /// The level's id.
        level: String,
    },
    /// A street with too many communities, or a community with too many grids, for three digits.
    #[error("{what} of {code} should be at most {limit}, this city asks for {asked}")]
    TooMany {
        /// What there are too many of.
        what: &'static str,
        /// The unit that they belong to.
        code: String,
        /// How many codes there are.
        limit: usize,
        /// How many are asked for.
        asked: usize,
    },
    /// Fewer grids than communities and villages, or none at all.
    #[error(
        "{code} should have a grid at least for each of its {communities} communities and \
         villages, this city asks for {grids}"
    )]
    TooFewGrids {
        /// The street.
        code: String,
        /// Its communities and villages.
        communities: usize,
        /// Its grids.
        grids: usize,
    },
    /// A number in the description that makes no city.
    #[error("{field} is {value}: it should be {right}")]
    OutOfRange {
        /// The field of the description.
        field: &'static str,
        /// Its value.
        value: f64,
        /// What would be right.
        right: &'static str,
    },
    /// A department that handles a class which is not there.
    #[error(
        "the department {department} handles {handled}, which the class table does not have, nor \
         a class that begins with it: correct the code"
    )]
    NoClass {
        /// The department.
        department: Code,
        /// The class, as in `component:0101`.
        handled: String,
    },
    /// A class that two departments handle.
    #[error("both {first} and {second} handle {handled}: leave it to one of them")]
    HandledTwice {
        /// The class, as in `component:0101`.
        handled: String,
        /// The first department.
        first: Code,
        /// The second one, or the first again.
        second: Code,
    },
    /// A field of duty, or a specialised grid, of a department that the description does not have.
    #[error(
        "{named} is for the department {department}, which the description of the city \
         does not have: add it, or correct the code"
    )]
    NoDepartment {
        /// The name of the field or grid.
        named: String,
        /// The department.
        department: Code,
    },
    /// A class of the city's own that is in the class table already.
    #[error("the class {class} is given twice: leave it out, or give it another code")]
    ClassTwice {
        /// The class, as in `event:2101`.
        class: String,
    },
    /// A post in the description that the scheme does not have.
    #[error(
        "the description of the city names the post {post}, which no level of the scheme has: add \
         it there, or correct the name"
    )]
    NoPost {
        /// The post.
        post: String,
    },
    /// A street of villages only, with other grids than those of the villages.
    #[error(
        "{code} has no community, so it should have the grids of its {villages} villages, {each} \
         each, and no others; this city asks for {grids}"
    )]
    GridsLeft {
        /// The street.
        code: String,
        /// Its villages.
        villages: usize,
        /// The grids of each.
        each: usize,
        /// The grids of the street.
        grids: usize,
    },
    /// Two departments with one code.
    #[error(
        "two departments have the code {code}: give the one in the description of the city another"
    )]
    DepartmentTwice {
        /// The code.
        code: Code,
    },
    /// The land was cut into fewer blocks than the units need.
    #[error(
        "the land has only {blocks} blocks where {units} units need one each: try another seed"
    )]
    TooFewBlocks {
        /// The blocks there are.
        blocks: usize,
        /// The units that should share them.
        units: usize,
    },
    /// Two borders of a block met: nothing unsound is handed out.
    #[error("the borders of the block at {place} meet where they should not: try another seed")]
    Unsound {
        /// A corner of the block.
        place: wangge_plane::Point,
    },
    /// More defects than these grids have room for.
    #[error(
        "{grids} grids have room for {planted} defects of the kind {kind} beside the others, {asked} \
         are asked for: plant fewer, or in a larger city"
    )]
    NoRoom {
        /// The kind of the defect that found no place.
        kind: &'static str,
        /// How many of the kind are asked for.
        asked: usize,
        /// How many of the kind found a place.
        planted: usize,
        /// How many grids there are.
        grids: usize,
    },
    /// The city lies beyond the lattice.
    #[error("the city does not fit the earth: {source}")]
    Position {
        /// Which coordinate, and why not.
        #[from]
        source: PlaneError,
    },
    /// A file cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}
