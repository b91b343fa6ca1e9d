//! What a disk holds while a program writes: what surely reached it, and what may still be lost.
//!
//! A write or a new length of a file is sure once that file was synced; until then it may be there,
//! be missing, or, a write, be there in some of its sectors, whatever else is there of the file. A
//! name that was given or taken away is sure once the folder was synced.

use std::collections::{BTreeMap, BTreeSet};

use crate::chance::Chance;
use crate::recorder::Note;

/// What a disk writes whole or not at all.
const SECTOR: usize = 512;

/// The files of a folder by their names.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// What becomes of a step that no sync has made sure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Kept,
    Lost,
    /// Only the first half of the sectors is there.
    FirstHalf,
    /// Only the second half.
    SecondHalf,
    /// Each sector by chance.
    Scattered(u64),
    /// The file has grown, and where it grew there is nothing yet.
    Room,
}

/// Files as a program changes them, with what is sure and what is not.
#[derive(Debug, Clone)]
pub(crate) struct Disk {
    files: Vec<File>,
    /// Names that are sure, with the places of their files.
    sure: BTreeMap<String, usize>,
    /// Names as the program sees them.
    seen: BTreeMap<String, usize>,
    unsure: Vec<Naming>,
}

#[derive(Debug, Clone, Default)]
struct File {
    sure: Vec<u8>,
    unsure: Vec<Change>,
}

#[derive(Debug, Clone)]
enum Change {
    Write { offset: usize, bytes: Vec<u8> },
    Length(usize),
}

#[derive(Debug, Clone)]
enum Naming {
    Given(String, usize),
    Taken(String),
    Moved(String, String, usize),
}

/// A step that is not sure: of a file, or of the folder.
#[derive(Debug, Clone, Copy)]
enum Step {
    Of { file: usize, change: usize },
    Name(usize),
}

impl Disk {
    /// A folder at rest: all of it is sure.
    pub(crate) fn new(files: &Files) -> Self {
        let names: BTreeMap<String, usize> = files.keys().cloned().zip(0..).collect();
        let files = files.values().map(|bytes| File {
            sure: bytes.clone(),
            unsure: Vec::new(),
        });
        Self {
            files: files.collect(),
            sure: names.clone(),
            seen: names,
            unsure: Vec::new(),
        }
    }

    /// Takes in what the program did next. An error for what this model cannot follow.
    pub(crate) fn follow(&mut self, note: &Note) -> Result<(), String> {
        match note {
            Note::Open { name, created, .. } if *created => {
                self.files.push(File::default());
                self.give(name, self.files.len() - 1);
            }
            Note::Open { name, emptied, .. } => {
                if *emptied {
                    self.file(name)?.unsure.push(Change::Length(0));
                }
            }
            Note::Write {
                name,
                offset,
                bytes,
            } => {
                let (offset, bytes) = (*offset, bytes.clone());
                let change = Change::Write { offset, bytes };
                self.file(name)?.unsure.push(change);
            }
            Note::Truncate { name, length } => {
                self.file(name)?.unsure.push(Change::Length(*length));
            }
            Note::Sync { name } => self.file(name)?.settle(),
            Note::SyncFolder => {
                self.sure = self.seen.clone();
                self.unsure.clear();
            }
            Note::Rename { from, to } => {
                let file = self.place(from)?;
                self.seen.remove(from);
                self.seen.insert(to.clone(), file);
                let moved = Naming::Moved(from.clone(), to.clone(), file);
                self.unsure.push(moved);
            }
            Note::Link { from, to } => {
                let file = self.place(from)?;
                self.give(to, file);
            }
            Note::Unlink { name } => {
                self.place(name)?;
                self.seen.remove(name);
                self.unsure.push(Naming::Taken(name.clone()));
            }
            Note::Strange { call, name } => return Err(format!("{call} of {name}")),
            Note::Say | Note::Setting => {}
        }
        Ok(())
    }

    /// How many steps are not sure. Their order is that of the files, then that of the names.
    pub(crate) fn unsure(&self) -> usize {
        self.steps().len()
    }

    /// Which of the unsure steps can be there in part: writes that reach over several sectors.
    pub(crate) fn can_tear(&self) -> BTreeSet<usize> {
        let steps = self.steps();
        let tears = |step: &Step| match *step {
            Step::Of { file, change } => match &self.files[file].unsure[change] {
                Change::Write { offset, bytes } => {
                    offset / SECTOR != (offset + bytes.len() - 1) / SECTOR
                }
                Change::Length(_) => false,
            },
            Step::Name(_) => false,
        };
        (0..steps.len()).filter(|&i| tears(&steps[i])).collect()
    }

    /// The folder as it is found after the power failed, where this became of the unsure steps.
    pub(crate) fn image(&self, fates: &[Fate]) -> Files {
        let mut contents: Vec<Vec<u8>> = self.files.iter().map(|file| file.sure.clone()).collect();
        let mut names = self.sure.clone();
        for (step, fate) in self.steps().into_iter().zip(fates) {
            match step {
                _ if *fate == Fate::Lost => {}
                Step::Of { file, change } => {
                    self.files[file].unsure[change].reach(&mut contents[file], *fate);
                }
                Step::Name(naming) => self.unsure[naming].reach(&mut names),
            }
        }
        names
            .into_iter()
            .map(|(name, file)| (name, contents[file].clone()))
            .collect()
    }

    fn steps(&self) -> Vec<Step> {
        let changes = self.files.iter().enumerate().flat_map(|(file, state)| {
            (0..state.unsure.len()).map(move |change| Step::Of { file, change })
        });
        changes
            .chain((0..self.unsure.len()).map(Step::Name))
            .collect()
    }

    fn give(&mut self, name: &str, file: usize) {
        self.seen.insert(name.to_owned(), file);
        self.unsure.push(Naming::Given(name.to_owned(), file));
    }

    fn place(&self, name: &str) -> Result<usize, String> {
        let place = self.seen.get(name).copied();
        place.ok_or_else(|| format!("{name} is not there"))
    }

    fn file(&mut self, name: &str) -> Result<&mut File, String> {
        let place = self.place(name)?;
        Ok(&mut self.files[place])
    }
}

impl File {
    fn settle(&mut self) {
        for change in self.unsure.drain(..) {
            change.reach(&mut self.sure, Fate::Kept);
        }
    }
}

impl Change {
    fn reach(&self, contents: &mut Vec<u8>, fate: Fate) {
        match self {
            Self::Length(length) => contents.resize(*length, 0),
            Self::Write { offset, bytes } => write(contents, *offset, bytes, fate),
        }
    }
}

impl Naming {
    fn reach(&self, names: &mut BTreeMap<String, usize>) {
        match self {
            Self::Given(name, file) => {
                names.insert(name.clone(), *file);
            }
            Self::Taken(name) => {
                names.remove(name);
            }
            Self::Moved(from, to, file) => {
                names.remove(from);
                names.insert(to.clone(), *file);
            }
        }
    }
}

/// Writes those sectors that the fate lets through.
fn write(contents: &mut Vec<u8>, offset: usize, bytes: &[u8], fate: Fate) {
    let end = offset + bytes.len();
    let (first, last) = (offset / SECTOR, (end - 1) / SECTOR);
    let middle = first + (last - first).div_ceil(2);
    let mut chance = Chance::new(match fate {
        Fate::Scattered(seed) => seed,
        _ => 0,
    });
    for sector in first..=last {
        let there = match fate {
            Fate::Kept => true,
            Fate::Lost | Fate::Room => false,
            Fate::FirstHalf => sector < middle,
            Fate::SecondHalf => sector >= middle,
            Fate::Scattered(_) => chance.below(2) == 0,
        };
        let from = offset.max(sector * SECTOR);
        let to = end.min((sector + 1) * SECTOR);
        if there {
            if contents.len() < to {
                contents.resize(to, 0);
            }
            contents[from..to].copy_from_slice(&bytes[from - offset..to - offset]);
        }
    }
    if fate == Fate::Room && contents.len() < end {
        contents.resize(end, 0);
    }
}

#[test]
fn steps_are_lost_kept_and_torn_until_they_are_synced() {
    use Fate::{FirstHalf, Kept, Lost, Room, SecondHalf};
    let at_rest = Files::from([("a".to_owned(), vec![b'-'; 1_100])]);
    let mut disk = Disk::new(&at_rest);
    let write = |offset, byte, length| Note::Write {
        name: "a".to_owned(),
        offset,
        bytes: vec![byte; length],
    };
    let name = |name: &str| name.to_owned();
    let all = [
        write(0, b'x', 1_024),
        write(1_100, b'y', 10),
        Note::Rename {
            from: name("a"),
            to: name("b"),
        },
    ];
    for note in &all {
        disk.follow(note).unwrap();
    }
    let image = |fates: &[Fate]| disk.image(fates).pop_first().unwrap();
    assert_eq!(disk.unsure(), 3);
    assert_eq!(disk.can_tear(), BTreeSet::from([0]));
    assert_eq!(disk.image(&[Lost; 3]), at_rest);
    let (named, whole) = image(&[Kept; 3]);
    assert_eq!((named.as_str(), whole.len()), ("b", 1_110));
    assert_eq!([whole[0], whole[1_023], whole[1_024]], *b"xx-");
    assert_eq!([whole[1_099], whole[1_100]], *b"-y");
    let (named, first) = image(&[FirstHalf, Lost, Lost]);
    assert_eq!((named.as_str(), first.len()), ("a", 1_100));
    assert_eq!([first[511], first[512]], *b"x-");
    let (_, second) = image(&[SecondHalf, Room, Lost]);
    assert_eq!([second[511], second[512]], *b"-x");
    assert_eq!((second.len(), second[1_109]), (1_110, 0));
    // the file's contents become sure, its name does not
    disk.follow(&Note::Sync { name: name("b") }).unwrap();
    assert_eq!(disk.unsure(), 1);
    assert_eq!(disk.image(&[Lost]), Files::from([(name("a"), whole)]));
    disk.follow(&Note::SyncFolder).unwrap();
    assert!(disk.image(&[]).contains_key("b"));
}
