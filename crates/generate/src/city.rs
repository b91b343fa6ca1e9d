//! A synthetic city: everything put together.

use wangge_model::{Code, Department, Grid, LevelIndex, Overlay, Rule, Scheme, Unit};
use wangge_plane::Shape;

use crate::arcs::Arcs;
use crate::board::{Earth, index};
use crate::census::Census;
use crate::classes::Classes;
use crate::departments::departments;
use crate::dissolve::dissolve;
use crate::functional::{Field, Functional};
use crate::greens::{GreenBlock, green_blocks};
use crate::hierarchy::Hierarchy;
use crate::institutions::{Institution, institutions};
use crate::lines::{StreetLine, Water, trace};
use crate::mesh::Mesh;
use crate::names::Names;
use crate::posts::PostSpec;
use crate::register::{Entry, Register};
use crate::rules::rules;
use crate::spec::CitySpec;
use crate::specialised::overlays;
use crate::terrain::Terrain;
use crate::truth::{Probe, probes};
use crate::ways::Ways;
use crate::{GenerateError, blocks};

const DISTRICT: LevelIndex = LevelIndex(0);
const STREET: LevelIndex = LevelIndex(1);
const COMMUNITY: LevelIndex = LevelIndex(2);
const GRID: LevelIndex = LevelIndex(3);

/// What stands in the note of every unit.
pub(crate) const NOTE: &str = "合成数据，并非真实边界 synthetic, no real boundary";

/// A synthetic city. Nothing of it exists: its ground, names and numbers are invented.
#[derive(Debug, Clone)]
pub struct City {
    /// The levels and their codes.
    pub scheme: Scheme,
    /// What it was made from: the same seed gives the same city.
    pub seed: u64,
    /// The lowest level, by code. Seamless.
    pub grids: Vec<Grid>,
    /// The levels above, top to bottom, each by code, with the union of their grids.
    pub upper: Vec<(Unit, Shape)>,
    /// Ways by their centre lines, those inside of grids too.
    pub streets: Vec<StreetLine>,
    /// Rivers, coast and sea. Borders run along the middle of a river.
    pub water: Vec<Water>,
    /// Points with the grid that they belong to.
    pub probes: Vec<Probe>,
    /// Who handles what is reported. Parents come first.
    pub departments: Vec<Department>,
    /// What they handle, where, and at which tier of the scheme: nothing is left to nobody.
    pub rules: Vec<Rule>,
    /// Specialised grids (专业网格), each of whole blocks that are connected.
    pub overlays: Vec<Overlay>,
    /// Blocks that are green unless somebody lives in them.
    pub(crate) green_blocks: Vec<GreenBlock>,
    /// Ways and waters from junction to junction, with the grids beside them.
    pub(crate) ways: Ways,
    /// The classes of components and events.
    pub(crate) classes: Classes,
    /// Those of the departments that the description names.
    pub(crate) functional: Vec<Functional>,
    /// The fields of duty that it names.
    pub(crate) fields: Vec<Field>,
    pub(crate) institutions: Vec<Institution>,
    /// The post that institutions hold.
    pub(crate) institution_post: Option<String>,
    pub(crate) post_spec: PostSpec,
}

/// Makes the city of a spec. The same spec and seed give the same city on every machine.
///
/// # Errors
/// [`GenerateError::TooFewBlocks`] and [`GenerateError::Unsound`] when chance cut the land badly
/// eight times in a row, [`GenerateError::Position`]
/// for a city that does not fit the earth, [`GenerateError::CodeRefused`] when the scheme takes
/// other codes, [`GenerateError::DepartmentTwice`] when the description gives a department a code
/// that another has.
///
/// ```
/// use wangge_generate::{CitySpec, city};
///
/// let city = city(&CitySpec::sized(40)?, 1)?;
/// assert_eq!(city.grids.len(), 40);
/// # Ok::<(), wangge_generate::GenerateError>(())
/// ```
pub fn city(spec: &CitySpec, seed: u64) -> Result<City, GenerateError> {
    // one small city in thousands comes out with two borders that meet: it is thrown again
    const THROWS: u64 = 8;
    let mut throw = 0;
    loop {
        let thrown = seed ^ throw << 60;
        match build(spec, thrown) {
            Err(GenerateError::Unsound { .. } | GenerateError::TooFewBlocks { .. })
                if throw + 1 < THROWS =>
            {
                throw += 1;
            }
            built => return built.map(|city| City { seed, ..city }),
        }
    }
}

/// One throw of a city.
fn build(spec: &CitySpec, seed: u64) -> Result<City, GenerateError> {
    let mut terrain = Terrain::new(spec, seed);
    let cores = blocks::cut(&mut terrain, spec.cores, seed);
    let earth = Earth::new(spec.origin, seed);
    let arcs = Arcs::new(&terrain, &earth, seed)?;
    arcs.prove(&terrain.mesh)?;
    let hierarchy = Hierarchy::new(spec, &terrain, &cores, seed)?;
    let mut names = Names::new(seed);
    let register = Register::new(spec, &terrain.mesh, &earth, &hierarchy, &mut names)?;
    let mesh = &terrain.mesh;
    let grids = grids_of(spec, mesh, &arcs, &hierarchy, &register, seed)?;
    let upper = upper_units(spec, mesh, &arcs, &hierarchy, &register)?;
    let (streets, water) = trace(&terrain, &arcs, &earth, &mut names, seed)?;
    let code_of = |face: u32| {
        let grid = hierarchy.grid_of[face as usize];
        grids[register.place_of_grid[grid as usize] as usize]
            .unit
            .code
            .clone()
    };
    let probes = probes(
        &terrain.mesh,
        &arcs,
        code_of,
        (4 * spec.grids()).clamp(64, 20_000),
        seed,
    )?;
    let ways = Ways::new(&terrain, &arcs, |face| {
        let grid = *hierarchy.grid_of.get(face as usize)?;
        register.place_of_grid.get(grid as usize).copied()
    });
    let green_blocks = green_blocks(&terrain, &arcs, &earth, &mut names, seed, |face| {
        register.place_of_grid[hierarchy.grid_of[face as usize] as usize]
    })?;
    let institutions = institutions(spec, &grids, seed)?;
    Ok(City {
        scheme: spec.scheme.clone(),
        seed,
        departments: departments(spec, &upper, &institutions)?,
        rules: rules(spec, &upper)?,
        overlays: overlays(spec, &terrain, &arcs)?,
        grids,
        upper,
        streets,
        water,
        probes,
        green_blocks,
        ways,
        classes: spec.classes.clone(),
        functional: spec.departments.clone(),
        fields: spec.fields.clone(),
        institutions,
        institution_post: spec.institutions.as_ref().map(|one| one.post.clone()),
        post_spec: spec.posts.clone(),
    })
}

impl City {
    /// The units of all levels, top to bottom, each level by code.
    pub fn units(&self) -> impl Iterator<Item = &Unit> {
        self.upper
            .iter()
            .map(|(unit, _)| unit)
            .chain(self.grids.iter().map(|grid| &grid.unit))
    }
}

/// The grids by code, with their ground.
fn grids_of(
    spec: &CitySpec,
    mesh: &Mesh,
    arcs: &Arcs,
    hierarchy: &Hierarchy,
    register: &Register,
    seed: u64,
) -> Result<Vec<Grid>, GenerateError> {
    let mut census = Census::new(spec, seed);
    let shapes = dissolve(mesh, arcs, &hierarchy.grid_of, register.grids.len())?;
    in_order(&register.grids, shapes)
        .map(|(number, entry, shape)| {
            let plan = &hierarchy.grids[number];
            let community = plan.community as usize;
            let mut unit = spec.unit(GRID, entry, Some(&register.communities[community].code))?;
            census.count(
                &mut unit,
                plan.load,
                hierarchy.communities[community].village,
            );
            unit.area_m2 = Some(shape.area_m2().round());
            Ok(Grid { unit, shape })
        })
        .collect()
}

/// The units above the grids, top to bottom, each level by code, with their ground.
fn upper_units(
    spec: &CitySpec,
    mesh: &Mesh,
    arcs: &Arcs,
    hierarchy: &Hierarchy,
    register: &Register,
) -> Result<Vec<(Unit, Shape)>, GenerateError> {
    let top = Entry {
        code: spec.code.clone(),
        name: spec.scheme.name().to_owned(),
        name_en: spec
            .scheme
            .name_en()
            .unwrap_or(spec.scheme.city())
            .to_owned(),
    };
    let everything = vec![0; mesh.faces()];
    let community_of: Vec<u32> = hierarchy
        .grid_of
        .iter()
        // the outside has no grid, and its group is never looked at
        .map(|&grid| {
            hierarchy
                .grids
                .get(grid as usize)
                .map_or(0, |grid| grid.community)
        })
        .collect();
    let street_of: Vec<u32> = community_of
        .iter()
        .map(|&community| index(hierarchy.communities[community as usize].street))
        .collect();
    let mut units = Vec::new();
    let mut add =
        |level, entries: &[Entry], group_of: &[u32], above: &dyn Fn(usize) -> Option<String>| {
            let shapes = dissolve(mesh, arcs, group_of, entries.len())?;
            for (number, entry, shape) in in_order(entries, shapes) {
                let mut unit = spec.unit(level, entry, above(number).as_deref())?;
                unit.area_m2 = Some(shape.area_m2().round());
                units.push((unit, shape));
            }
            Ok::<(), GenerateError>(())
        };
    let street = |number: usize| &register.streets[hierarchy.communities[number].street];
    add(DISTRICT, std::slice::from_ref(&top), &everything, &|_| None)?;
    add(STREET, &register.streets, &street_of, &|_| {
        Some(top.code.clone())
    })?;
    add(COMMUNITY, &register.communities, &community_of, &|number| {
        Some(street(number).code.clone())
    })?;
    Ok(units)
}

/// Entries by code, each with its place and its shape.
fn in_order(entries: &[Entry], shapes: Vec<Shape>) -> impl Iterator<Item = (usize, &Entry, Shape)> {
    let mut all: Vec<(usize, &Entry, Shape)> = entries
        .iter()
        .zip(shapes)
        .enumerate()
        .map(|(number, (entry, shape))| (number, entry, shape))
        .collect();
    all.sort_by(|a, b| a.1.code.cmp(&b.1.code));
    all.into_iter()
}

impl CitySpec {
    fn unit(
        &self,
        level: LevelIndex,
        entry: &Entry,
        parent: Option<&str>,
    ) -> Result<Unit, GenerateError> {
        let code = Code::new(&entry.code)?;
        let rule = self.scheme.level_at(level)?;
        if !rule.pattern().matches(&code) {
            return Err(GenerateError::CodeRefused {
                city: self.scheme.city().to_owned(),
                code: entry.code.clone(),
                level: rule.id().to_owned(),
            });
        }
        let mut unit = Unit::new(code, level);
        unit.name = Some(entry.name.clone());
        unit.name_en = Some(entry.name_en.clone());
        unit.parent = parent.map(Code::new).transpose()?;
        unit.note = Some(NOTE.to_owned());
        Ok(unit)
    }
}
