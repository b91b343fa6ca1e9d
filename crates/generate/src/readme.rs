//! The page that says what the files of a city are.

use crate::City;

impl City {
    /// The page.
    pub(crate) fn readme(&self) -> String {
        let name = self.scheme.name();
        let seed = self.seed;
        let grids = self.grids.len();
        let above = self.scheme.levels();
        let counts: Vec<String> = above
            .iter()
            .enumerate()
            .map(|(number, level)| {
                let count = self.units().filter(|unit| unit.level.0 == number).count();
                format!("- {} ({}): {count}", level.name(), level.id())
            })
            .collect();
        let mut files: Vec<String> = self
            .level_files()
            .into_iter()
            .zip(above)
            .map(|((file, _), level)| {
                format!(
                    "| {file} | {}: code, name, parent, kind, households, population, \
                     area_m2, as far as the level has them |",
                    level.name()
                )
            })
            .collect();
        if !self.overlays.is_empty() {
            let count = counted(self.overlays.len(), "specialised grid", "specialised grids");
            files.push(format!(
                "| overlays.geojson | {count} (专业网格) across the levels: code, name, kind, area_m2 |"
            ));
        }
        format!(
            "# {name}：合成数据 / synthetic data\n\n\
             本文件夹的全部内容均为程序按随机种子 {seed} 生成的合成数据：边界、社区与村名、道路、\
             水系、户数与人口都是虚构的，部门职责、人员姓名和电话号码也是虚构的，不反映任何真实行政区划、\
             网格、机构或个人，不得当作真实地图使用。\n\n\
             Everything in this folder is synthetic, made by a program from the seed {seed}: \
             boundaries, names of communities and villages, streets, water, households and \
             population are invented, and so are what departments handle, the names of people and \
             all telephone numbers, which are counted up and nobody's. It shows no real district, \
             grid, institution or person and is no map of any place. The same seed gives the same \
             files.\n\n\
             {}\n\n\
             Positions are EPSG:4490 (CGCS2000) longitude and latitude on a lattice of 1e-7 \
             degree. The {grids} grids cover the district without a gap or an overlap; the levels \
             above are unions of them.\n\n\
             | file | what |\n|---|---|\n{}\n\
             | streets-network.geojson | centre lines of streets, roads and railways |\n\
             | water.geojson | rivers by their middle, reservoirs, the sea (kind water), the coast line (kind coast) |\n\
             | green.geojson | parks and woods (kind green) |\n\
             | points.csv, truth.csv | points, and the grid that each belongs to: inside, on borders, on the rim, outside |\n\
             | classes.csv | classes of components and events, as CJ/T 214-2007 numbers them |\n\
             | departments.csv | {}: code, name, parent, kind, phone |\n\
             | rules.csv | {}: which department handles what, where, at which tier |\n\
             | posts.csv | {} |\n\
             | components.csv | manholes, lamps, bins, trees, signals and other components (部件) that are points: code, class, name, state, departments, grid, dates, accuracy, lon, lat |\n\
             | component-shapes.geojson | railings, walls, greens, car parks: components that are lines and areas, with the same columns |\n\
             | households.csv | dwelling buildings with their households and persons, which add up to those of their grid |\n\
             | devices.csv | fill sensors of bins, water level sensors of drains, trackers of sweepers, terminals of grid workers |\n\
             | readings.csv | a day of the sensors: percent full, metres of water |\n\
             | tracks.csv | a day of terminals on foot and of sweepers, with the noise of receivers |\n\
             | scheme.toml | the levels and their codes |\n{}{}",
            counts.join("\n"),
            files.join("\n"),
            counted(self.departments.len(), "department", "departments"),
            counted(self.rules.len(), "rule", "rules"),
            self.post_spec.told(),
            self.functional_table(),
            self.field_table(),
        )
    }

    /// The functional departments with what they handle; nothing where there are none.
    fn functional_table(&self) -> String {
        if self.functional.is_empty() {
            return String::new();
        }
        let rows = self.functional.iter().map(|department| {
            let handles: Vec<String> = department.handles.iter().map(ToString::to_string).collect();
            format!(
                "| {} | {} | {} | {} |\n",
                department.code,
                department.name,
                department.name_en,
                handles.join(", ")
            )
        });
        let head = "\n| department | 名称 | name | handles classes that begin with |\n\
                    |---|---|---|---|\n";
        std::iter::once(head.to_owned()).chain(rows).collect()
    }

    /// The fields of duty in grids of one kind; nothing where there are none.
    fn field_table(&self) -> String {
        if self.fields.is_empty() {
            return String::new();
        }
        let rows = self.fields.iter().map(|field| {
            let handles: Vec<String> = field.handles.iter().map(ToString::to_string).collect();
            format!(
                "| {} | {} | {} | {} | {} |\n",
                field.grid_kind,
                field.name,
                field.name_en,
                field.department,
                handles.join(", ")
            )
        });
        let head = "\n| in grids of kind | 职责领域 | field of duty | department | handles classes \
                    that begin with |\n|---|---|---|---|---|\n";
        std::iter::once(head.to_owned()).chain(rows).collect()
    }
}

/// `1 rule`, `235 rules`.
fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
