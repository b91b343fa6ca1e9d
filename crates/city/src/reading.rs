//! From a store to a city: what is read, and what of it is at hand already.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use wangge_store::{Digest, PlanContents, PlanRecord, PlanUnits, Store, StoreError, Surroundings};

use crate::background::Pace;
use crate::ground::{Ground, GroundId, beside};
use crate::responsibility::{ListMistake, Responsibility};
use crate::{City, CityError, Review};

/// What a city is compiled from, read in one moment.
pub(crate) struct CityRead {
    around: Surroundings,
    /// What its lists say.
    responsibility: Result<Responsibility, Vec<ListMistake>>,
    of_plan: OfPlan,
    content_hash: Digest,
}

/// The ground of the plan, or what it is built of.
enum OfPlan {
    Ground(Arc<Ground>),
    Units(Box<PlanUnits>),
}

/// Reads what a city of a plan is compiled from: around its ground, if that is at hand or a file
/// beside the store holds it; else all of it.
///
/// # Errors
/// Those of [`Store::contents`].
pub(crate) fn of_plan(
    store: &Store,
    name: &str,
    at_hand: &[Arc<City>],
    pace: Pace,
) -> Result<CityRead, StoreError> {
    let around = |with_others| store.surroundings(name, with_others).map(Some);
    match around_what_is_there(store, &store.plan(name)?, around, at_hand, pace)? {
        Some(read) => Ok(read),
        None => Ok(CityRead::of(store.contents(name)?, pace)),
    }
}

/// The same of a time; `None` where no plan was in force.
///
/// # Errors
/// Those of [`Store::contents_at`].
pub(crate) fn of_time(
    store: &Store,
    at: Timestamp,
    at_hand: &[Arc<City>],
    pace: Pace,
) -> Result<Option<CityRead>, StoreError> {
    let Some(plan) = store.in_force_at(at)? else {
        return Ok(None);
    };
    let around = |with_others| store.surroundings_at(at, with_others);
    match around_what_is_there(store, &plan, around, at_hand, pace)? {
        Some(read) => Ok(Some(read)),
        None => Ok(store
            .contents_at(at)?
            .map(|contents| CityRead::of(contents, pace))),
    }
}

fn around_what_is_there(
    store: &Store,
    plan: &PlanRecord,
    surroundings: impl Fn(bool) -> Result<Option<Surroundings>, StoreError>,
    at_hand: &[Arc<City>],
    pace: Pace,
) -> Result<Option<CityRead>, StoreError> {
    let Some((id, content_hash)) = GroundId::of(plan).zip(plan.content_hash) else {
        return Ok(None);
    };
    let Some(ground) = ground_of(store, id, at_hand, pace) else {
        return Ok(None);
    };
    // no moment of the store is held while the lists are looked at: that would keep others from writing
    for with_others in [false, true] {
        let around = surroundings(with_others)?;
        // published anew between two reads
        let Some(around) = around.filter(|around| GroundId::of(&around.plan) == Some(id)) else {
            return Ok(None);
        };
        let responsibility = pace.run(|| Responsibility::read(&around.lists));
        let is_all = match &responsibility {
            Ok(read) => with_others || pace.run(|| read.names_only(&ground.units)),
            Err(_) => true,
        };
        if is_all {
            return Ok(Some(CityRead {
                around,
                responsibility,
                of_plan: OfPlan::Ground(ground),
                content_hash,
            }));
        }
    }
    Ok(None)
}

/// The ground with this id, where it is at hand or in a file.
fn ground_of(
    store: &Store,
    id: GroundId,
    at_hand: &[Arc<City>],
    pace: Pace,
) -> Option<Arc<Ground>> {
    let mut at_hand = at_hand.iter().map(|city| &city.ground);
    if let Some(known) = at_hand.find(|ground| ground.id() == Some(id)) {
        return Some(Arc::clone(known));
    }
    let file = beside::open(store.path(), id)?;
    let scheme = store.scheme();
    pace.run(|| beside::read(&file, id, scheme)).map(Arc::new)
}

impl CityRead {
    /// All of what a store holds of a plan.
    fn of(contents: PlanContents, pace: Pace) -> Self {
        let (units, around) = contents.split();
        Self {
            content_hash: units.content_hash,
            responsibility: pace.run(|| Responsibility::read(&around.lists)),
            around,
            of_plan: OfPlan::Units(Box::new(units)),
        }
    }

    /// The plan.
    pub(crate) const fn plan(&self) -> &PlanRecord {
        &self.around.plan
    }

    /// How many transactions had been committed to the store when this was read.
    pub(crate) const fn commits(&self) -> i64 {
        self.around.commits
    }

    /// Whether the ground is still to be built.
    pub(crate) const fn is_new_ground(&self) -> bool {
        matches!(self.of_plan, OfPlan::Units(_))
    }

    /// The city of it.
    ///
    /// # Errors
    /// As [`City::compile`].
    pub(crate) fn compile(self, day: Option<Date>, pace: Pace) -> Result<City, CityError> {
        pace.run(|| self.compiled(day))
    }

    fn compiled(self, day: Option<Date>) -> Result<City, CityError> {
        let responsibility = self
            .responsibility
            .map_err(|mistakes| CityError::Lists { mistakes })?;
        let around = self.around;
        let ground = match self.of_plan {
            OfPlan::Ground(ground) => ground,
            OfPlan::Units(units) => {
                let review = Review::of_plan(around.plan.state, &around.accepted);
                let version = around.plan.version();
                let ground = Ground::build(version, &around.scheme, (*units).into(), review)?;
                // what was written down when it was published is not what the store holds now
                let id = GroundId::of(&around.plan)
                    .filter(|_| around.plan.content_hash == Some(self.content_hash));
                Arc::new(ground.with_id(id))
            }
        };
        City::over(ground, responsibility, around, &self.content_hash, day)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::path::{Path, PathBuf};
    use std::time::{Duration, Instant};

    use rstest::rstest;
    use tempfile::TempDir;
    use wangge_model::{LevelIndex, ListKind, ListRow, Scheme, Unit};
    use wangge_plane::{Point, Polygon, Ring, Shape};
    use wangge_store::{Existing, ImportList, ImportUnits};

    use super::*;
    use crate::work::{PublishOrder, city_in_force, publish};
    use crate::{Published, Shown};

    const SCHEME: &str = r#"
city = "longgang"
name = "龙港区"

[[level]]
id = "grid"
name = "网格"
code = '^\d{6}$'
posts = ["网格员"]

[tiers]
1 = "grid"
"#;

    /// What all rows of grids are as wide as: a plan covers what the one before did.
    const WIDTH: i32 = 420;

    fn block(west: i32, east: i32) -> Shape {
        let corners = [(west, 0), (east, 0), (east, 10), (west, 10)];
        let corners = corners.map(|(x, y)| Point::new(x, y).unwrap());
        let ring = Ring::new(corners.to_vec()).unwrap();
        Shape::new(vec![Polygon::new(ring, vec![])]).unwrap()
    }

    /// A row of grids in a draft of their own.
    fn draft(store: &mut Store, plan: &str, grids: i32) {
        let units = (0..grids).map(|at| {
            let code = format!("{:06}", at + 1).parse().unwrap();
            let end = |at: i32| WIDTH * at / grids;
            let ground = block(end(at), end(at + 1));
            (Unit::new(code, LevelIndex(0)), Some(ground))
        });
        let import = ImportUnits {
            plan,
            level: LevelIndex(0),
            units: units.collect(),
            existing: Existing::Update,
            sources: vec![],
            report_json: "{}",
        };
        store.import_units(import).unwrap();
    }

    fn published(store: &mut Store, plan: &str, grids: i32) {
        draft(store, plan, grids);
        let order = PublishOrder {
            plan: Some(plan.to_owned()),
            ..PublishOrder::default()
        };
        publish(store, &order).unwrap();
    }

    fn store() -> (TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("city.gpkg");
        let store = Store::create(&path, &Scheme::from_toml(SCHEME).unwrap()).unwrap();
        (folder, store)
    }

    /// The files beside a store.
    fn files(store: &Path) -> Vec<PathBuf> {
        let mut folder = store.as_os_str().to_owned();
        folder.push(".compiled");
        let Ok(files) = fs::read_dir(folder) else {
            return Vec::new();
        };
        files.map(|file| file.unwrap().path()).collect()
    }

    fn read(store: &Store) -> CityRead {
        let plan = store.current().unwrap().unwrap().name;
        of_plan(store, &plan, &[], Pace::AllCores).unwrap()
    }

    fn list(store: &mut Store, kind: ListKind, rows: &[&[(&str, &str)]]) {
        let rows = (1..).zip(rows).map(|(number, cells)| {
            let cells = cells
                .iter()
                .map(|(name, cell)| ((*name).to_owned(), (*cell).to_owned()));
            ListRow::new(number, cells)
        });
        let import = ImportList {
            kind,
            rows: rows.collect(),
            sources: vec![],
        };
        store.import_list(&import).unwrap();
    }

    #[test]
    fn what_was_published_is_not_built_again() {
        let (_folder, mut store) = store();
        draft(&mut store, "first", 5);
        let draft = of_plan(&store, "first", &[], Pace::AllCores).unwrap();
        assert!(draft.is_new_ground(), "a draft may change");
        published(&mut store, "first", 5);
        assert_eq!(files(store.path()).len(), 1);
        let read = read(&store);
        assert!(!read.is_new_ground());
        let quick = read.compile(None, Pace::AllCores).unwrap();
        let slow = City::compile(store.contents("first").unwrap()).unwrap();
        assert_eq!(quick.edition().address(), slow.edition().address());
        assert_eq!(quick.version(), slow.version());
        for place in (-40..500).step_by(7) {
            let point = Point::new(place, 5).unwrap();
            let [of_quick, of_slow] = [&quick, &slow].map(|city| city.locate_point(point));
            assert_eq!(of_quick, of_slow);
            let code = |city: &City| of_quick.map(|owner| city.grid_code(owner).to_owned());
            assert_eq!(code(&quick), code(&slow));
        }
        for code in ["000001", "000005"] {
            let told = |city: &City| {
                let crs = wangge_crs::Crs::Lattice;
                let grid = city.grid(code, &crs, Shown::default()).unwrap();
                serde_json::to_string(&grid).unwrap()
            };
            assert_eq!(told(&quick), told(&slow));
        }
    }

    #[test]
    fn few_grids_have_no_file() {
        let (_folder, mut store) = store();
        published(&mut store, "first", 3);
        assert_eq!(files(store.path()), Vec::<PathBuf>::new());
        assert!(read(&store).is_new_ground());
    }

    #[test]
    fn who_may_not_read_the_store_may_not_read_its_file() {
        let (folder, mut store) = store();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let compiled = folder.path().join("city.gpkg.compiled");
        let allow = |path: &Path, mode: u32| {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        };
        // whatever the mask of the process is, and whatever the folder's were before
        for (plan, grids, of_store, of_folder) in [
            ("first", 5, 0o600, 0o700),
            ("second", 6, 0o664, 0o775),
            ("third", 7, 0o640, 0o750),
        ] {
            allow(store.path(), of_store);
            published(&mut store, plan, grids);
            let file = &files(store.path())[0];
            assert_eq!((mode(file), mode(&compiled)), (of_store, of_folder));
            assert!(!read(&store).is_new_ground());
        }
        // what others may have written is not read
        let file = files(store.path()).remove(0);
        for changed in [&file, &compiled] {
            let sound = mode(changed);
            for more in [0o020, 0o002] {
                allow(changed, sound | more);
                assert!(read(&store).is_new_ground(), "{more:o}");
            }
            allow(changed, sound);
            assert!(!read(&store).is_new_ground());
        }
        // nor what only stands under that name
        let kept = compiled.with_extension("elsewhere");
        fs::rename(&compiled, &kept).unwrap();
        std::os::unix::fs::symlink(&kept, &compiled).unwrap();
        assert!(read(&store).is_new_ground());
        published(&mut store, "fourth", 8);
        assert_eq!(mode(&kept), 0o750, "nothing behind a link is changed");
    }

    #[test]
    fn files_of_plans_that_answer_no_more_go() {
        let (_folder, mut store) = store();
        published(&mut store, "first", 5);
        let first = files(store.path());
        let stranger = first[0].with_file_name("notes.txt");
        fs::write(&stranger, "mine").unwrap();
        // one is being written, another was left by a process that was killed
        let [begun, left] = ["begun-1", "begun-2"].map(|name| first[0].with_file_name(name));
        let being_written = fs::File::create(&begun).unwrap();
        being_written.lock().unwrap();
        fs::write(&left, "half").unwrap();
        published(&mut store, "second", 6);
        let second = files(store.path());
        assert_eq!(second.len(), 3, "{second:?}");
        assert!(second.contains(&stranger) && second.contains(&begun));
        assert!(!second.contains(&first[0]));
        assert!(!read(&store).is_new_ground());
        // what was in force before is built of the store
        let before = store.plan("first").unwrap().effective.unwrap();
        let earlier = of_time(&store, before, &[], Pace::AllCores)
            .unwrap()
            .unwrap();
        assert!(earlier.is_new_ground());
        assert_eq!(
            earlier.compile(None, Pace::AllCores).unwrap().grid_count(),
            5
        );
    }

    #[test]
    fn a_plan_to_come_has_its_file_beside_that_of_the_plan_in_force() {
        let (_folder, mut store) = store();
        published(&mut store, "first", 5);
        draft(&mut store, "second", 6);
        let order = PublishOrder {
            plan: Some("second".to_owned()),
            effective: Some(Timestamp::now() + Duration::from_hours(1)),
            ..PublishOrder::default()
        };
        publish(&mut store, &order).unwrap();
        assert_eq!(files(store.path()).len(), 2);
        assert!(
            !read(&store).is_new_ground(),
            "the first is in force for an hour"
        );
        let second = of_plan(&store, "second", &[], Pace::AllCores).unwrap();
        assert!(!second.is_new_ground());
    }

    #[test]
    fn a_file_that_is_damaged_or_of_another_store_is_not_used() {
        let (_folder, mut store) = store();
        published(&mut store, "first", 5);
        let file = files(store.path()).remove(0);
        let sound = fs::read(&file).unwrap();
        let mut damaged = sound.clone();
        let middle = damaged.len() / 2;
        damaged[middle] ^= 1;
        fs::write(&file, damaged).unwrap();
        let read_anew = read(&store);
        assert!(read_anew.is_new_ground());
        assert_eq!(
            read_anew
                .compile(None, Pace::AllCores)
                .unwrap()
                .grid_count(),
            5
        );

        // the same plan in another store: its codes may have other numbers
        let (_other_folder, mut other) = self::store();
        std::thread::sleep(Duration::from_millis(2));
        published(&mut other, "first", 5);
        fs::write(&file, fs::read(files(other.path()).remove(0)).unwrap()).unwrap();
        assert!(read(&store).is_new_ground());
        fs::write(&file, sound).unwrap();
        assert!(!read(&store).is_new_ground());
    }

    #[test]
    fn units_that_differ_from_what_was_published_get_no_file() {
        let (_folder, mut store) = store();
        published(&mut store, "first", 3);
        let mut contents = store.contents("first").unwrap();
        contents.plan.content_hash = Some(Digest::of(b"others"));
        let city = CityRead::of(contents, Pace::AllCores).compile(None, Pace::AllCores);
        assert_eq!(city.unwrap().ground.id(), None);
    }

    /// A rule for a grid that only another plan has, in departments and classes that are there.
    fn rule_for(store: &mut Store, code: &str) {
        let class = [("object", "event"), ("code", "01"), ("name", "事件")];
        let minor = [("object", "event"), ("code", "0101"), ("name", "垃圾")];
        list(store, ListKind::Classes, &[&class, &minor]);
        let department = [("code", "A"), ("name", "环卫")];
        list(store, ListKind::Departments, &[&department]);
        let rule = [
            ("object", "event"),
            ("class", "0101"),
            ("area", code),
            ("tier", "1"),
            ("department", "A"),
        ];
        list(store, ListKind::Rules, &[&rule]);
    }

    #[test]
    fn lists_may_name_what_only_other_plans_have() {
        let (_folder, mut store) = store();
        published(&mut store, "first", 5);
        draft(&mut store, "wider", 7);
        rule_for(&mut store, "000007");
        let quick = read(&store);
        assert!(!quick.is_new_ground());
        let quick = quick.compile(None, Pace::AllCores).unwrap();
        let slow = City::compile(store.contents("first").unwrap()).unwrap();
        assert_eq!(quick.elsewhere, slow.elsewhere);
        rule_for(&mut store, "000004");
        let quick = read(&store).compile(None, Pace::AllCores).unwrap();
        assert_eq!(
            quick.elsewhere,
            crate::Elsewhere::default(),
            "nothing of others is named"
        );
        rule_for(&mut store, "000009");
        for of_lists in [
            read(&store).compile(None, Pace::AllCores).map(drop),
            City::compile(store.contents("first").unwrap()).map(drop),
        ] {
            assert!(
                matches!(of_lists, Err(CityError::Lists { .. })),
                "{of_lists:?}"
            );
        }
    }

    #[rstest]
    #[case::post(ListKind::Posts, &[("grid", "000007"), ("post", "网格员"), ("name", "甲")])]
    #[case::border(ListKind::Borders, &[("grid", "000005"), ("other", "000007"), ("status", "disputed")])]
    #[case::link(ListKind::Parents, &[("unit", "000007"), ("relation", "managing"), ("parent", "ZONE"), ("name", "区")])]
    #[case::device(ListKind::Devices, &[("id", "1"), ("grid", "000007")])]
    fn whatever_list_names_what_only_other_plans_have(
        #[case] kind: ListKind,
        #[case] row: &[(&str, &str)],
    ) {
        let (_folder, mut store) = store();
        published(&mut store, "first", 5);
        list(&mut store, kind, &[row]);
        let both = || {
            let quick = read(&store);
            assert!(!quick.is_new_ground());
            let quick = quick.compile(None, Pace::AllCores);
            let slow = City::compile(store.contents("first").unwrap());
            [quick, slow]
        };
        // no plan has it
        for city in both() {
            assert!(
                matches!(city, Err(CityError::Lists { .. })),
                "{:?}",
                city.map(drop)
            );
        }
        draft(&mut store, "wider", 7);
        let [quick, slow] = [
            read(&store).compile(None, Pace::AllCores),
            City::compile(store.contents("first").unwrap()),
        ]
        .map(Result::unwrap);
        assert_eq!(quick.elsewhere, slow.elsewhere);
    }

    #[test]
    fn the_ground_outlives_changes_of_lists() {
        let (_folder, mut store) = store();
        published(&mut store, "first", 3);
        let path = store.path().to_owned();
        let follows = Arc::new(Published::empty());
        let _watch = follows.follow(&path, Duration::from_millis(20)).unwrap();
        let before = follows.load().unwrap();
        list(
            &mut store,
            ListKind::Departments,
            &[&[("code", "A"), ("name", "环卫")]],
        );
        let start = Instant::now();
        let after = loop {
            let now = follows.load().unwrap();
            if now.version() != before.version() {
                break now;
            }
            assert!(
                start.elapsed() < Duration::from_secs(5),
                "the list is not seen"
            );
            std::thread::sleep(Duration::from_millis(5));
        };
        assert!(Arc::ptr_eq(&before.ground, &after.ground));
        assert!(after.responsibility().departments.get("A").is_some());
        let as_before = follows.at(before.edition().since().unwrap()).unwrap();
        assert!(Arc::ptr_eq(&as_before.unwrap().ground, &after.ground));
        published(&mut store, "second", 4);
        while follows.load().unwrap().grid_count() != 4 {
            assert!(
                start.elapsed() < Duration::from_secs(10),
                "the plan is not seen"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    #[test]
    fn who_serves_a_store_without_a_file_writes_it() {
        let (_folder, mut store) = store();
        published(&mut store, "first", 5);
        let file = files(store.path()).remove(0);
        let sound = fs::read(&file).unwrap();
        for left in [None, Some(&sound[..sound.len() / 2])] {
            match left {
                None => fs::remove_file(&file).unwrap(),
                Some(half) => fs::write(&file, half).unwrap(),
            }
            // a command does not
            let city = city_in_force(&store, None).unwrap();
            assert_eq!(city.grid_count(), 5);
            let follows = Arc::new(Published::empty());
            let _watch = follows
                .follow(store.path(), Duration::from_mins(1))
                .unwrap();
            let start = Instant::now();
            while fs::read(&file).ok().as_ref() != Some(&sound) {
                assert!(
                    start.elapsed() < Duration::from_secs(10),
                    "nothing is written"
                );
                std::thread::sleep(Duration::from_millis(5));
            }
            assert_eq!(files(store.path()).len(), 1, "nothing else is left");
        }
    }
}
