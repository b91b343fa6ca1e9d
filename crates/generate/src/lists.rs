//! The lists of who is responsible, as files that import reads.

use std::path::Path;

use wangge_model::{Code, Department, Departments, GridKind, ObjectKind, Post, Rule, Rules};

use crate::write::put;
use crate::{City, GenerateError};

impl City {
    /// Writes `classes.csv`, `departments.csv`, `rules.csv` and `posts.csv`.
    pub(crate) fn write_lists(&self, folder: &Path) -> Result<(), GenerateError> {
        put(folder, "classes.csv", [self.classes.csv()])?;
        let departments = self.departments.iter().map(department_row);
        let departments = list(Departments::COLUMNS, departments);
        put(folder, "departments.csv", departments)?;
        let rules = list(Rules::COLUMNS, self.rules.iter().map(rule_row));
        put(folder, "rules.csv", rules)?;
        // only where somebody else than a person holds one
        let columns = if self.institutions.is_empty() {
            &Post::COLUMNS[..4]
        } else {
            Post::COLUMNS
        };
        let posts = self.posts().map(|post| post_row(&post, columns.len()));
        put(folder, "posts.csv", list(columns, posts))
    }
}

fn department_row(department: &Department) -> String {
    row(&[
        department.code.as_str(),
        &department.name,
        department.parent.as_ref().map_or("", Code::as_str),
        department.kind.as_deref().unwrap_or_default(),
        department.phone.as_deref().unwrap_or_default(),
    ])
}

fn rule_row(rule: &Rule) -> String {
    row(&[
        &rule.tier.to_string(),
        rule.object.map_or("", ObjectKind::as_str),
        rule.class.as_ref().map_or("", Code::as_str),
        rule.area.as_ref().map_or("", Code::as_str),
        rule.grid_kind.as_ref().map_or("", GridKind::as_str),
        rule.department.as_str(),
        rule.note.as_deref().unwrap_or_default(),
    ])
}

fn post_row(post: &Post, columns: usize) -> String {
    let cells = [
        post.unit.as_str(),
        &post.post,
        post.name.as_deref().unwrap_or_default(),
        post.phone.as_deref().unwrap_or_default(),
        post.department.as_ref().map_or("", Code::as_str),
    ];
    row(&cells[..columns])
}

/// A header and the rows below it.
pub(crate) fn list(
    columns: &[&str],
    rows: impl Iterator<Item = String>,
) -> impl Iterator<Item = String> {
    std::iter::once(row(columns)).chain(rows)
}

/// A row of CSV (RFC 4180), with its line's end.
pub(crate) fn row(cells: &[&str]) -> String {
    let mut row = String::new();
    for (place, cell) in cells.iter().enumerate() {
        if place > 0 {
            row.push(',');
        }
        if cell.contains([',', '"', '\n', '\r']) {
            row.push('"');
            row.push_str(&cell.replace('"', "\"\""));
            row.push('"');
        } else {
            row.push_str(cell);
        }
    }
    row.push('\n');
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_that_would_break_a_row_are_quoted() {
        assert_eq!(
            row(&["a", "", "b,c", "say \"d\"", "e\nf"]),
            "a,,\"b,c\",\"say \"\"d\"\"\",\"e\nf\"\n"
        );
    }
}
