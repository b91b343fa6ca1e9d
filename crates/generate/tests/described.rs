//! The described cities: what each of them says of itself, and what is particular in it.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot make its city has failed"
)]

use std::collections::{BTreeMap, BTreeSet};

use rstest::rstest;
use wangge_generate::{City, DescribedCity, WaterClass, city};
use wangge_model::{Code, Department, Grid, GridKind, Post, Rule};
use wangge_plane::Side;

fn made(described: DescribedCity) -> City {
    city(&described.spec().unwrap(), 1).unwrap()
}

fn of_kind<'a>(city: &'a City, kind: &GridKind) -> Vec<&'a Grid> {
    let grids = city.grids.iter();
    grids
        .filter(|grid| grid.unit.kind.as_ref() == Some(kind))
        .collect()
}

fn departments<'a>(city: &'a City, kind: &str) -> Vec<&'a Department> {
    let all = city.departments.iter();
    all.filter(|department| department.kind.as_deref() == Some(kind))
        .collect()
}

/// The rules of a tier that are for a class.
fn of_class(city: &City, tier: u32) -> Vec<&Rule> {
    let rules = city.rules.iter();
    rules
        .filter(|rule| rule.tier == tier && rule.class.is_some())
        .collect()
}

/// As the cities have published their numbers: streets and towns, communities, villages, grids.
#[rstest]
#[case::longgang(DescribedCity::LONGGANG, [11, 62, 19, 448])]
#[case::songzi(DescribedCity::SONGZI, [16, 13, 260, 360])]
#[case::laiyang(DescribedCity::LAIYANG, [18, 67, 732, 996])]
#[case::erdao(DescribedCity::ERDAO, [8, 58, 10, 445])]
#[case::zhanggong(DescribedCity::ZHANGGONG, [9, 78, 65, 727])]
fn a_city_has_the_numbers_that_it_says(
    #[case] described: DescribedCity,
    #[case] wanted: [usize; 4],
) {
    let city = made(described);
    let of_level = |level: usize| city.units().filter(move |unit| unit.level.0 == level);
    // communities 001 to 199, villages 200 to 399: the bureau of statistics' rule
    let is_village = |code: &Code| code.as_str()[9..].parse::<u32>().unwrap() >= 200;
    let villages = of_level(2).filter(|unit| is_village(&unit.code)).count();
    let counts = [
        of_level(1).count(),
        of_level(2).count() - villages,
        villages,
        of_level(3).count(),
    ];
    assert_eq!(counts, wanted);
    assert_eq!(of_level(0).count(), 1);
}

#[rstest]
#[case::longgang(DescribedCity::LONGGANG, true)]
#[case::songzi(DescribedCity::SONGZI, false)]
#[case::laiyang(DescribedCity::LAIYANG, true)]
#[case::erdao(DescribedCity::ERDAO, false)]
#[case::zhanggong(DescribedCity::ZHANGGONG, false)]
fn only_cities_at_the_sea_have_a_coast(#[case] described: DescribedCity, #[case] coast: bool) {
    let city = made(described);
    let has = |class| city.water.iter().any(|water| water.class == class);
    assert_eq!([has(WaterClass::Coast), has(WaterClass::Sea)], [coast; 2]);
    assert!(has(WaterClass::River));
}

/// 100 urban grids of 300 to 500 households, and 260 villages of one grid each.
#[test]
fn songzi_has_urban_grids_by_households_and_villages_of_one_grid() {
    let city = made(DescribedCity::SONGZI);
    let (urban, rural) = (
        of_kind(&city, &GridKind::Urban),
        of_kind(&city, &GridKind::Rural),
    );
    assert_eq!((urban.len(), rural.len()), (100, 260));
    for grid in &urban {
        let households = grid.unit.households.unwrap();
        assert!((300..=500).contains(&households), "{households}");
    }
    let villages: BTreeSet<_> = rural.iter().map(|grid| &grid.unit.parent).collect();
    assert_eq!(villages.len(), 260);
}

/// One worker in every grid, and 157 institutions dealt out to the 100 urban ones.
#[test]
fn songzi_has_institutions_in_its_urban_grids() {
    let city = made(DescribedCity::SONGZI);
    assert_eq!(departments(&city, "institution").len(), 157);
    let posts: Vec<Post> = city.posts().collect();
    let (workers, assigned) = posts.split_at(360);
    assert!(
        workers
            .iter()
            .all(|post| post.post == "worker" && post.name.is_some())
    );
    assert_eq!(assigned.len(), 157);
    for post in assigned {
        assert_eq!((post.post.as_str(), &post.name), ("institution", &None));
        assert!(
            post.department
                .as_ref()
                .unwrap()
                .as_str()
                .starts_with("JG421087")
        );
    }
    let mut in_grid: BTreeMap<&Code, usize> = BTreeMap::new();
    for post in assigned {
        *in_grid.entry(&post.unit).or_default() += 1;
    }
    let urban = of_kind(&city, &GridKind::Urban);
    let counts: Vec<usize> = urban.iter().map(|grid| in_grid[&grid.unit.code]).collect();
    assert_eq!(counts.iter().sum::<usize>(), 157);
    assert!(counts.iter().all(|count| (1..=2).contains(count)));
}

/// Six fields of duty in urban grids, seven in rural ones; a note begins with the field's name.
#[rstest]
#[case::urban(GridKind::Urban, 6)]
#[case::rural(GridKind::Rural, 7)]
fn songzi_has_fields_of_duty_by_kind(#[case] kind: GridKind, #[case] wanted: usize) {
    let city = made(DescribedCity::SONGZI);
    let of_kind = of_class(&city, 3)
        .into_iter()
        .filter(|rule| rule.grid_kind.as_ref() == Some(&kind));
    let fields: BTreeSet<&str> = of_kind
        .map(|rule| rule.note.as_deref().unwrap().split('：').next().unwrap())
        .collect();
    assert_eq!(fields.len(), wanted, "{fields:?}");
}

#[test]
fn laiyang_has_nine_networks_with_a_contact_in_the_city_and_in_every_town() {
    let city = made(DescribedCity::LAIYANG);
    let networks = departments(&city, "network");
    assert_eq!(networks.len(), 9 + 9 * 18);
    let contacts = networks
        .iter()
        .filter(|department| {
            departments(&city, "network")
                .iter()
                .any(|above| Some(&above.code) == department.parent.as_ref())
        })
        .count();
    assert_eq!(contacts, 9 * 18);
    // each of them is for something at the tier of the towns, as its office is at the city's
    let acting: BTreeSet<&Code> = of_class(&city, 2)
        .iter()
        .map(|rule| &rule.department)
        .collect();
    assert_eq!(acting.len(), 9 * 18);
    let mut posts: BTreeMap<usize, usize> = BTreeMap::new();
    for post in city.posts() {
        *posts.entry(post.unit.as_str().len()).or_default() += 1;
    }
    assert_eq!(posts, BTreeMap::from([(6, 9), (9, 9 * 18), (15, 996)]));
}

/// A market, a park, a section of a river: connected ground in several base grids.
#[test]
fn laiyang_has_three_specialised_grids_across() {
    let city = made(DescribedCity::LAIYANG);
    assert_eq!(city.overlays.len(), 3);
    for special in &city.overlays {
        assert_eq!(special.kind.as_deref(), Some("special"));
        assert_eq!(special.shape.parts().len(), 1, "{}", special.code);
        // twelve digits of a community, then a number from the block that is kept for them
        assert!(special.code.as_str().starts_with("3706820010019"));
        assert_eq!(special.code.as_str().len(), 15);
        assert!(city.units().all(|unit| unit.code != special.code));
        // a grid has some of it when it has corners in it, or a side of it
        let inside = |grid: &&Grid| {
            let sides: Vec<Side> = grid
                .shape
                .rings()
                .flat_map(wangge_plane::Ring::points)
                .map(|&point| special.shape.side(point))
                .collect();
            let of = |wanted| sides.iter().filter(|&&side| side == wanted).count();
            of(Side::Inside) > 0 || of(Side::On) > 1
        };
        let touched = city.grids.iter().filter(inside).count();
        assert!(touched > 1, "{} touches {touched} grids", special.code);
    }
    let areas: Vec<f64> = city
        .overlays
        .iter()
        .map(|special| special.shape.area_m2() / 1e6)
        .collect();
    for (area, least) in areas.iter().zip([0.12, 0.4, 9.0]) {
        assert!((0.8 * least..1.6 * least).contains(area), "{areas:?}");
    }
    // each has a department for something in it, by rules for its own area
    for special in &city.overlays {
        let of_area = of_class(&city, 3)
            .into_iter()
            .filter(|rule| rule.area.as_ref() == Some(&special.code));
        assert!(of_area.count() > 0, "{}", special.code);
    }
    let folder = tempfile::tempdir().unwrap();
    city.write(folder.path()).unwrap();
    let text = std::fs::read_to_string(folder.path().join("overlays.geojson")).unwrap();
    let file: serde_json::Value = serde_json::from_str(&text).unwrap();
    let properties = |at: usize| file["features"][at]["properties"].clone();
    assert_eq!(properties(0)["code"], city.overlays[0].code.as_str());
    assert_eq!(properties(2)["kind"], "special");
    assert_eq!(properties(2)["synthetic"], true);
}

/// 445 workers, each with the environment as a second duty.
#[test]
fn erdao_has_one_worker_in_every_grid_with_two_duties() {
    let city = made(DescribedCity::ERDAO);
    let posts: Vec<Post> = city.posts().collect();
    assert_eq!(posts.len(), 2 * 445);
    let mut workers = BTreeSet::new();
    for duties in posts.chunks(2) {
        let [worker, environment] = duties else {
            unreachable!()
        };
        assert_eq!(
            (worker.post.as_str(), environment.post.as_str()),
            ("worker", "environment")
        );
        assert_eq!(worker.unit, environment.unit);
        assert!(worker.name.is_some());
        assert_eq!(
            (&worker.name, &worker.phone),
            (&environment.name, &environment.phone)
        );
        workers.insert(worker.phone.clone());
    }
    assert_eq!(workers.len(), 445);
}

#[test]
fn erdao_has_a_sanitation_crew_in_every_street_for_its_bins() {
    let city = made(DescribedCity::ERDAO);
    let crews = departments(&city, "crew");
    assert_eq!(crews.len(), 8);
    assert!(
        crews
            .iter()
            .all(|crew| crew.parent.as_ref().unwrap().as_str() == "220105-HW")
    );
    assert_eq!(crews[0].name, "东盛街道环卫作业队");
    let bins = of_class(&city, 2)
        .into_iter()
        .filter(|rule| rule.class.as_ref().unwrap().as_str() == "0305");
    let bins: Vec<(&str, &str)> = bins
        .map(|rule| {
            (
                rule.area.as_ref().unwrap().as_str(),
                rule.department.as_str(),
            )
        })
        .collect();
    assert_eq!(bins.len(), 8);
    for (street, crew) in bins {
        assert_eq!(crew, format!("HW{street}"));
    }
}

/// Grids of communities by households, those of villages by persons, none with more than 1,000.
#[test]
fn zhanggong_has_second_level_grids_of_the_size_that_it_says() {
    let city = made(DescribedCity::ZHANGGONG);
    for grid in &city.grids {
        let (households, persons) = (grid.unit.households.unwrap(), grid.unit.population.unwrap());
        if grid.unit.kind == Some(GridKind::Rural) {
            assert!((440..=560).contains(&persons), "{persons}");
        } else {
            assert!((300..=500).contains(&households), "{households}");
        }
        assert!(persons <= 1000, "{persons}");
    }
    let posts = |digits: usize| {
        city.posts()
            .filter(|post| post.unit.as_str().len() == digits)
            .count()
    };
    assert_eq!((posts(15), posts(12)), (2 * 727, 143));
}

#[test]
fn the_names_of_the_described_cities_are_those_of_their_files() {
    let names: Vec<&str> = DescribedCity::ALL.iter().map(DescribedCity::name).collect();
    assert_eq!(
        names,
        ["longgang", "songzi", "laiyang", "erdao", "zhanggong"]
    );
}
