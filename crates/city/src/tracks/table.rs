//! Visits as a table: a CSV with a row for each visit, and one for each position that is in none.

use std::io::{self, Write};

use super::{Clock, DeviceTrack, seconds};

/// The table while it is written.
#[derive(Debug)]
pub struct VisitTable<'a, W: Write> {
    table: csv::Writer<W>,
    clock: &'a Clock,
}

impl<'a, W: Write> VisitTable<'a, W> {
    /// What the columns hold; a visit has all but the last two, other rows what is known of them.
    pub const COLUMNS: [&'static str; 12] = [
        "device",
        "status",
        "code",
        "name",
        "entered",
        "left",
        "dwell_s",
        "distance_m",
        "fixes",
        "end",
        "row",
        "problem",
    ];

    /// A table without its header, so that pieces of one can be written apart. Its times are told by this clock.
    pub fn without_header(out: W, clock: &'a Clock) -> Self {
        Self {
            table: csv::Writer::from_writer(out),
            clock,
        }
    }

    /// A table that begins with its header.
    ///
    /// # Errors
    /// What writing meets.
    pub fn new(out: W, clock: &'a Clock) -> csv::Result<Self> {
        let mut table = Self::without_header(out, clock);
        table.table.write_record(Self::COLUMNS)?;
        Ok(table)
    }

    /// A row that is no position, and why in a sentence.
    ///
    /// # Errors
    /// What writing meets.
    pub fn invalid(&mut self, row: u64, device: &str, problem: &str) -> csv::Result<()> {
        self.not_in_a_visit(device, "invalid", "", row, problem)
    }

    /// The visits of a device, and its positions that were not used.
    ///
    /// # Errors
    /// What writing meets.
    pub fn track(&mut self, track: &DeviceTrack<'_>) -> csv::Result<()> {
        for visit in &track.visits {
            let (code, name) = visit
                .unit
                .map_or(("", ""), |unit| (unit.code, unit.name.unwrap_or_default()));
            self.table.write_record([
                track.device,
                visit.status(),
                code,
                name,
                &self.clock.told(visit.entered_us),
                &self.clock.told(visit.left_us),
                &seconds(visit.dwell_us()),
                &format!("{:.1}", visit.distance_m),
                &visit.fixes.to_string(),
                visit.end.as_str(),
                "",
                "",
            ])?;
        }
        for rejected in &track.rejected {
            let time = self.clock.told(rejected.fix.time_us);
            let row = rejected.fix.number.into();
            self.not_in_a_visit(track.device, "rejected", &time, row, rejected.why.as_str())?;
        }
        Ok(())
    }

    /// Writes what is not written yet.
    ///
    /// # Errors
    /// What writing meets.
    pub fn finish(mut self) -> io::Result<()> {
        self.table.flush()
    }

    fn not_in_a_visit(
        &mut self,
        device: &str,
        status: &str,
        time: &str,
        row: u64,
        problem: &str,
    ) -> csv::Result<()> {
        let row = row.to_string();
        let fields = [
            device, status, "", "", time, time, "", "", "", "", &row, problem,
        ];
        self.table.write_record(fields)
    }
}
