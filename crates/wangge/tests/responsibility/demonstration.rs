//! A demonstration city, from its files: made, imported and published by the commands that people
//! use, then asked.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use wangge_city::{City, HandlerRef, LocateAnswer, LocateRequest, Shown, Subject};
use wangge_crs::Crs;
use wangge_model::{GridKind, ObjectKind};
use wangge_store::{PlanContents, Store};

use crate::support::{Desk, run};
use crate::text;

pub(crate) const COMPONENT: ObjectKind = ObjectKind::Component;
pub(crate) const EVENT: ObjectKind = ObjectKind::Event;

/// A city that was imported from files and is in force.
pub(crate) struct Demonstration {
    pub(crate) city: City,
    /// What the store holds.
    pub(crate) contents: PlanContents,
    reports: Vec<Report>,
    files: PathBuf,
    /// The files go with it.
    _desk: Desk,
}

/// A position with the grid that the generator's truth says.
pub(crate) struct Report {
    lon: f64,
    lat: f64,
    pub(crate) grid: String,
}

/// A case that a person wrote down: what happened, as a class, anywhere in a unit; and the
/// departments that answer, tier by tier.
pub(crate) struct Case {
    pub(crate) what: &'static str,
    /// The beginning of the grid's code.
    pub(crate) place: &'static str,
    pub(crate) object: ObjectKind,
    pub(crate) class: &'static str,
    pub(crate) answer: [&'static str; 3],
}

/// A case by its columns.
pub(crate) const fn case(
    what: &'static str,
    place: &'static str,
    object: ObjectKind,
    class: &'static str,
    answer: [&'static str; 3],
) -> Case {
    Case {
        what,
        place,
        object,
        class,
        answer,
    }
}

/// What a city may have files of, and how they are taken in.
const LISTS: [(&str, &[&str], &[&str]); 11] = [
    ("classes", &["classes.csv"], &[]),
    ("departments", &["departments.csv"], &[]),
    ("overlays", &["overlays.geojson"], &[]),
    ("rules", &["rules.csv"], &[]),
    ("posts", &["posts.csv"], &[]),
    ("streets", &["streets-network.geojson"], &[]),
    ("households", &["households.csv"], &["--crs", "EPSG:4490"]),
    ("base", &["green.geojson", "water.geojson"], &[]),
    ("components", &["components.csv"], &["--crs", "EPSG:4490"]),
    ("components", &["component-shapes.geojson"], &[]),
    ("devices", &["devices.csv"], &[]),
];

impl Demonstration {
    /// Generates the files of a city, takes them into a store, publishes and checks the rules. The
    /// levels are given by their files, top to bottom.
    pub(crate) fn new(city: &str, levels: [(&str, &str); 4]) -> Self {
        let desk = Desk::new();
        let (files, store) = (desk.path("city"), desk.path("city.gpkg"));
        let scheme = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/schemes/").to_owned() + city;
        let scheme = scheme + ".toml";
        run(&[
            "generate",
            "city",
            "--scheme",
            &scheme,
            "--seed",
            "1",
            "-o",
            text(&files),
        ])
        .expect_code(0);
        run(&["init", text(&store), "--scheme", &scheme]).expect_code(0);
        let take = |list: &str, names: &[&str], options: &[&str]| {
            let paths: Vec<PathBuf> = names.iter().map(|name| files.join(name)).collect();
            let mut arguments = vec!["import", list, "--store", text(&store)];
            arguments.extend(paths.iter().map(|path| text(path)));
            arguments.extend(options);
            run(&arguments).expect_code(0);
        };
        for (name, level) in levels {
            take("grids", &[name], &["--level", level, "--plan", "2026"]);
        }
        for (list, names, options) in LISTS {
            if files.join(names[0]).exists() {
                take(list, names, options);
            }
        }
        run(&["publish", "--store", text(&store)]).expect_code(0);
        let checked = run(&["rules", "check", "--store", text(&store)]).expect_code(0);
        assert!(
            checked.out.contains("Every class has a department"),
            "{}",
            checked.out
        );
        let store = Store::open_read_only(&store).unwrap();
        let contents = store.contents("2026").unwrap();
        Self {
            city: City::compile(contents.clone()).unwrap(),
            contents,
            reports: reports(&files),
            files,
            _desk: desk,
        }
    }

    /// The rows of one of the city's files, without its header. No cell of these has a comma.
    pub(crate) fn table(&self, name: &str) -> Vec<Vec<String>> {
        table(&self.files.join(name))
    }

    /// The text of one of the city's files.
    pub(crate) fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.files.join(name)).unwrap()
    }

    /// How many units the store holds, top to bottom.
    pub(crate) fn units(&self) -> [usize; 4] {
        let mut counts = [0; 4];
        for (unit, _) in &self.contents.upper {
            counts[unit.level.0] += 1;
        }
        counts[3] += self.contents.grids.len();
        counts
    }

    /// How many grids are of each kind.
    pub(crate) fn kinds(&self) -> BTreeMap<String, usize> {
        let mut kinds = BTreeMap::new();
        for grid in &self.contents.grids {
            let kind = grid.unit.kind.as_ref().map_or("", GridKind::as_str);
            *kinds.entry(kind.to_owned()).or_default() += 1;
        }
        kinds
    }

    /// How many posts there are of each name, and how many of them nobody holds.
    pub(crate) fn posts(&self) -> BTreeMap<&str, (usize, usize)> {
        let mut posts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        for post in &self.city.responsibility().posts {
            let (all, vacant) = posts.entry(&post.post).or_default();
            *all += 1;
            *vacant += usize::from(post.name.is_none() && post.department.is_none());
        }
        posts
    }

    /// How many departments are of a kind.
    pub(crate) fn departments(&self, kind: &str) -> usize {
        let all = self.city.responsibility().departments.all().iter();
        all.filter(|department| department.kind.as_deref() == Some(kind))
            .count()
    }

    /// A place in a grid whose code begins so.
    pub(crate) fn report_in(&self, place: &str) -> &Report {
        let mut reports = self.reports.iter();
        reports
            .find(|report| report.grid.starts_with(place))
            .unwrap_or_else(|| panic!("no place in {place}"))
    }

    /// A place in a specialised grid.
    pub(crate) fn report_across(&self, overlay: &str) -> &Report {
        let mut reports = self.reports.iter();
        let inside = |report: &&Report| {
            let answer = self.answer(report, EVENT, "0499");
            let overlays = answer.overlays.unwrap_or_default();
            overlays.iter().any(|one| one.code == overlay)
        };
        reports
            .find(inside)
            .unwrap_or_else(|| panic!("no place in {overlay}"))
    }

    /// What a lookup answers, with everything that may be shown.
    pub(crate) fn answer<'a>(
        &'a self,
        report: &Report,
        object: ObjectKind,
        class: &'a str,
    ) -> LocateAnswer<'a> {
        let request = LocateRequest {
            lon: report.lon,
            lat: report.lat,
            crs: &Crs::Lattice,
            near_m: None,
            subject: Some(Subject { object, class }),
            accuracy: None,
            components: None,
            shown: Shown {
                contacts: true,
                ..Shown::default()
            },
        };
        self.city.locate(&request).unwrap()
    }

    /// The departments of a case, tier by tier.
    fn departments_of(&self, case: &Case) -> Vec<String> {
        let report = self.report_in(case.place);
        let handlers = self
            .answer(report, case.object, case.class)
            .handlers
            .unwrap();
        let code = |handler: &HandlerRef| handler.department.code.to_owned();
        handlers.iter().map(code).collect()
    }

    /// Holds the table of named cases against the answers.
    pub(crate) fn assert_cases(&self, cases: &[Case; 20]) {
        let wrong: Vec<String> = cases
            .iter()
            .map(|case| (case, self.departments_of(case)))
            .filter(|(case, departments)| *departments != case.answer)
            .map(|(case, departments)| format!("{}: {departments:?}", case.what))
            .collect();
        assert_eq!(wrong, Vec::<String>::new());
    }

    /// Ten thousand random reports of random classes, all over the city, each in the grid of the
    /// truth and with one department at each of three tiers: the one of the own community first.
    pub(crate) fn assert_one_handler_per_tier(&self) {
        assert!(self.reports.len() > 1_000, "{}", self.reports.len());
        let classes: Vec<_> = self.city.responsibility().classes.minors().collect();
        let mut dice = Dice::new(20_261_126);
        for _ in 0..10_000 {
            let report = &self.reports[dice.below(self.reports.len())];
            let class = classes[dice.below(classes.len())];
            let answer = self.answer(report, class.object, class.code.as_str());
            assert_eq!(answer.grid.unwrap().code, report.grid);
            let handlers = answer.handlers.unwrap();
            let tiers: Vec<u32> = handlers.iter().map(|handler| handler.tier).collect();
            assert_eq!(tiers, [1, 2, 3], "{} in {}", class.code, report.grid);
            let community = format!("SQ{}", &report.grid[..12]);
            assert_eq!(handlers[0].department.code, community);
            // whoever it is at the street's tier, it is of the same street
            assert!(handlers[1].department.code.ends_with(&report.grid[..9]));
        }
    }
}

/// Numbers by chance, the same in every run (Knuth's MMIX generator).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// From 0 to below 1.
    pub(crate) fn share(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        #[expect(clippy::cast_precision_loss, reason = "53 bits")]
        let share = (self.0 >> 11) as f64 / (1u64 << 53) as f64;
        share
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "a small count, not negative"
    )]
    fn below(&mut self, count: usize) -> usize {
        (self.share() * count as f64) as usize
    }
}

/// The points of the truth that lie inside a grid.
fn reports(files: &Path) -> Vec<Report> {
    let table = |name: &str| table(&files.join(name));
    let truth: HashMap<String, String> = table("truth.csv")
        .into_iter()
        .filter(|row| row[2] == "inside")
        .map(|row| (row[0].clone(), row[1].clone()))
        .collect();
    table("points.csv")
        .into_iter()
        .filter_map(|row| {
            Some(Report {
                grid: truth.get(&row[0])?.clone(),
                lon: row[1].parse().unwrap(),
                lat: row[2].parse().unwrap(),
            })
        })
        .collect()
}

fn table(path: &Path) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(path).unwrap();
    let rows = text.lines().skip(1);
    rows.map(|line| line.split(',').map(str::to_owned).collect())
        .collect()
}
