//! Posts: who stands in a grid.

use crate::list::{ListFault, ListRow, RowFault, known};
use crate::{Code, Departments, LevelIndex, Scheme};

/// A post in a unit (网格长, 网格员, …), filled or not. A unit may have several of one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Its row in the list: 1 is the first below the header.
    pub row: u64,
    /// The unit: a grid, or one of an upper level.
    pub unit: Code,
    /// Which of the posts that the scheme names for the unit's level.
    pub post: String,
    /// Who stands there; nobody when vacant. Leaves the service only for those who may see
    /// contacts.
    pub name: Option<String>,
    /// How to reach them; likewise.
    pub phone: Option<String>,
    /// The department or institution that holds the post.
    pub department: Option<Code>,
}

impl Post {
    /// The columns of a list of posts.
    pub const COLUMNS: &'static [&'static str] = &["grid", "post", "name", "phone", "department"];

    /// Reads a list of posts.
    ///
    /// # Errors
    /// Everything that is wrong with its rows.
    pub fn read(rows: &[ListRow]) -> Result<Vec<Self>, Vec<RowFault>> {
        let (posts, faults) = Self::read_sound(rows);
        if faults.is_empty() {
            Ok(posts)
        } else {
            Err(faults)
        }
    }

    /// The posts of those rows in which nothing is wrong, and all that is wrong with the others.
    pub fn read_sound(rows: &[ListRow]) -> (Vec<Self>, Vec<RowFault>) {
        let mut faults = Vec::new();
        let mut posts = Vec::with_capacity(rows.len());
        for row in rows {
            posts.extend(post_of(row, &mut faults));
        }
        (posts, faults)
    }

    /// What is wrong with the post, in a city of this scheme: no such unit, a post that its
    /// level does not have, or no such department.
    pub fn check(
        &self,
        scheme: &Scheme,
        level_of: impl Fn(&Code) -> Option<LevelIndex>,
        departments: &Departments,
    ) -> Option<RowFault> {
        let fault = |column: &str, fault| {
            Some(RowFault {
                row: self.row,
                column: column.to_owned(),
                fault,
            })
        };
        let level = level_of(&self.unit).and_then(|index| scheme.levels().get(index.0));
        let Some(level) = level else {
            return fault("grid", ListFault::NoUnit(self.unit.clone()));
        };
        if level.posts().contains(&self.post) {
            let department = self.department.as_ref()?;
            return match departments.get(department.as_str()) {
                Some(_) => None,
                None => fault("department", ListFault::NoDepartment(department.clone())),
            };
        }
        let no_post = ListFault::NoPost {
            level: level.id().to_owned(),
            post: self.post.clone(),
            known: known(level.posts()),
        };
        fault("post", no_post)
    }
}

fn post_of(row: &ListRow, faults: &mut Vec<RowFault>) -> Option<Post> {
    let unit = row.required("grid", faults);
    let post = row.text("post", faults).map(str::to_owned);
    let department = row.optional("department", faults);
    Some(Post {
        row: row.number,
        unit: unit?,
        post: post?,
        name: row.get("name").map(str::to_owned),
        phone: row.get("phone").map(str::to_owned),
        department,
    })
}
