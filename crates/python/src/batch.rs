//! Arrays of positions, looked up by all cores where they lie.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::{available_parallelism, scope};
use std::time::{Duration, Instant};

use pyo3::prelude::*;
use wangge_city::City;
use wangge_crs::{Crs, CrsError, Policy, Transform};

use crate::coordinates::Run;

/// Positions that a thread takes at a time.
const AT_ONCE: usize = 1 << 15;

/// What stands for a position that is none.
pub(crate) const NO_POSITION: i32 = -2;

/// Positions that a thread looks up at a time, and where their grids go.
struct Task<'x, 'y, 'n> {
    lons: Run<'x>,
    lats: Run<'y>,
    numbers: &'n mut [i32],
}

/// Why positions were not looked up to their end.
pub(crate) enum Ended {
    /// Their system cannot be used.
    Crs(CrsError),
    /// Somebody interrupts Python, or a handler of a signal raises.
    Python(PyErr),
}

/// The numbers of the grids that hold positions: -1 outside, [`NO_POSITION`] where one is none. `numbers` has a place for
/// each. Signals are looked at on the calling thread.
pub(crate) fn locate(
    city: &City,
    crs: &Crs,
    lons: &[Run<'_>],
    lats: &[Run<'_>],
    numbers: &mut [i32],
    threads: usize,
) -> Result<(), Ended> {
    let tasks = tasks(lons, lats, numbers);
    let threads = threads.clamp(1, tasks.len().max(1));
    let waiting = Mutex::new(tasks.into_iter());
    let has_stopped = AtomicBool::new(false);
    let work = |signals: Option<&mut Signals>| -> Result<(), Ended> {
        let mut signals = signals;
        let mut worker = Worker::new(city, crs).map_err(Ended::Crs)?;
        while !has_stopped.load(Ordering::Relaxed) {
            let next = waiting
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .next();
            let Some(mut task) = next else { break };
            worker.run(&mut task);
            if let Some(signals) = &mut signals {
                signals.look().map_err(Ended::Python)?;
            }
        }
        Ok(())
    };
    // threads of this call's own: a pool would not outlive a fork of the process
    scope(|threads_of_call| {
        let others: Vec<_> = (1..threads)
            .map(|_| threads_of_call.spawn(|| work(None)))
            .collect();
        let mine = work(Some(&mut Signals::new()));
        if mine.is_err() {
            has_stopped.store(true, Ordering::Relaxed);
        }
        others.into_iter().fold(mine, |ended, other| {
            // a panic of a thread is one of the call
            let of_other = other.join().unwrap_or_else(|panic| resume_unwind(panic));
            ended.and(of_other)
        })
    })
}

/// How many threads a call uses: all cores unless it says otherwise, and no more than a few for each.
pub(crate) fn threads(asked: Option<usize>) -> usize {
    const PER_CORE: usize = 4;
    let cores = available_parallelism().map_or(1, usize::from);
    asked.unwrap_or(cores).clamp(1, cores * PER_CORE)
}

/// Looks now and then whether a signal waits for Python.
pub(crate) struct Signals {
    last: Instant,
}

impl Signals {
    const EVERY: Duration = Duration::from_millis(100);

    pub(crate) fn new() -> Self {
        Self {
            last: Instant::now(),
        }
    }

    /// Lets Python handle its signals, unless it has just done so.
    pub(crate) fn look(&mut self) -> PyResult<()> {
        if self.last.elapsed() < Self::EVERY {
            return Ok(());
        }
        self.last = Instant::now();
        #[expect(
            clippy::redundant_closure_for_method_calls,
            reason = "the method itself is not general enough"
        )]
        Python::attach(|py| py.check_signals())
    }
}

fn tasks<'x, 'y, 'n>(
    lons: &[Run<'x>],
    lats: &[Run<'y>],
    mut numbers: &'n mut [i32],
) -> Vec<Task<'x, 'y, 'n>> {
    let mut tasks = Vec::with_capacity(numbers.len() / AT_ONCE + lons.len() + lats.len());
    let (mut lons, mut lats) = (Cursor::new(lons), Cursor::new(lats));
    loop {
        let count = lons.left().min(lats.left()).min(AT_ONCE).min(numbers.len());
        if count == 0 {
            return tasks;
        }
        let (now, later) = numbers.split_at_mut(count);
        numbers = later;
        tasks.push(Task {
            lons: lons.take(count),
            lats: lats.take(count),
            numbers: now,
        });
    }
}

/// A place in runs.
struct Cursor<'r, 'a> {
    runs: &'r [Run<'a>],
    at: usize,
}

impl<'r, 'a> Cursor<'r, 'a> {
    fn new(runs: &'r [Run<'a>]) -> Self {
        let mut cursor = Self { runs, at: 0 };
        cursor.skip();
        cursor
    }

    /// How many are left of the run that it is in.
    fn left(&self) -> usize {
        self.runs.first().map_or(0, |run| run.len() - self.at)
    }

    fn take(&mut self, count: usize) -> Run<'a> {
        let part = self.runs[0].part(self.at, count);
        self.at += count;
        self.skip();
        part
    }

    fn skip(&mut self) {
        while let Some(run) = self.runs.first().filter(|run| run.len() == self.at) {
            debug_assert_eq!(run.len(), self.at);
            self.runs = &self.runs[1..];
            self.at = 0;
        }
    }
}

/// Looks up on one thread.
struct Worker<'c> {
    city: &'c City,
    /// `None` for the lattice's own system.
    transform: Option<Transform>,
    lons: Vec<f64>,
    lats: Vec<f64>,
    converted: (Vec<f64>, Vec<f64>),
}

impl<'c> Worker<'c> {
    fn new(city: &'c City, crs: &Crs) -> Result<Self, CrsError> {
        let transform = match crs {
            Crs::Lattice => None,
            crs => Some(Transform::new(crs, &Crs::Lattice, &Policy::default())?),
        };
        Ok(Self {
            city,
            transform,
            lons: Vec::new(),
            lats: Vec::new(),
            converted: (Vec::new(), Vec::new()),
        })
    }

    fn run(&mut self, task: &mut Task<'_, '_, '_>) {
        let mut lons = task.lons.side_by_side(&mut self.lons);
        let mut lats = task.lats.side_by_side(&mut self.lats);
        if let Some(transform) = &self.transform {
            self.converted.0.clear();
            self.converted.1.clear();
            for (&lon, &lat) in lons.iter().zip(lats) {
                // what its system does not hold is no position of the lattice either
                let (lon, lat) = transform.convert(lon, lat).unwrap_or((f64::NAN, f64::NAN));
                self.converted.0.push(lon);
                self.converted.1.push(lat);
            }
            (lons, lats) = (&self.converted.0, &self.converted.1);
        }
        // a signed number has the bits of an unsigned one: outside is -1, no position -2
        let grids: &mut [u32] = bytemuck::cast_slice_mut(task.numbers);
        if self.city.locate_degrees(lons, lats, grids).is_err() {
            unreachable!("a task has as many longitudes as latitudes and places");
        }
        for nulls in [&task.lons.nulls, &task.lats.nulls].into_iter().flatten() {
            for (number, is_there) in task.numbers.iter_mut().zip(nulls) {
                if !is_there {
                    *number = NO_POSITION;
                }
            }
        }
    }
}
