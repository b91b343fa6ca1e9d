//! Every state in which a crash could leave a folder, at every moment of a recorded run.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex};

use crate::chance::Chance;
use crate::disk::{Disk, Fate, Files};
use crate::recorder::{Note, Recording};

/// So many unsure steps are taken one by one at every moment. Of more, at moments within a batch,
/// only the last ones and some by chance are; at its end, before the sync, all are.
const ONE_BY_ONE: usize = 12;

/// Of a longer batch, how many of the last steps, and how many others.
const LAST: usize = 2;
const OTHERS: u64 = 2;

/// Mixtures by chance of what is kept, lost and torn, at every moment.
const MIXTURES: u64 = 16;

const SEED: u64 = 20_261_126;

/// A state that a crash could leave.
pub(crate) struct Image {
    pub(crate) files: Files,
    /// Whether the program had said before that it is done.
    pub(crate) said: bool,
}

/// What became of an image that was opened again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Found {
    /// As it was before, whole.
    Old,
    /// As it is after, whole.
    New,
    /// It cannot be opened, or is not whole.
    Corrupt,
    /// It is whole, and neither the old nor the new.
    Mixed,
    /// The program had said that it is done, and the old is there.
    Lost,
}

/// How many images there were, and what was found.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Images built.
    pub(crate) built: usize,
    /// Images that differ from each other, which were opened.
    pub(crate) opened: usize,
    pub(crate) old: usize,
    pub(crate) new: usize,
    pub(crate) corrupt: usize,
    pub(crate) mixed: usize,
    pub(crate) lost: usize,
    /// The first harm, for the message.
    pub(crate) first: Option<String>,
}

impl Tally {
    /// Images that should not be.
    pub(crate) const fn harm(&self) -> usize {
        self.corrupt + self.mixed + self.lost
    }

    fn count(&mut self, found: Found, why: &str) {
        self.opened += 1;
        let harm = match found {
            Found::Old => &mut self.old,
            Found::New => &mut self.new,
            Found::Corrupt => &mut self.corrupt,
            Found::Mixed => &mut self.mixed,
            Found::Lost => &mut self.lost,
        };
        *harm += 1;
        if !matches!(found, Found::Old | Found::New) && self.first.is_none() {
            self.first = Some(format!("{found:?}: {why}"));
        }
    }
}

/// Builds every image of a run, of the files whose names count, and has each that differs from all
/// before judged, on two threads. A judge gets a number of its own, for a folder to work in.
pub(crate) fn judge_all(
    recording: &Recording,
    counts: impl Fn(&str) -> bool,
    judge: impl Fn(usize, &Image) -> (Found, String) + Sync,
) -> Tally {
    const JUDGES: usize = 2;
    let tally = Mutex::new(Tally::default());
    std::thread::scope(|scope| {
        let (give, take) = sync_channel::<Image>(16);
        let take = Arc::new(Mutex::new(take));
        let (judge, tally) = (&judge, &tally);
        for number in 0..JUDGES {
            let take = Arc::clone(&take);
            scope.spawn(move || {
                loop {
                    let Ok(image) = take.lock().unwrap().recv() else {
                        return;
                    };
                    let (found, why) = judge(number, &image);
                    tally.lock().unwrap().count(found, &why);
                }
            });
        }
        let mut known = HashSet::new();
        let built = each_image(recording, |mut image| {
            image.files.retain(|name, _| counts(name));
            let mut hasher = DefaultHasher::new();
            (&image.files, image.said).hash(&mut hasher);
            if known.insert(hasher.finish()) {
                give.send(image).unwrap();
            }
        });
        tally.lock().unwrap().built = built;
    });
    tally.into_inner().unwrap()
}

/// Gives every image of a run, and tells how many they were.
fn each_image(recording: &Recording, mut give: impl FnMut(Image)) -> usize {
    let mut disk = Disk::new(&recording.before);
    let mut chance = Chance::new(SEED);
    let (mut built, mut said) = (0, false);
    for (at, note) in recording.notes.iter().enumerate() {
        disk.follow(note).unwrap();
        said |= *note == Note::Say;
        let next = recording.notes.get(at + 1);
        let ends_a_batch = matches!(next, None | Some(Note::Sync { .. } | Note::SyncFolder));
        for fates in patterns(&disk, ends_a_batch, &mut chance) {
            built += 1;
            let files = disk.image(&fates);
            give(Image { files, said });
        }
    }
    built
}

/// What may become of the unsure steps: none is there, all are, each alone is missing, alone is
/// there or is torn, with all of the others and without them, and mixtures.
fn patterns(disk: &Disk, ends_a_batch: bool, chance: &mut Chance) -> Vec<Vec<Fate>> {
    let count = disk.unsure();
    let mut patterns = vec![vec![Fate::Lost; count]];
    if count == 0 {
        return patterns;
    }
    patterns.push(vec![Fate::Kept; count]);
    let tears = disk.can_tear();
    for one in looked_at(count, ends_a_batch, chance) {
        for others in [Fate::Kept, Fate::Lost] {
            let mut with = |fate| {
                let mut fates = vec![others; count];
                fates[one] = fate;
                patterns.push(fates);
            };
            with(if others == Fate::Kept {
                Fate::Lost
            } else {
                Fate::Kept
            });
            with(Fate::Room);
            if tears.contains(&one) {
                with(Fate::FirstHalf);
                with(Fate::SecondHalf);
            }
        }
    }
    for _ in 0..MIXTURES {
        let fates = (0..count).map(|step| match chance.below(8) {
            0..3 => Fate::Kept,
            3..6 => Fate::Lost,
            6 => Fate::Room,
            _ if tears.contains(&step) => Fate::Scattered(chance.next()),
            _ => Fate::Kept,
        });
        patterns.push(fates.collect());
    }
    patterns
}

/// The steps that are looked at one by one.
fn looked_at(count: usize, ends_a_batch: bool, chance: &mut Chance) -> Vec<usize> {
    if count <= ONE_BY_ONE || ends_a_batch {
        return (0..count).collect();
    }
    let mut some: Vec<usize> = (count - LAST..count).collect();
    for _ in 0..OTHERS {
        let other = usize::try_from(chance.below(count as u64 - LAST as u64)).unwrap();
        if !some.contains(&other) {
            some.push(other);
        }
    }
    some
}
