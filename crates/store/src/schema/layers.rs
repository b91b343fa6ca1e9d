//! The lists of form 3: what lies on the map beside the grids, devices, parents; and that of
//! form 5, the base map.

/// A table and its guards: what is in it stays.
macro_rules! guarded {
    ($name:literal, $key:literal, $columns:literal, $made:literal) => {
        [
            (
                $name,
                concat!("CREATE TABLE ", $name, " (\n", $columns, "\n)"),
            ),
            (
                concat!($name, "_stay"),
                concat!(
                    "CREATE TRIGGER ",
                    $name,
                    "_stay BEFORE UPDATE ON ",
                    $name,
                    "\nBEGIN SELECT RAISE(ABORT, '",
                    $made,
                    "'); END"
                ),
            ),
            (
                concat!($name, "_kept"),
                concat!(
                    "CREATE TRIGGER ",
                    $name,
                    "_kept BEFORE DELETE ON ",
                    $name,
                    "\nBEGIN SELECT RAISE(ABORT, '",
                    $made,
                    "'); END"
                ),
            ),
            (
                concat!($name, "_new"),
                concat!(
                    "CREATE TRIGGER ",
                    $name,
                    "_new BEFORE INSERT ON ",
                    $name,
                    "\nWHEN EXISTS (SELECT 1 FROM ",
                    $name,
                    " WHERE ",
                    $key,
                    ")\nBEGIN SELECT RAISE(ABORT, '",
                    $made,
                    "'); END"
                ),
            ),
        ]
    };
}
pub(super) use guarded;

/// A table of rows of such lists: `list` is the row's list.
macro_rules! rows_of {
    ($name:literal, $columns:literal) => {
        guarded!(
            $name,
            "list = NEW.list AND row = NEW.row",
            $columns,
            "a list stays as it was imported: import a new one"
        )
    };
}

/// What lies on the map as it is now, for QGIS.
macro_rules! current {
    ($view:literal, $name:literal, $columns:literal) => {
        (
            $view,
            concat!(
                "CREATE VIEW ",
                $view,
                " AS\nSELECT rowid AS OGC_FID, ",
                $columns,
                ", geom\nFROM ",
                $name,
                "\nWHERE list = (SELECT max(id) FROM layers WHERE kind = '",
                $name,
                "')"
            ),
        )
    };
}

/// The lists themselves: what `lists` is to those of form 2.
pub(super) const LAYERS: [(&str, &str); 4] = guarded!(
    "layers",
    "id = NEW.id",
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  at DATETIME NOT NULL,
  rows INTEGER NOT NULL,
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
  files TEXT NOT NULL",
    "a list stays as it was imported: import a new one"
);

pub(super) const PARENTS: [(&str, &str); 4] = rows_of!(
    "parents",
    "  list INTEGER NOT NULL REFERENCES layers (id),
  row INTEGER NOT NULL,
  unit TEXT,
  relation TEXT,
  parent TEXT,
  name TEXT,
  \"from\" TEXT,
  until TEXT,
  note TEXT,
  PRIMARY KEY (list, row)"
);

pub(super) const OVERLAYS: [(&str, &str); 4] = rows_of!(
    "overlays",
    "  list INTEGER NOT NULL REFERENCES layers (id),
  row INTEGER NOT NULL,
  code TEXT,
  name TEXT,
  name_en TEXT,
  kind TEXT,
  note TEXT,
  geom MULTIPOLYGON,
  PRIMARY KEY (list, row)"
);

pub(super) const STREETS: [(&str, &str); 4] = rows_of!(
    "streets",
    "  list INTEGER NOT NULL REFERENCES layers (id),
  row INTEGER NOT NULL,
  name TEXT,
  name_en TEXT,
  class TEXT,
  geom MULTILINESTRING,
  PRIMARY KEY (list, row)"
);

pub(super) const HOUSEHOLDS: [(&str, &str); 4] = rows_of!(
    "households",
    "  list INTEGER NOT NULL REFERENCES layers (id),
  row INTEGER NOT NULL,
  code TEXT,
  households TEXT,
  population TEXT,
  geom POINT,
  PRIMARY KEY (list, row)"
);

pub(super) const BUILDINGS: [(&str, &str); 4] = rows_of!(
    "buildings",
    "  list INTEGER NOT NULL REFERENCES layers (id),
  row INTEGER NOT NULL,
  code TEXT,
  name TEXT,
  households TEXT,
  population TEXT,
  geom GEOMETRY,
  PRIMARY KEY (list, row)"
);

pub(super) const DEVICES: [(&str, &str); 4] = rows_of!(
    "devices",
    "  list INTEGER NOT NULL REFERENCES layers (id),
  row INTEGER NOT NULL,
  id TEXT,
  kind TEXT,
  grid TEXT,
  component TEXT,
  department TEXT,
  PRIMARY KEY (list, row)"
);

pub(super) const BASE: [(&str, &str); 4] = rows_of!(
    "base",
    "  list INTEGER NOT NULL REFERENCES layers (id),
  row INTEGER NOT NULL,
  kind TEXT,
  class TEXT,
  name TEXT,
  name_en TEXT,
  geom GEOMETRY,
  PRIMARY KEY (list, row)"
);

/// What QGIS shows of these lists.
pub(super) const CURRENT: [(&str, &str); 4] = [
    current!(
        "current_overlays",
        "overlays",
        "code, name, name_en, kind, note"
    ),
    current!("current_streets", "streets", "name, name_en, class"),
    current!(
        "current_households",
        "households",
        "code, households, population"
    ),
    current!(
        "current_buildings",
        "buildings",
        "code, name, households, population"
    ),
];

pub(super) const CURRENT_BASE: [(&str, &str); 1] = [current!(
    "current_base",
    "base",
    "kind, class, name, name_en"
)];
