//! Answers and problems in the order of their rows.

use arrow_buffer::{BooleanBuffer, NullBuffer};

use super::Problems;
use crate::answer::{Answer, Catalogue, Status};
use crate::run::Done;

/// The answers of rows.
pub(super) struct Told<'a> {
    /// Of each row the number of its grid.
    pub(super) grids: Vec<u32>,
    /// Which rows have a grid.
    pub(super) in_grids: NullBuffer,
    /// Of each row its place in `STATUSES`.
    pub(super) statuses: Vec<i32>,
    /// Of each row its answer; empty where no row has more to tell than these.
    pub(super) answers: Vec<Option<&'a Answer>>,
    pub(super) problems: &'a Problems,
}

impl<'a> Told<'a> {
    /// Brings answers and problems into the order of the rows, and counts them.
    pub(super) fn of(
        count: usize,
        answers: &'a [Answer],
        problems: &'a Problems,
        done: &mut Done,
    ) -> Self {
        let mut grids = Vec::with_capacity(count);
        let mut statuses = Vec::with_capacity(count);
        let mut of_rows = Vec::new();
        if answers.iter().any(|answer| answer.more.is_some()) {
            of_rows.reserve(count);
        }
        let keeps = of_rows.capacity() > 0;
        let mut answers = answers.iter();
        let mut refused = problems.iter().peekable();
        for row in 0..count {
            let problem = refused.next_if(|(at, _)| *at == row);
            let answer = if problem.is_none() {
                answers.next()
            } else {
                None
            };
            if let Some((_, problem)) = problem {
                done.invalid(problem);
            }
            if let Some(answer) = answer {
                done.count(answer.status);
            }
            grids.push(answer.map_or(Catalogue::OUTSIDE, |answer| answer.grid));
            statuses.push(match answer.map(|answer| answer.status) {
                Some(Status::Inside) => 0,
                Some(Status::Near) => 1,
                Some(Status::Outside) => 2,
                None => 3,
            });
            if keeps {
                of_rows.push(answer);
            }
        }
        let in_grids = BooleanBuffer::collect_bool(count, |row| grids[row] != Catalogue::OUTSIDE);
        Self {
            in_grids: NullBuffer::new(in_grids),
            grids,
            statuses,
            answers: of_rows,
            problems,
        }
    }
}
