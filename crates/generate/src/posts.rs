//! Who stands in the grids: invented people in the posts that a scheme names.

use serde::Deserialize;
use wangge_model::{Code, Post, Unit};

use crate::City;
use crate::dice::{Dice, Subject};
use crate::institutions::Institution;

/// What a description says of posts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct PostSpec {
    /// Of so many posts that follow each other one is vacant; none for 0.
    vacant_one_of: usize,
    /// Posts that one person holds in each unit: a duty, and a second one.
    together: Vec<Vec<String>>,
}

impl Default for PostSpec {
    fn default() -> Self {
        Self {
            vacant_one_of: 50,
            together: Vec::new(),
        }
    }
}

impl PostSpec {
    /// The posts that it names.
    pub(crate) fn named(&self) -> impl Iterator<Item = &str> {
        self.together.iter().flatten().map(String::as_str)
    }

    /// What a page says of the posts.
    pub(crate) fn told(&self) -> String {
        let vacant = match self.vacant_one_of {
            0 => "none vacant".to_owned(),
            50 => "one post in fifty vacant".to_owned(),
            many => format!("one post in {many} vacant"),
        };
        format!("the people in the posts of every grid, {vacant}")
    }

    fn are_together(&self, one: &str, other: &str) -> bool {
        let among = |group: &[String], post| group.iter().any(|of| of == post);
        self.together
            .iter()
            .any(|group| among(group, one) && among(group, other))
    }
}

/// Common surnames.
const SURNAMES: [&str; 48] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林",
    "何", "郭", "马", "罗", "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧", "程", "曹",
    "袁", "邓", "许", "傅", "沈", "曾", "彭", "吕", "苏", "卢", "蒋", "蔡", "贾", "丁", "魏", "薛",
];

/// Characters of given names.
const GIVEN: [&str; 56] = [
    "伟", "芳", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超",
    "秀", "霞", "平", "刚", "桂", "英", "华", "玉", "兰", "红", "建", "国", "志", "文", "晓", "海",
    "云", "梅", "林", "峰", "鹏", "宇", "浩", "欣", "佳", "雪", "琳", "倩", "婷", "俊", "凯", "辉",
    "斌", "波", "宁", "慧", "春", "新", "德", "永",
];

impl City {
    /// The posts of every grid, grids by code, each with the posts that the scheme names for its
    /// level; then those of the levels above, where it names some, top to bottom. One in fifty is
    /// vacant unless the description says otherwise, the others have invented people with
    /// telephone numbers that nobody has. They are drawn anew at each call, and come out the same.
    /// Posts that institutions hold follow.
    pub fn posts(&self) -> impl Iterator<Item = Post> {
        let grids = self.grids.iter().map(|grid| &grid.unit);
        let units = grids.chain(self.upper.iter().map(|(unit, _)| unit));
        let of_institutions = self.institution_post.as_ref();
        let posts = move |unit: &Unit| {
            let posts = self.scheme.levels()[unit.level.0].posts().iter();
            posts.filter(move |&post| Some(post) != of_institutions)
        };
        let mut people = People::new(self);
        let appointed = units
            .flat_map(move |unit| posts(unit).map(move |post| (&unit.code, Holder::Person(post))));
        let assigned = self
            .institutions
            .iter()
            .map(|one| (&one.grid, Holder::Institution(one)));
        appointed
            .chain(assigned)
            .zip(1..)
            .map(move |((unit, holder), row)| match holder {
                Holder::Person(post) => people.appointed(unit, post, row),
                Holder::Institution(one) => Post {
                    row,
                    unit: unit.clone(),
                    post: of_institutions.cloned().unwrap_or_default(),
                    name: None,
                    phone: None,
                    department: Some(one.code.clone()),
                },
            })
    }
}

/// Who holds a post: a person in the post of this name, or an institution.
enum Holder<'a> {
    Person(&'a str),
    Institution(&'a Institution),
}

struct People<'a> {
    spec: &'a PostSpec,
    dice: Dice,
    /// Which of the posts that follow each other is vacant.
    vacant: usize,
    at: usize,
    /// The posts of the unit that was asked for last.
    of_unit: Vec<Post>,
}

impl<'a> People<'a> {
    fn new(city: &'a City) -> Self {
        Self {
            spec: &city.post_spec,
            dice: Dice::new(city.seed, Subject::Posts),
            vacant: 0,
            at: 0,
            of_unit: Vec::new(),
        }
    }

    fn appointed(&mut self, unit: &Code, post: &str, row: u64) -> Post {
        self.of_unit.retain(|other| other.unit == *unit);
        let same = |other: &&Post| self.spec.are_together(&other.post, post);
        let appointed = match self.of_unit.iter().find(same) {
            Some(first) => Post {
                row,
                post: post.to_owned(),
                ..first.clone()
            },
            None => self.another(unit, post, row),
        };
        self.of_unit.push(appointed.clone());
        appointed
    }

    fn another(&mut self, unit: &Code, post: &str, row: u64) -> Post {
        let one_of = self.spec.vacant_one_of;
        if self.at == 0 {
            self.vacant = self.dice.below(one_of);
        }
        // drawn for a vacant post too, so that the people beside it stay
        let name = self.name();
        let filled = one_of == 0 || self.at != self.vacant;
        self.at = (self.at + 1) % one_of.max(1);
        Post {
            row,
            unit: unit.clone(),
            post: post.to_owned(),
            name: filled.then_some(name),
            // eleven digits like a mobile number, from a block that is nobody's
            phone: filled.then(|| format!("{}", 10_000_000_000 + row)),
            department: None,
        }
    }

    /// A surname with one character after it, or more often two.
    fn name(&mut self) -> String {
        let mut name = SURNAMES[self.dice.below(SURNAMES.len())].to_owned();
        name.push_str(GIVEN[self.dice.below(GIVEN.len())]);
        if self.dice.chance(0.7) {
            name.push_str(GIVEN[self.dice.below(GIVEN.len())]);
        }
        name
    }
}
