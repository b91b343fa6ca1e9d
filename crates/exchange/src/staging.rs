//! The private directory of one reading: it holds the input under a name of our choice, nothing else.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::format::Container;
use crate::{ExchangeError, Format, Limits, Quantity};

/// An input in its private directory, removed when dropped.
pub(crate) struct Staged {
    folder: TempDir,
    /// The main file's name in the directory.
    pub(crate) name: String,
    pub(crate) zipped: bool,
}

/// The stem of every name in a private directory.
const STEM: &str = "input";

impl Staged {
    /// Puts a file and those that belong to it into a fresh directory.
    pub(crate) fn new(
        path: &Path,
        format: Option<Format>,
        limits: &Limits,
    ) -> Result<Self, ExchangeError> {
        let real = path.canonicalize().map_err(|source| open(path, source))?;
        let zipped = Container::of_path(path) == Container::Zip;
        let mut staging = Staging::new(path, limits)?;
        let extension = match format {
            _ if zipped => "zip",
            Some(format) => main_extension(path, format),
            None => {
                return Err(ExchangeError::UnknownFormat {
                    name: file_name(path),
                });
            }
        };
        let name = format!("{STEM}.{extension}");
        if !zipped && format == Some(Format::FileGdb) {
            staging.folder_of_files(path, &real, &name)?;
        } else {
            staging.plain(path, &real, &name)?;
        }
        if let (Some(format), false) = (format, zipped) {
            staging.companions(path, format, extension)?;
        }
        Ok(Self {
            folder: staging.folder,
            name,
            zipped,
        })
    }

    /// Puts a Parquet file into a fresh directory.
    pub(crate) fn parquet(path: &Path, limits: &Limits) -> Result<Self, ExchangeError> {
        let real = path.canonicalize().map_err(|source| open(path, source))?;
        let mut staging = Staging::new(path, limits)?;
        let name = format!("{STEM}.parquet");
        staging.plain(path, &real, &name)?;
        Ok(Self {
            folder: staging.folder,
            name,
            zipped: false,
        })
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

struct Staging {
    file: String,
    limit: u64,
    bytes: u64,
    folder: TempDir,
}

impl Staging {
    fn new(path: &Path, limits: &Limits) -> Result<Self, ExchangeError> {
        let file = file_name(path);
        match private_folder() {
            Ok(folder) => Ok(Self {
                file,
                limit: limits.input_bytes,
                bytes: 0,
                folder,
            }),
            Err(source) => Err(ExchangeError::Start {
                file,
                doing: "make a private directory",
                source,
            }),
        }
    }

    fn plain(&mut self, path: &Path, real: &Path, name: &str) -> Result<(), ExchangeError> {
        let meta = fs::metadata(real).map_err(|source| open(path, source))?;
        if !meta.is_file() {
            return Err(ExchangeError::NotAFile {
                path: path.to_owned(),
                wanted: "a file",
            });
        }
        // says clearly, and early, when it may not be read
        fs::File::open(real).map_err(|source| open(path, source))?;
        self.bytes = self.bytes.saturating_add(meta.len());
        if self.bytes > self.limit {
            return Err(ExchangeError::TooLarge {
                file: self.file.clone(),
                what: Quantity::InputBytes,
                found: self.bytes,
                limit: self.limit,
            });
        }
        let target = self.folder.path().join(name);
        fs::hard_link(real, &target)
            .or_else(|_| fs::copy(real, &target).map(|_| ()))
            .map_err(|source| ExchangeError::Start {
                file: self.file.clone(),
                doing: "copy the input",
                source,
            })
    }

    /// Every plain file of a folder, one level deep: a file geodatabase.
    fn folder_of_files(
        &mut self,
        path: &Path,
        real: &Path,
        name: &str,
    ) -> Result<(), ExchangeError> {
        let entries = fs::read_dir(real).map_err(|_| ExchangeError::NotAFile {
            path: path.to_owned(),
            wanted: "a .gdb folder",
        })?;
        fs::create_dir(self.folder.path().join(name)).map_err(|source| ExchangeError::Start {
            file: self.file.clone(),
            doing: "make a private directory",
            source,
        })?;
        for entry in entries {
            let entry = entry.map_err(|source| open(path, source))?;
            let kind = entry.file_type().map_err(|source| open(path, source))?;
            // links could lead anywhere; geodatabases have none
            if let (true, Some(inner)) = (kind.is_file(), entry.file_name().to_str()) {
                self.plain(&entry.path(), &entry.path(), &format!("{name}/{inner}"))?;
            }
        }
        Ok(())
    }

    fn companions(
        &mut self,
        path: &Path,
        format: Format,
        main_extension: &str,
    ) -> Result<(), ExchangeError> {
        if format == Format::GeoPackage {
            return unfinished(path);
        }
        for extension in format.companions(main_extension) {
            match beside(path, extension) {
                Some(found) => {
                    let real = found
                        .canonicalize()
                        .map_err(|source| open(&found, source))?;
                    self.plain(&found, &real, &format!("{STEM}.{extension}"))?;
                }
                None if matches!(*extension, "shx" | "dat" | "map" | "id") => {
                    return Err(ExchangeError::MissingCompanion {
                        file: self.file.clone(),
                        missing: file_name(&path.with_extension(extension)),
                    });
                }
                None => {}
            }
        }
        Ok(())
    }
}

/// The file's name without its folder, for messages.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}

fn main_extension(path: &Path, format: Format) -> &'static str {
    let given = path.extension().and_then(OsStr::to_str);
    if format == Format::MapInfo && given.is_some_and(|e| e.eq_ignore_ascii_case("mif")) {
        "mif"
    } else if format == Format::Csv && given.is_some_and(|e| e.eq_ignore_ascii_case("tsv")) {
        "tsv"
    } else {
        format.extension()
    }
}

/// The file of the same stem with this extension, in any case of letters.
fn beside(path: &Path, extension: &str) -> Option<PathBuf> {
    let exact = path.with_extension(extension);
    if exact.is_file() {
        return Some(exact);
    }
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::read_dir(folder)
        .ok()?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .find(|other| {
            other.file_stem() == path.file_stem()
                && other
                    .extension()
                    .is_some_and(|e| e.eq_ignore_ascii_case(extension))
        })
}

/// A GeoPackage that is still being written to has a journal that reading it alone would miss.
fn unfinished(path: &Path) -> Result<(), ExchangeError> {
    for suffix in ["-wal", "-journal"] {
        let mut journal = path.as_os_str().to_owned();
        journal.push(suffix);
        let journal = PathBuf::from(journal);
        if fs::metadata(&journal).is_ok_and(|meta| meta.len() > 0) {
            return Err(ExchangeError::UnfinishedDatabase {
                file: file_name(path),
                journal: file_name(&journal),
            });
        }
    }
    Ok(())
}

fn private_folder() -> io::Result<TempDir> {
    let folder = tempfile::Builder::new().prefix("wangge-read-").tempdir()?;
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700))?;
    Ok(folder)
}

fn open(path: &Path, source: io::Error) -> ExchangeError {
    ExchangeError::Open {
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_staged_shapefile_keeps_its_companions_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["区县.SHP", "区县.shx", "区县.DBF", "区县.sbn", "other.dbf"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        let path = folder.path().join("区县.SHP");
        let staged = Staged::new(&path, Some(Format::Shapefile), &Limits::default()).unwrap();
        let mut names: Vec<_> = fs::read_dir(staged.folder())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["input.dbf", "input.shp", "input.shx"]);
    }

    #[test]
    fn companions_count_towards_the_size_limit() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.shp", "a.shx", "a.dbf"] {
            fs::write(folder.path().join(name), [0; 100]).unwrap();
        }
        let limits = Limits {
            input_bytes: 250,
            ..Limits::default()
        };
        let outcome = Staged::new(
            &folder.path().join("a.shp"),
            Some(Format::Shapefile),
            &limits,
        );
        assert!(matches!(
            outcome,
            Err(ExchangeError::TooLarge {
                found: 300,
                limit: 250,
                ..
            })
        ));
    }

    #[test]
    fn a_virtual_file_name_is_just_a_missing_file() {
        for name in [
            "/vsicurl/http://127.0.0.1/a.geojson",
            "GPKG:/etc/passwd.gpkg",
        ] {
            let outcome = Staged::new(Path::new(name), Some(Format::GeoJson), &Limits::default());
            assert!(matches!(outcome, Err(ExchangeError::Open { .. })));
        }
    }

    #[test]
    fn a_geopackage_with_a_journal_asks_to_close_the_other_program() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.gpkg"), "x").unwrap();
        fs::write(folder.path().join("a.gpkg-wal"), "x").unwrap();
        let outcome = Staged::new(
            &folder.path().join("a.gpkg"),
            Some(Format::GeoPackage),
            &Limits::default(),
        );
        assert!(matches!(
            outcome,
            Err(ExchangeError::UnfinishedDatabase { .. })
        ));
    }
}
