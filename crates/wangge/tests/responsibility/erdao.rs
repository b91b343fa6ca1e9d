//! 二道区: a crew for the bins of every street, and a worker with two duties in every grid.

use wangge_city::Shown;
use wangge_crs::Crs;

use crate::demonstration::{COMPONENT, Case, Demonstration, EVENT, case};

/// From the counts and departments of `data/cities/erdao.toml`: the station of the own
/// community, then the crew of the street for what sanitation has there or else the centre of the
/// street, then the department.
#[rustfmt::skip]
const CASES: [Case; 20] = [
    case("a full litter bin in Dongsheng", "220105001001", COMPONENT, "0305", ["SQ220105001001", "HW220105001", "220105-HW"]),
    case("a full litter bin in Yuanda", "220105005003", COMPONENT, "0305", ["SQ220105005003", "HW220105005", "220105-HW"]),
    case("a full litter bin in a village of Yingjun", "220105100204", COMPONENT, "0305", ["SQ220105100204", "HW220105100", "220105-HW"]),
    case("rubbish in Jilin", "220105002002", EVENT, "0102", ["SQ220105002002", "HW220105002", "220105-HW"]),
    case("a dirty road in Rongguang", "220105003001", EVENT, "0104", ["SQ220105003001", "HW220105003", "220105-HW"]),
    case("a load spilled on a road of Dongzhan", "220105004005", EVENT, "0112", ["SQ220105004005", "HW220105004", "220105-HW"]),
    case("snow on a road of Changqing", "220105007002", EVENT, "0407", ["SQ220105007002", "HW220105007", "220105-HW"]),
    case("a public toilet in Balipu", "220105006001", COMPONENT, "0301", ["SQ220105006001", "HW220105006", "220105-HW"]),
    case("a septic tank, which is the centre's alone, in Balipu", "220105006002", COMPONENT, "0302", ["SQ220105006002", "JD220105006", "220105-HW"]),
    case("a burst water main in Dongsheng", "220105001004", EVENT, "0402", ["SQ220105001004", "JD220105001", "220105-GPS"]),
    case("a burst heating pipe in Jilin", "220105002008", EVENT, "0405", ["SQ220105002008", "JD220105002", "220105-RL"]),
    case("a heating manhole in Rongguang", "220105003004", COMPONENT, "0110", ["SQ220105003004", "JD220105003", "220105-RL"]),
    case("a gas manhole in Dongzhan", "220105004001", COMPONENT, "0111", ["SQ220105004001", "JD220105004", "220105-RQ"]),
    case("cooking fumes in Yuanda", "220105005001", EVENT, "0116", ["SQ220105005001", "JD220105005", "220105-HB"]),
    case("burnt leaves in a village of Yingjun", "220105100200", EVENT, "0115", ["SQ220105100200", "JD220105100", "220105-HB"]),
    case("dirty water in a village of Yingjun", "220105100209", EVENT, "0105", ["SQ220105100209", "JD220105100", "220105-HB"]),
    case("a badly parked car in Changqing", "220105007005", EVENT, "0505", ["SQ220105007005", "JD220105007", "220105-JJ"]),
    case("a damaged overhead line in Balipu", "220105006004", EVENT, "0408", ["SQ220105006004", "JD220105006", "220105-GD"]),
    case("trading outside a shop in Jilin", "220105002001", EVENT, "0504", ["SQ220105002001", "JD220105002", "220105-CG"]),
    case("a car wash, which is no department's, in Yuanda", "220105005006", COMPONENT, "2116", ["SQ220105005006", "JD220105005", "ZH220105"]),
];

#[test]
fn erdao_empties_its_bins_and_minds_its_environment() {
    let city = Demonstration::new(
        "erdao",
        [
            ("district.geojson", "district"),
            ("streets.geojson", "street"),
            ("communities.geojson", "community"),
            ("grids.geojson", "grid"),
        ],
    );
    assert_eq!(city.units(), [1, 8, 68, 445]);
    assert_eq!(city.departments("crew"), 8);
    let both = [("worker", (445, 0)), ("environment", (445, 0))];
    assert_eq!(city.posts(), both.into());
    city.assert_one_handler_per_tier();
    city.assert_cases(&CASES);
    // 445 people, each with both duties in one grid
    let mut workers = std::collections::BTreeSet::new();
    for case in &CASES {
        let answer = city.answer(city.report_in(case.place), case.object, case.class);
        let posts = answer.posts.unwrap();
        let duties: Vec<&str> = posts.iter().map(|post| post.post).collect();
        assert_eq!(duties, ["worker", "environment"]);
        assert!(posts[0].phone.is_some());
        assert_eq!(
            (posts[0].name, posts[0].phone),
            (posts[1].name, posts[1].phone)
        );
    }
    for post in &city.city.responsibility().posts {
        workers.insert((&post.unit, &post.phone));
    }
    assert_eq!(workers.len(), 445);
    full_bins_lead_to_their_grid_and_crew(&city);
}

/// A fill sensor reports a full bin: its component tells the grid that it stands in, and the
/// sanitation crew of the street that empties it.
fn full_bins_lead_to_their_grid_and_crew(city: &Demonstration) {
    const FULL: f64 = 80.0;
    let devices = &city.city.responsibility().devices;
    let mut full = std::collections::BTreeSet::new();
    for row in city.table("readings.csv") {
        let device = devices
            .iter()
            .find(|device| device.id.as_str() == row[0])
            .unwrap();
        if device.kind.as_deref() == Some("fill-sensor") && row[2].parse::<f64>().unwrap() >= FULL {
            full.insert(device.component.clone().unwrap());
        }
    }
    assert!(full.len() > 100, "{}", full.len());
    // where the generator put each of them
    let placed: std::collections::HashMap<String, String> = city
        .table("components.csv")
        .into_iter()
        .map(|row| (row[0].clone(), row[7].clone()))
        .collect();
    for code in &full {
        let found = city
            .city
            .component(code.as_str(), &Crs::Lattice, Shown::default())
            .unwrap();
        let grid = found.properties.component.grid.unwrap();
        assert_eq!(grid, placed[code.as_str()]);
        let crew = found
            .properties
            .handlers
            .iter()
            .find(|handler| handler.tier == 2)
            .unwrap();
        assert_eq!(crew.department.code, format!("HW{}", &grid[..9]));
        assert_eq!(found.properties.posts.len(), 2);
        assert!(!found.properties.devices.is_empty());
    }
}
