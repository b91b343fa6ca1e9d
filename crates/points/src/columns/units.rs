//! A text of each grid as a column in which each text stands once.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, DictionaryArray, Int32Array, StringArray};
use arrow_buffer::{BooleanBuffer, NullBuffer};
use arrow_schema::ArrowError;

use crate::answer::Catalogue;

/// A column of a [`Catalogue`]: each text once, and which of them each grid has.
#[derive(Debug, Clone)]
pub struct UnitColumn {
    texts: ArrayRef,
    /// -1 where a grid has none, and at the end, for what is no grid.
    of_grids: Vec<i32>,
    /// Whether every grid has one.
    pub(super) is_full: bool,
}

impl UnitColumn {
    /// A column by its place.
    pub fn new(catalogue: &Catalogue, column: usize) -> Self {
        let mut texts: Vec<&str> = Vec::new();
        let mut numbers: HashMap<&str, i32> = HashMap::new();
        let mut of_grids: Vec<i32> = (0u32..)
            .take(catalogue.grids())
            .map(|grid| match catalogue.text(grid, column) {
                None | Some("") => -1,
                Some(text) => *numbers.entry(text).or_insert_with(|| {
                    texts.push(text);
                    i32::try_from(texts.len() - 1).unwrap_or(-1)
                }),
            })
            .collect();
        let is_full = of_grids.iter().all(|&key| key >= 0);
        of_grids.push(-1);
        Self {
            texts: Arc::new(StringArray::from(texts)),
            of_grids,
            is_full,
        }
    }

    /// The texts, each once.
    pub fn texts(&self) -> &StringArray {
        self.texts.as_string()
    }

    /// The place of a grid's text among them; -1 where it has none, and for what is no number of a grid.
    pub fn key(&self, grid: u32) -> i32 {
        let at = usize::try_from(grid).ok();
        at.and_then(|at| self.of_grids.get(at))
            .map_or(-1, |&key| key)
    }

    /// The texts of these grids; nothing for what is no number of a grid.
    ///
    /// # Errors
    /// None that can happen: the keys are those of the texts.
    pub fn of(&self, grids: &[u32]) -> Result<DictionaryArray<Int32Type>, ArrowError> {
        self.texts_of(grids, None)
    }

    /// The same, where it may be known already which of them have a text.
    pub(super) fn texts_of(
        &self,
        grids: &[u32],
        there: Option<&NullBuffer>,
    ) -> Result<DictionaryArray<Int32Type>, ArrowError> {
        let there = there.cloned().unwrap_or_else(|| {
            let has_text = |row: usize| self.key(grids[row]) >= 0;
            NullBuffer::new(BooleanBuffer::collect_bool(grids.len(), has_text))
        });
        let keys: Vec<i32> = grids.iter().map(|&grid| self.key(grid).max(0)).collect();
        let keys = Int32Array::new(keys.into(), Some(there));
        DictionaryArray::try_new(keys, Arc::clone(&self.texts))
    }
}
