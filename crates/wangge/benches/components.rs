//! A million components in a district: taken in from a file by the program itself, loaded, and
//! what a lookup costs with and without rules and components. Linux only: it reads `/proc`.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]
#![expect(
    clippy::cast_precision_loss,
    reason = "counts and nanoseconds far below 2^53"
)]

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use wangge_city::{City, LocateRequest, NearestComponents, Shown, Subject};
use wangge_crs::Crs;
use wangge_generate::{CitySpec, city};
use wangge_model::ObjectKind;
use wangge_plane::Point;
use wangge_store::Store;

const COMPONENTS: usize = 1_000_000;
const LOOKUPS: usize = 20_000;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let files = folder.path().join("city");
    city(&CitySpec::longgang()?, 1)?.write(&files)?;
    let store = folder.path().join("city.gpkg");
    let of = |name: &str| files.join(name).display().to_string();
    let at = store.display().to_string();
    wangge(&["init", &at, "--scheme", &of("scheme.toml")])?;
    wangge(&["import", "grids", &of("grids.geojson"), "--store", &at])?;
    for list in ["classes", "departments", "rules", "posts"] {
        wangge(&["import", list, &of(&format!("{list}.csv")), "--store", &at])?;
    }
    wangge(&["publish", "--store", &at])?;
    let places = places(&compiled(&store)?);
    let rows = folder.path().join("components.csv");
    std::fs::write(&rows, table(&places))?;
    let rows = rows.display().to_string();
    let import = [
        "import",
        "components",
        &rows,
        "--store",
        &at,
        "--crs",
        "EPSG:4490",
    ];
    for what in ["taken in", "again, unchanged"] {
        let started = Instant::now();
        wangge(&import)?;
        let seconds = started.elapsed().as_secs_f64();
        println!("{COMPONENTS} components {what}: {seconds:.1} s, at most 60 s wanted");
    }
    let bytes = std::fs::metadata(&store)?.len();
    println!("the store has {:.0} MB", bytes as f64 / 1e6);

    let before = resident_bytes();
    let started = Instant::now();
    let loaded = compiled(&store)?;
    println!(
        "loaded in {:.1} s; the city holds {:.0} MB, {:.0} bytes per component",
        started.elapsed().as_secs_f64(),
        (resident_bytes() - before) as f64 / 1e6,
        (resident_bytes() - before) as f64 / COMPONENTS as f64
    );
    println!("microseconds, best of five runs:");
    let event = Subject {
        object: ObjectKind::Event,
        class: "0402",
    };
    let mut body = Vec::with_capacity(4096);
    let mut asked = |subject: Option<Subject<'_>>, components_m: Option<f64>| {
        cost_us(&places, |lon, lat| {
            let answer = loaded.locate(&LocateRequest {
                lon,
                lat,
                crs: &Crs::Lattice,
                near_m: None,
                subject,
                accuracy: None,
                components: components_m.map(NearestComponents::within),
                shown: Shown::default(),
            })?;
            body.clear();
            answer.write_json(&mut body);
            Ok(body.len())
        })
    };
    let plain = asked(None, None)?;
    println!("  a lookup, written as JSON                      {plain:>8.2}");
    for (what, cost) in [
        (
            "  with handlers and posts                      ",
            asked(Some(event), None)?,
        ),
        (
            "  with the 10 nearest components within 500 m  ",
            asked(None, Some(500.0))?,
        ),
    ] {
        println!("{what}  {cost:>8.2}  ({:+.2})", cost - plain);
    }
    let resolved = cost_us(&places, |lon, lat| {
        let point = Point::from_degrees(lon, lat)?;
        let owner = loaded.locate_point(point).ok_or("a place is outside")?;
        Ok(loaded
            .handlers(owner, Some(point), event, Shown::default())?
            .len())
    })?;
    let found = cost_us(&places, |lon, lat| {
        let point = Point::from_degrees(lon, lat)?;
        Ok(loaded
            .locate_point(point)
            .map_or(0, |owner| owner.0 as usize))
    })?;
    let adds = resolved - found;
    println!("  the grid of a point                            {found:>8.2}");
    println!("  its handlers at three tiers, by the rules      {adds:>8.2}, at most 1 wanted");
    Ok(())
}

/// Runs the program, which must succeed.
fn wangge(arguments: &[&str]) -> Outcome<()> {
    let ran = Command::new(env!("CARGO_BIN_EXE_wangge"))
        .args(arguments)
        .output()?;
    if ran.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&ran.stderr).into_owned().into())
}

fn compiled(store: &Path) -> Outcome<City> {
    let store = Store::open_read_only(store)?;
    let plan = store.current()?.ok_or("nothing is published")?;
    Ok(City::compile(store.contents(&plan.name)?)?)
}

/// Places in the grids, by the golden ratio's sequence.
fn places(city: &City) -> Vec<(f64, f64)> {
    let Some(extent) = city.extent() else {
        return Vec::new();
    };
    let (min, max) = (extent.min(), extent.max());
    let within = |low: f64, high: f64, at: usize, ratio: f64| {
        let share = (at as f64 * ratio).fract();
        ((low + share * (high - low)) * 1e7).round() / 1e7
    };
    (1..)
        .map(|at| {
            let lon = within(min.lon(), max.lon(), at, 0.754_877_666_246_692_8);
            let lat = within(min.lat(), max.lat(), at, 0.569_840_290_998_053_2);
            (lon, lat)
        })
        .filter(|&(lon, lat)| {
            let point = Point::from_degrees(lon, lat);
            point.is_ok_and(|point| city.locate_point(point).is_some())
        })
        .take(COMPONENTS)
        .collect()
}

/// The file of components, as a survey gives it.
fn table(places: &[(f64, f64)]) -> String {
    const CLASSES: [&str; 6] = ["0101", "0103", "0118", "0305", "0402", "0210"];
    let mut rows = String::with_capacity(places.len() * 96);
    rows.push_str("ObjID,ObjName,ObjState,ORDate,accuracy_m,DataSource,lon,lat\n");
    for (number, (lon, lat)) in places.iter().enumerate() {
        let class = CLASSES[number % CLASSES.len()];
        // writing to a text does not fail
        let _ = writeln!(
            rows,
            "211403{class}{:06},部件,完好,2024-05-06,0.5,实测,{lon},{lat}",
            number / CLASSES.len() + 1
        );
    }
    rows
}

/// Microseconds of one look.
fn cost_us(
    places: &[(f64, f64)],
    mut look: impl FnMut(f64, f64) -> Outcome<usize>,
) -> Outcome<f64> {
    let step = places.len() / LOOKUPS;
    let mut best = f64::INFINITY;
    for _ in 0..5 {
        let mut sum = 0;
        let started = Instant::now();
        for (lon, lat) in places.iter().step_by(step) {
            sum += look(*lon, *lat)?;
        }
        std::hint::black_box(sum);
        let looked = places.len().div_ceil(step);
        best = f64::min(best, started.elapsed().as_secs_f64() * 1e6 / looked as f64);
    }
    Ok(best)
}

/// Memory that is in use, by `/proc`; 0 where there is none.
fn resident_bytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
    kilobytes.unwrap_or(0) * 1024
}
