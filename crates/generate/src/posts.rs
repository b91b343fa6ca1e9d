//! Who stands in the grids: invented people in the posts that a scheme names.

use wangge_model::{Code, Post};

use crate::City;
use crate::dice::{Dice, Subject};

/// Of so many posts that follow each other one is vacant.
const ONE_VACANT_OF: usize = 50;

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
    /// lowest level. One in fifty is vacant, the others have invented people with telephone
    /// numbers that nobody has. They are drawn anew at each call, and come out the same.
    pub fn posts(&self) -> impl Iterator<Item = Post> {
        let level = &self.scheme.levels()[self.scheme.lowest().0];
        let mut people = People::new(self.seed);
        self.grids
            .iter()
            .flat_map(|grid| level.posts().iter().map(|post| (&grid.unit.code, post)))
            .zip(1..)
            .map(move |((unit, post), row)| people.appointed(unit, post, row))
    }
}

struct People {
    dice: Dice,
    /// Which of the posts that follow each other is vacant.
    vacant: usize,
    at: usize,
}

impl People {
    fn new(seed: u64) -> Self {
        Self {
            dice: Dice::new(seed, Subject::Posts),
            vacant: 0,
            at: 0,
        }
    }

    fn appointed(&mut self, unit: &Code, post: &str, row: u64) -> Post {
        if self.at == 0 {
            self.vacant = self.dice.below(ONE_VACANT_OF);
        }
        // drawn for a vacant post too, so that the people beside it stay
        let name = self.name();
        let filled = self.at != self.vacant;
        self.at = (self.at + 1) % ONE_VACANT_OF;
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
