//! Who is responsible in a synthetic city: its files, read and judged as import does.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot make its city has failed"
)]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use rstest::rstest;
use wangge_duty::{Duty, Ground};
use wangge_generate::{City, CitySpec, DescribedCity, city};
use wangge_model::{
    ClassTable, Code, Departments, GridKind, LevelIndex, ListRow, ObjectKind, Post, Rules, Scheme,
};

/// The lists of a city, as the model reads them from its files.
struct Lists {
    classes: ClassTable,
    departments: Departments,
    rules: Rules,
    posts: Vec<Post>,
}

impl Lists {
    fn of(city: &City) -> Self {
        let folder = tempfile::tempdir().unwrap();
        city.write(folder.path()).unwrap();
        let read = |name, columns| rows(folder.path(), name, columns);
        Self {
            classes: ClassTable::read(&read("classes.csv", ClassTable::COLUMNS)).unwrap(),
            departments: Departments::read(&read("departments.csv", Departments::COLUMNS)).unwrap(),
            rules: Rules::read(&read("rules.csv", Rules::COLUMNS)).unwrap(),
            posts: Post::read(&read("posts.csv", post_columns(city))).unwrap(),
        }
    }

    fn of_kind(&self, kind: &str) -> usize {
        let all = self.departments.all().iter();
        all.filter(|department| department.kind.as_deref() == Some(kind))
            .count()
    }

    fn of_tier(&self, tier: u32) -> usize {
        self.rules
            .all()
            .iter()
            .filter(|rule| rule.tier == tier)
            .count()
    }

    fn duty(&self, city: &City, unit_of: &HashMap<&Code, u32>) -> Duty {
        let tiers = city.scheme.tiers().iter().map(|tier| tier.number);
        let unit_of = |code: &Code| unit_of.get(code).copied();
        Duty::compile(&self.rules, &self.departments, tiers, unit_of).unwrap()
    }
}

/// A department holds a post only where institutions are assigned to grids.
fn post_columns(city: &City) -> &'static [&'static str] {
    let by_department = city.posts().any(|post| post.department.is_some());
    &Post::COLUMNS[..if by_department { 5 } else { 4 }]
}

/// The rows of a file. The lists of these cities quote no cell.
fn rows(folder: &Path, name: &str, columns: &[&str]) -> Vec<ListRow> {
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    assert!(!text.contains('"'), "{name}");
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    assert_eq!(header, columns, "{name}");
    lines
        .zip(1..)
        .map(|(line, number)| {
            let cells: Vec<&str> = line.split(',').collect();
            assert_eq!(cells.len(), columns.len(), "{name}: {line}");
            ListRow::new(number, columns.iter().copied().zip(cells))
        })
        .collect()
}

fn longgang(seed: u64) -> City {
    city(&CitySpec::longgang().unwrap(), seed).unwrap()
}

/// The numbers of the units of all levels, and of specialised grids.
fn numbers(city: &City) -> HashMap<&Code, u32> {
    let units = city.units().map(|unit| &unit.code);
    let overlays = city.overlays.iter().map(|overlay| &overlay.code);
    units.chain(overlays).zip(0..).collect()
}

/// The chain of units of each grid, and its kind.
fn chains(city: &City, unit_of: &HashMap<&Code, u32>) -> Vec<(Vec<u32>, Option<GridKind>)> {
    let parent_of: HashMap<&Code, Option<&Code>> = city
        .units()
        .map(|unit| (&unit.code, unit.parent.as_ref()))
        .collect();
    let chain = |grid| {
        let mut chain: Vec<u32> = std::iter::successors(Some(grid), |code: &&Code| parent_of[code])
            .map(|code| unit_of[code])
            .collect();
        chain.reverse();
        chain
    };
    city.grids
        .iter()
        .map(|grid| (chain(&grid.unit.code), grid.unit.kind.clone()))
        .collect()
}

fn grounds(chains: &[(Vec<u32>, Option<GridKind>)]) -> Vec<Ground<'_>> {
    chains
        .iter()
        .map(|(chain, kind)| Ground {
            chain,
            kind: kind.as_ref(),
        })
        .collect()
}

/// 11 streets and towns, 62 communities and 19 villages, 448 grids with five posts, as the
/// district has published them.
#[test]
fn the_district_has_as_many_departments_rules_and_posts_as_its_units_ask_for() {
    let city = longgang(1);
    let lists = Lists::of(&city);
    assert_eq!(lists.of_kind("district"), 1);
    assert_eq!(lists.of_kind("functional"), 16);
    assert_eq!(lists.of_kind("street"), 2 * 11);
    assert_eq!(lists.of_kind("community"), 62 + 19);
    assert_eq!(lists.departments.all().len(), 1 + 16 + 22 + 81);
    assert_eq!(lists.of_tier(1), 81);
    assert_eq!(lists.of_tier(2), 11);
    assert_eq!(lists.posts.len(), 2240);
    assert_eq!(lists.departments.all().len(), city.departments.len());
    assert_eq!(lists.rules.all(), city.rules);
    assert!(city.posts().eq(lists.posts));
}

#[rstest]
#[case::the_district(CitySpec::longgang().unwrap())]
#[case::songzi(DescribedCity::SONGZI.spec().unwrap())]
#[case::laiyang(DescribedCity::LAIYANG.spec().unwrap())]
#[case::erdao(DescribedCity::ERDAO.spec().unwrap())]
#[case::zhanggong(DescribedCity::ZHANGGONG.spec().unwrap())]
#[case::without_functional_departments(CitySpec::sized(60).unwrap())]
#[case::of_one_grid(CitySpec::sized(1).unwrap())]
fn the_lists_name_nothing_that_is_not_there_and_leave_no_hole(#[case] spec: CitySpec) {
    let city = city(&spec, 5).unwrap();
    let lists = Lists::of(&city);
    let unit_of = numbers(&city);
    let is_unit = |code: &Code| unit_of.contains_key(code);
    let faults = lists
        .rules
        .check(&city.scheme, &lists.departments, &lists.classes, is_unit);
    assert_eq!(faults, []);
    let level_of: HashMap<&Code, LevelIndex> =
        city.units().map(|unit| (&unit.code, unit.level)).collect();
    for post in &lists.posts {
        let fault = post.check(
            &city.scheme,
            |code| level_of.get(code).copied(),
            &lists.departments,
        );
        assert_eq!(fault, None);
    }
    let chains = chains(&city, &unit_of);
    let duty = lists.duty(&city, &unit_of);
    assert_eq!(duty.check(&lists.classes, &grounds(&chains)), []);
}

/// The command centre has what no department of a district is for: amusement parks, cash machines,
/// the metro's signs, shafts and entrances, car washes, border crossings, whatever is special; and
/// the extension of events, which has no classes.
#[test]
fn every_class_has_a_department_of_its_own_but_a_few_extensions() {
    let city = longgang(1);
    let lists = Lists::of(&city);
    let unit_of = numbers(&city);
    let (chains, duty) = (chains(&city, &unit_of), lists.duty(&city, &unit_of));
    let ground = grounds(&chains)[0];
    let left: Vec<String> = lists
        .classes
        .minors()
        .filter(|class| {
            let handler = duty.handler(3, class.object, class.code.as_str(), ground);
            let department = &lists.departments.all()[handler.unwrap().department];
            department.kind.as_deref() != Some("functional")
        })
        .map(|class| format!("{} {}", class.object, class.code))
        .collect();
    assert_eq!(
        left,
        [
            "component 2105",
            "component 2106",
            "component 2112",
            "component 2113",
            "component 2114",
            "component 2116",
            "component 2123",
            "component 2136",
            "event 21",
        ]
    );
}

#[rstest]
#[case::water_manhole(ObjectKind::Component, "0101", "龙港区供排水公司")]
#[case::illegal_building(ObjectKind::Event, "0101", "龙港区城市管理综合执法局")]
#[case::gas_manhole(ObjectKind::Component, "0111", "龙港区燃气公司")]
#[case::street_lamp(ObjectKind::Component, "0118", "龙港区市政公用事业中心")]
#[case::traffic_light(ObjectKind::Component, "0210", "龙港区交警大队")]
#[case::litter_bin(ObjectKind::Component, "0305", "龙港区环境卫生中心")]
#[case::street_tree(ObjectKind::Component, "0402", "龙港区园林绿化中心")]
#[case::burst_water_main(ObjectKind::Event, "0402", "龙港区供排水公司")]
#[case::burst_gas_pipe(ObjectKind::Event, "0403", "龙港区燃气公司")]
#[case::exposed_rubbish(ObjectKind::Event, "0102", "龙港区环境卫生中心")]
#[case::noise_of_building(ObjectKind::Event, "0301", "龙港区住房和城乡建设局")]
#[case::vendor_before_the_shop(ObjectKind::Event, "0504", "龙港区城市管理综合执法局")]
#[case::cash_machine(ObjectKind::Component, "2106", "葫芦岛市龙港区网格化指挥中心")]
fn a_report_goes_from_the_station_by_the_street_to_the_department(
    #[case] object: ObjectKind,
    #[case] class: &str,
    #[case] handles: &str,
) {
    let city = longgang(1);
    let lists = Lists::of(&city);
    let unit_of = numbers(&city);
    let (chains, duty) = (chains(&city, &unit_of), lists.duty(&city, &unit_of));
    for (grid, ground) in city.grids.iter().zip(grounds(&chains)) {
        let at = |tier| {
            let handler = duty.handler(tier, object, class, ground).unwrap();
            &lists.departments.all()[handler.department]
        };
        // the grid's code says where it is: nine digits of the street, twelve of the community
        let code = grid.unit.code.as_str();
        assert_eq!(at(1).code.as_str(), format!("SQ{}", &code[..12]));
        assert_eq!(at(2).code.as_str(), format!("JD{}", &code[..9]));
        assert_eq!(at(3).name, handles);
        let centre = at(1).parent.as_ref();
        assert_eq!(centre, Some(&at(2).code));
    }
}

#[test]
fn every_department_is_below_the_command_centre_with_a_number_of_its_own() {
    let lists = Lists::of(&longgang(1));
    let mut phones = BTreeSet::new();
    for department in lists.departments.all() {
        let above = std::iter::successors(Some(department), |department| {
            lists.departments.get(department.parent.as_ref()?.as_str())
        });
        assert_eq!(above.last().unwrap().code.as_str(), "ZH211403");
        let phone = department.phone.clone().unwrap();
        assert!(phone.starts_with("0429-0000"), "{phone}");
        assert!(phones.insert(phone));
    }
}

#[test]
fn every_grid_has_the_five_posts_and_one_post_in_fifty_is_vacant() {
    let city = longgang(1);
    let mut posts_of: BTreeMap<Code, Vec<String>> = BTreeMap::new();
    let mut phones = BTreeSet::new();
    let mut vacant = 0;
    for post in city.posts() {
        posts_of.entry(post.unit).or_default().push(post.post);
        match (post.name, post.phone) {
            (Some(name), Some(phone)) => {
                assert!((2..=3).contains(&name.chars().count()), "{name}");
                // no number of China begins with 100
                assert!(phone.len() == 11 && phone.starts_with("1000"), "{phone}");
                assert!(phones.insert(phone));
            }
            (None, None) => vacant += 1,
            half => panic!("{half:?}"),
        }
    }
    assert_eq!(posts_of.len(), 448);
    let five = ["head", "information", "police", "safety", "supervisor"];
    assert!(posts_of.values().all(|posts| posts == &five));
    // 44 times fifty, and forty posts more
    assert!((44..=45).contains(&vacant), "{vacant}");
}

#[test]
fn another_seed_puts_other_people_into_the_posts() {
    let (one, other) = (longgang(1), longgang(2));
    let names = |city: &City| city.posts().map(|post| post.name).collect::<Vec<_>>();
    assert_eq!(names(&one), names(&longgang(1)));
    let (one, other) = (names(&one), names(&other));
    let same = one.iter().zip(&other).filter(|(a, b)| a == b).count();
    assert!(same < one.len() / 10, "{same}");
}

/// Tiers in another order, one of them the grid's own, and a lowest level without posts.
#[test]
fn another_scheme_gets_rules_for_its_tiers_and_no_more_posts_than_it_names() {
    let text = include_str!("../../../data/schemes/longgang.toml");
    let (levels, _) = text.split_once("posts =").unwrap();
    let tiers = "[tiers]\n1 = \"grid\"\n2 = \"district\"\n5 = \"street\"\n";
    let text = format!("{levels}\n{tiers}").replace("211403", "370202");
    let spec = CitySpec::for_scheme(Scheme::from_toml(&text).unwrap()).unwrap();
    let city = city(&spec, 1).unwrap();
    let lists = Lists::of(&city);
    assert_eq!(lists.posts, []);
    let count = |level| city.units().filter(|unit| unit.level.0 == level).count();
    assert_eq!(lists.of_tier(1), count(2));
    assert_eq!(lists.of_tier(2), 1);
    assert_eq!(lists.of_tier(5), count(1));
    let unit_of = numbers(&city);
    let chains = chains(&city, &unit_of);
    let duty = lists.duty(&city, &unit_of);
    assert_eq!(duty.check(&lists.classes, &grounds(&chains)), []);
}

#[test]
fn a_department_with_the_code_of_a_station_is_refused() {
    let text = include_str!("../../../data/cities/longgang.toml");
    let text = text.replace("211403-ZJ", "SQ211403001001");
    let scheme = include_str!("../../../data/schemes/longgang.toml");
    let spec = CitySpec::from_toml(Scheme::from_toml(scheme).unwrap(), &text).unwrap();
    let error = city(&spec, 1).unwrap_err().to_string();
    assert!(
        error.starts_with("two departments have the code SQ211403001001"),
        "{error}"
    );
}
