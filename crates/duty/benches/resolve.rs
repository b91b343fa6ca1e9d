//! Resolutions of all three tiers, one after the other, in a district and in a large city; and the
//! proof that duty has no hole.
//!
//! An item of `handlers` is one resolution of three tiers, an item of `check` is one grid.

use divan::counter::ItemsCount;
use divan::{AllocProfiler, Bencher, black_box};
use wangge_duty::{Duty, Ground};
use wangge_model::{ClassTable, Code, Departments, GridKind, ListRow, ObjectKind, Rules};

/// What one iteration resolves.
const RESOLUTIONS: usize = 16_384;

/// 448 grids, 81 communities, 12 streets; 342 rules.
const DISTRICT: Size = Size {
    streets: 12,
    communities: 81,
    grids: 448,
    class_rules: 249,
};

/// 20,000 rules over a thousand communities.
const LARGE: Size = Size {
    streets: 50,
    communities: 1_000,
    grids: 1_000_000,
    class_rules: 18_950,
};

/// Shows what each bench allocates: `handlers` nothing.
#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

#[divan::bench(args = [DISTRICT, LARGE])]
fn handlers(bencher: Bencher<'_, '_>, size: Size) {
    let city = City::of(size);
    let duty = city.duty();
    let asked = city.asked();
    bencher
        .counter(ItemsCount::new(asked.len()))
        .bench_local(|| {
            let mut acting = 0;
            for (object, class, grid) in &asked {
                let ground = city.ground(*grid);
                for handler in duty.handlers(*object, class, ground) {
                    acting += black_box(handler).department;
                }
            }
            acting
        });
}

#[divan::bench(args = [DISTRICT, LARGE])]
fn compile(bencher: Bencher<'_, '_>, size: Size) {
    let city = City::of(size);
    bencher
        .counter(ItemsCount::new(city.rules.all().len()))
        .bench_local(|| city.duty());
}

#[divan::bench(args = [DISTRICT, LARGE], max_time = 10)]
fn check(bencher: Bencher<'_, '_>, size: Size) {
    let city = City::of(size);
    let duty = city.duty();
    let grids: Vec<Ground<'_>> = (0..city.chains.len()).map(|at| city.ground(at)).collect();
    bencher
        .counter(ItemsCount::new(grids.len()))
        .bench_local(|| duty.check(&city.classes, &grids));
}

#[derive(Debug, Clone, Copy)]
struct Size {
    streets: u32,
    communities: u32,
    grids: u32,
    /// Rules that name a class, at the third tier.
    class_rules: u32,
}

impl std::fmt::Display for Size {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} grids", self.grids)
    }
}

/// District 0, then the streets, the communities, the grids.
struct City {
    size: Size,
    chains: Vec<[u32; 4]>,
    kinds: [GridKind; 2],
    classes: ClassTable,
    departments: Departments,
    rules: Rules,
}

impl City {
    fn of(size: Size) -> Self {
        let (first_community, first_grid) = (1 + size.streets, 1 + size.streets + size.communities);
        let chains = (0..size.grids).map(|grid| {
            let community = grid % size.communities;
            let street = community % size.streets;
            [
                0,
                1 + street,
                first_community + community,
                first_grid + grid,
            ]
        });
        // 120 minor classes of components, 60 of events
        let of_object = |object: &'static str, majors: u32| {
            (1..=majors).flat_map(move |major| {
                (0..=12).map(move |minor| match minor {
                    0 => (object, format!("{major:02}")),
                    _ => (object, format!("{major:02}{minor:02}")),
                })
            })
        };
        let classes: Vec<(&str, String)> = of_object("component", 10)
            .chain(of_object("event", 5))
            .collect();
        let mut rules: Vec<Vec<(&str, String)>> = Vec::new();
        let mut rule = |cells: &[(&'static str, String)]| rules.push(cells.to_vec());
        for community in 0..size.communities {
            let area = (first_community + community).to_string();
            rule(&[("tier", "1".into()), ("area", area)]);
        }
        for street in 0..size.streets {
            rule(&[("tier", "2".into()), ("area", (1 + street).to_string())]);
        }
        // each class once in the whole district, then urban classes of one community after the other
        for number in 0..size.class_rules {
            let (object, class) = &classes[number as usize % classes.len()];
            let mut cells = vec![
                ("tier", "3".to_owned()),
                ("object", (*object).to_owned()),
                ("class", class.clone()),
            ];
            if let Some(beyond) = number.checked_sub(u32::try_from(classes.len()).expect("few")) {
                let area = first_community + beyond % size.communities;
                cells.push(("area", area.to_string()));
                cells.push(("grid_kind", "urban".to_owned()));
            }
            rule(&cells);
        }
        let departments: Vec<ListRow> = (0..200)
            .map(|number| {
                let code = format!("D{number}");
                ListRow::new(number + 1, [("code", code.clone()), ("name", code)])
            })
            .collect();
        let rules: Vec<ListRow> = rules
            .into_iter()
            .zip(1u64..)
            .map(|(mut cells, row)| {
                cells.push(("department", format!("D{}", row % 200)));
                ListRow::new(row, cells)
            })
            .collect();
        let classes: Vec<ListRow> = classes
            .into_iter()
            .zip(1u64..)
            .map(|((object, code), row)| {
                let cells = [("object", object), ("code", &code), ("name", &code)];
                ListRow::new(row, cells)
            })
            .collect();
        Self {
            size,
            chains: chains.collect(),
            kinds: [GridKind::Urban, GridKind::Rural],
            classes: ClassTable::read(&classes).expect("classes differ"),
            departments: Departments::read(&departments).expect("departments differ"),
            rules: Rules::read(&rules).expect("rules differ"),
        }
    }

    fn duty(&self) -> Duty {
        let unit_of = |code: &Code| code.as_str().parse().ok();
        Duty::compile(&self.rules, &self.departments, [1, 2, 3], unit_of)
            .expect("rules name what is there")
    }

    fn ground(&self, grid: usize) -> Ground<'_> {
        Ground {
            chain: &self.chains[grid],
            kind: Some(&self.kinds[grid % 3 / 2]),
        }
    }

    /// Random grids and classes.
    fn asked(&self) -> Vec<(ObjectKind, &str, usize)> {
        let minors: Vec<_> = self.classes.minors().collect();
        let mut dice = 20_u64;
        let mut next = |below: usize| {
            dice = dice
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(dice >> 33).expect("31 bits") % below
        };
        (0..RESOLUTIONS)
            .map(|_| {
                let class = minors[next(minors.len())];
                let grid = next(self.size.grids as usize);
                (class.object, class.code.as_str(), grid)
            })
            .collect()
    }
}
