//! Invented names, in Chinese and in pinyin.

use rustc_hash::FxHashSet;

use crate::dice::{Dice, Subject};

/// Characters that begin an invented name, and their pinyin.
const FIRST: [(&str, &str); 44] = [
    ("春", "Chun"),
    ("海", "Hai"),
    ("金", "Jin"),
    ("东", "Dong"),
    ("西", "Xi"),
    ("南", "Nan"),
    ("北", "Bei"),
    ("青", "Qing"),
    ("云", "Yun"),
    ("松", "Song"),
    ("柳", "Liu"),
    ("梅", "Mei"),
    ("兰", "Lan"),
    ("玉", "Yu"),
    ("锦", "Jin"),
    ("望", "Wang"),
    ("临", "Lin"),
    ("向", "Xiang"),
    ("新", "Xin"),
    ("安", "An"),
    ("福", "Fu"),
    ("和", "He"),
    ("文", "Wen"),
    ("光", "Guang"),
    ("星", "Xing"),
    ("晨", "Chen"),
    ("潮", "Chao"),
    ("帆", "Fan"),
    ("港", "Gang"),
    ("渔", "Yu"),
    ("石", "Shi"),
    ("白", "Bai"),
    ("红", "Hong"),
    ("长", "Chang"),
    ("永", "Yong"),
    ("泰", "Tai"),
    ("丰", "Feng"),
    ("瑞", "Rui"),
    ("祥", "Xiang"),
    ("嘉", "Jia"),
    ("紫", "Zi"),
    ("翠", "Cui"),
    ("银", "Yin"),
    ("清", "Qing"),
];

/// Characters that end the name of a community or road, and their pinyin.
const SECOND: [(&str, &str); 40] = [
    ("林", "lin"),
    ("湾", "wan"),
    ("泉", "quan"),
    ("桥", "qiao"),
    ("园", "yuan"),
    ("苑", "yuan"),
    ("岭", "ling"),
    ("河", "he"),
    ("源", "yuan"),
    ("阳", "yang"),
    ("华", "hua"),
    ("宁", "ning"),
    ("盛", "sheng"),
    ("达", "da"),
    ("平", "ping"),
    ("康", "kang"),
    ("乐", "le"),
    ("明", "ming"),
    ("秀", "xiu"),
    ("霞", "xia"),
    ("波", "bo"),
    ("涛", "tao"),
    ("滨", "bin"),
    ("洲", "zhou"),
    ("台", "tai"),
    ("门", "men"),
    ("城", "cheng"),
    ("景", "jing"),
    ("庭", "ting"),
    ("都", "du"),
    ("丽", "li"),
    ("馨", "xin"),
    ("悦", "yue"),
    ("昌", "chang"),
    ("兴", "xing"),
    ("升", "sheng"),
    ("岸", "an"),
    ("浦", "pu"),
    ("溪", "xi"),
    ("峰", "feng"),
];

/// What villages are called after.
const FAMILIES: [(&str, &str); 36] = [
    ("王家", "Wangjia"),
    ("李家", "Lijia"),
    ("张家", "Zhangjia"),
    ("刘家", "Liujia"),
    ("陈家", "Chenjia"),
    ("杨家", "Yangjia"),
    ("赵家", "Zhaojia"),
    ("孙家", "Sunjia"),
    ("周家", "Zhoujia"),
    ("吴家", "Wujia"),
    ("郑家", "Zhengjia"),
    ("冯家", "Fengjia"),
    ("韩家", "Hanjia"),
    ("许家", "Xujia"),
    ("何家", "Hejia"),
    ("吕家", "Lyujia"),
    ("孔家", "Kongjia"),
    ("曹家", "Caojia"),
    ("严家", "Yanjia"),
    ("魏家", "Weijia"),
    ("陶家", "Taojia"),
    ("姜家", "Jiangjia"),
    ("谢家", "Xiejia"),
    ("邹家", "Zoujia"),
    ("柏家", "Baijia"),
    ("苏家", "Sujia"),
    ("潘家", "Panjia"),
    ("葛家", "Gejia"),
    ("范家", "Fanjia"),
    ("彭家", "Pengjia"),
    ("鲁家", "Lujia"),
    ("马家", "Majia"),
    ("苗家", "Miaojia"),
    ("方家", "Fangjia"),
    ("任家", "Renjia"),
    ("袁家", "Yuanjia"),
];

/// What kind of place a village was.
const PLACES: [(&str, &str); 12] = [
    ("屯", "tun"),
    ("沟", "gou"),
    ("洼", "wa"),
    ("店", "dian"),
    ("窝铺", "wopu"),
    ("台", "tai"),
    ("岭", "ling"),
    ("河", "he"),
    ("营", "ying"),
    ("甸", "dian"),
    ("庄", "zhuang"),
    ("堡", "pu"),
];

/// A name in Chinese and in pinyin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) zh: String,
    pub(crate) en: String,
}

/// A store of names that have not been given yet. When all are given, they begin again: names
/// are not unique in real cities either.
pub(crate) struct Names {
    dice: Dice,
    given: FxHashSet<String>,
}

impl Names {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            dice: Dice::new(seed, Subject::Names),
            given: FxHashSet::default(),
        }
    }

    /// Names for institutions, which take none from those of places.
    pub(crate) fn of_institutions(seed: u64) -> Self {
        Self {
            dice: Dice::new(seed, Subject::Institutions),
            given: FxHashSet::default(),
        }
    }

    /// For a community (社区): 春林社区.
    pub(crate) fn community(&mut self) -> Name {
        let name = self.unused(&FIRST, &SECOND);
        Name {
            zh: format!("{}社区", name.zh),
            en: format!("{} Community", name.en),
        }
    }

    /// For a village (村): 王家屯村.
    pub(crate) fn village(&mut self) -> Name {
        let name = self.unused(&FAMILIES, &PLACES);
        Name {
            zh: format!("{}村", name.zh),
            en: format!("{} Village", name.en),
        }
    }

    /// For a road or institution of a kind, in Chinese and English: 春林路, 春林小学.
    pub(crate) fn road(&mut self, kind: (&str, &str)) -> Name {
        let name = self.unused(&FIRST, &SECOND);
        Name {
            zh: format!("{}{}", name.zh, kind.0),
            en: format!("{} {}", name.en, kind.1),
        }
    }

    /// For a lane by its number: 春林三巷.
    pub(crate) fn lane(&mut self) -> Name {
        const NUMBERS: [&str; 9] = ["一", "二", "三", "四", "五", "六", "七", "八", "九"];
        let name = self.any(&FIRST, &SECOND);
        let number = self.dice.below(NUMBERS.len());
        Name {
            zh: format!("{}{}巷", name.zh, NUMBERS[number]),
            en: format!("{} Lane {}", name.en, number + 1),
        }
    }

    fn unused(&mut self, first: &[(&str, &str)], second: &[(&str, &str)]) -> Name {
        let mut name = self.any(first, second);
        for _ in 0..24 {
            if self.given.insert(name.zh.clone()) {
                break;
            }
            name = self.any(first, second);
        }
        name
    }

    fn any(&mut self, first: &[(&str, &str)], second: &[(&str, &str)]) -> Name {
        let one = first[self.dice.below(first.len())];
        let other = second[self.dice.below(second.len())];
        Name {
            zh: format!("{}{}", one.0, other.0),
            en: format!("{}{}", one.1, other.1),
        }
    }
}

/// The name of an invented street by its number.
pub(crate) fn street(number: usize) -> (String, String) {
    let one = FIRST[number % FIRST.len()];
    let other = SECOND[(number * 7 + number / FIRST.len()) % SECOND.len()];
    (
        format!("{}{}街道", one.0, other.0),
        format!("{}{} Subdistrict", one.1, other.1),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_hundred_communities_have_names_of_their_own() {
        let mut names = Names::new(3);
        let all: FxHashSet<String> = (0..100).map(|_| names.community().zh).collect();
        assert_eq!(all.len(), 100);
    }

    #[test]
    fn a_village_is_named_after_a_family_and_a_place() {
        let name = Names::new(1).village();
        assert!(
            name.zh.ends_with('村') && name.en.ends_with(" Village"),
            "{name:?}"
        );
    }
}
