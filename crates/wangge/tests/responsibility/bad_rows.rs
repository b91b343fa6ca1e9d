//! Bad rows of every kind, in one file for each list: each named with file, row, column and
//! remedy, in both languages, and the store left as it was.

use crate::city::{CLASSES, DEPARTMENTS, put, refused, whole};
use crate::support::{Desk, Ran};

/// A row, and what is said of it: the column, and words in English and in Chinese.
struct Bad {
    row: u64,
    column: &'static str,
    english: &'static str,
    chinese: &'static str,
}

const fn bad(row: u64, column: &'static str, english: &'static str, chinese: &'static str) -> Bad {
    Bad {
        row,
        column,
        english,
        chinese,
    }
}

/// Tries a file, and holds what is said against the table: nothing more, nothing less.
#[track_caller]
fn tried(list: &str, content: &str, all: &[Bad]) {
    let desk = Desk::new();
    let store = whole(&desk);
    let file = desk.write("bad.csv", content);
    let [english, chinese] = refused(&store, list, &[&file], &[]);
    let found = |ran: &Ran, word: &str| ran.message().matches(word).count();
    assert_eq!(
        found(&english, "bad.csv, row "),
        all.len(),
        "{}",
        english.err
    );
    assert_eq!(found(&chinese, "bad.csv 第 "), all.len(), "{}", chinese.err);
    for Bad {
        row,
        column,
        english: en,
        chinese: zh,
    } in all
    {
        let said = format!("bad.csv, row {row}, column \"{column}\": {en}");
        assert!(english.message().contains(&said), "{said}\n{}", english.err);
        let said = format!("bad.csv 第 {row} 行“{column}”列：{zh}");
        assert!(chinese.message().contains(&said), "{said}\n{}", chinese.err);
    }
    for (ran, said) in [
        (&english, "nothing was changed"),
        (&chinese, "没有作任何修改"),
    ] {
        assert!(ran.message().contains(said), "{}", ran.err);
    }
}

#[test]
fn classes() {
    let content = format!(
        "{CLASSES}\
         thing,03,甲,,,\n\
         ,03,乙,,,\n\
         component,,丙,,,\n\
         component,0301,,,,\n\
         component,0302,丁,,round,\n\
         component,0303,戊,,point,D\n\
         event,0102,己,,,\n\
         部件,03\u{200b}04,庚,,,\n"
    );
    let all = [
        bad(
            11,
            "object",
            "\"thing\" is none of component, event",
            "“thing”不是以下任何一个：component、event",
        ),
        bad(
            12,
            "object",
            "the cell is empty: fill it in",
            "单元格为空：请填写",
        ),
        bad(
            13,
            "code",
            "the cell is empty: fill it in",
            "单元格为空：请填写",
        ),
        bad(
            14,
            "name",
            "the cell is empty: fill it in",
            "单元格为空：请填写",
        ),
        bad(
            15,
            "geometry",
            "\"round\" is none of point, line, area",
            "“round”不是以下任何一个：point、line、area",
        ),
        bad(
            16,
            "accuracy",
            "\"D\" is none of A, B, C",
            "“D”不是以下任何一个：A、B、C",
        ),
        bad(
            17,
            "code",
            "the code 0102 is in row 8 too: give each its own",
            "编码 0102 在第 8 行已经出现：编码不可重复",
        ),
        bad(18, "code", "", ""),
    ];
    tried("classes", &content, &all);
}

#[test]
fn departments() {
    let long = "长".repeat(65);
    let content = format!(
        "{DEPARTMENTS}\
         ,甲,,,\n\
         D1,,CC,,\n\
         CC,乙,,,\n\
         D2,丙,NOBODY,,\n\
         D3,丁,D4,,\n\
         D4,戊,D3,,\n\
         D5,己,D5,,\n\
         {long},庚,,,\n"
    );
    let all = [
        bad(
            16,
            "code",
            "the cell is empty: fill it in",
            "单元格为空：请填写",
        ),
        bad(
            17,
            "name",
            "the cell is empty: fill it in",
            "单元格为空：请填写",
        ),
        bad(
            18,
            "code",
            "the code CC is in row 1 too: give each its own",
            "编码 CC 在第 1 行已经出现：编码不可重复",
        ),
        bad(
            19,
            "parent",
            "the department NOBODY is not in the list: add its row, or correct the code",
            "名单中没有部门 NOBODY：请补上该部门，或改正编码",
        ),
        bad(
            20,
            "parent",
            "the department is above itself, D3 < D4 < D3: correct one of these parents",
            "部门成了自己的上级（D3 < D4 < D3）：请改正其中一个上级，或留空",
        ),
        bad(
            21,
            "parent",
            "the department is above itself, D4 < D3 < D4: correct one of these parents",
            "部门成了自己的上级（D4 < D3 < D4）",
        ),
        bad(
            22,
            "parent",
            "the department is above itself, D5 < D5: correct one of these parents",
            "部门成了自己的上级（D5 < D5）",
        ),
        bad(23, "code", "", ""),
    ];
    tried("departments", &content, &all);
}

/// What cannot be read and what names nothing are told at once: one round of corrections.
#[test]
fn rules() {
    let content = "\
tier,object,class,area,grid_kind,department,note
一,,,,,CC,
0,,,,,CC,
,,,,,CC,
1,thing,,,,CC,
1,,,211403001001,,,
2,event,0102,,urban,SAN,
2,事件,0102,,城市,CC,
4,,,,,CC,
1,component,0301,,,CC,
1,,0301,,,CC,
1,,,211403009,,CC,
1,,,211403001,,NOBODY,
";
    let all = [
        bad(
            1,
            "tier",
            "\"一\" is no tier: write 1, 2, 3",
            "“一”不是处置层次：请写 1、2、3",
        ),
        bad(
            2,
            "tier",
            "\"0\" is no tier: write 1, 2, 3",
            "“0”不是处置层次：请写 1、2、3",
        ),
        bad(
            3,
            "tier",
            "the cell is empty: fill it in",
            "单元格为空：请填写",
        ),
        bad(
            4,
            "object",
            "\"thing\" is none of component, event",
            "“thing”不是以下任何一个：component、event",
        ),
        bad(
            5,
            "department",
            "the cell is empty: fill it in",
            "单元格为空：请填写",
        ),
        bad(
            7,
            "department",
            "the rule says what row 6 says",
            "与第 6 行是同一条规则",
        ),
        bad(
            8,
            "tier",
            "the scheme has no tier 4, it has 1, 2, 3: choose one, or add it to the scheme",
            "层级定义中没有处置层次 4，已有 1, 2, 3：请改选",
        ),
        bad(
            9,
            "class",
            "no component has the class 0301, nor one that begins with it: correct the code, or import the class",
            "部件类别表中没有 0301，也没有以它开头的类别：请改正编码，或先导入该类别",
        ),
        bad(
            10,
            "class",
            "no component or event has the class 0301",
            "部件和事件类别表中没有 0301",
        ),
        bad(
            11,
            "area",
            "the plan has no unit 211403009: correct the code, or import the unit",
            "方案中没有单元 211403009：请改正编码，或先导入该单元",
        ),
        bad(
            12,
            "department",
            "the department NOBODY is not in the list: add its row, or correct the code",
            "名单中没有部门 NOBODY：请补上该部门，或改正编码",
        ),
    ];
    tried("rules", content, &all);
}

#[test]
fn posts() {
    let content = "\
grid,post,name,phone
,head,甲,
211403001001001,,乙,
211403001001001,mayor,丙,
211403001001,head,丁,
211403009001001,head,戊,
";
    let all = [
        bad(
            1,
            "grid",
            "the cell is empty: fill it in",
            "单元格为空：请填写",
        ),
        bad(
            2,
            "post",
            "the cell is empty: fill it in",
            "单元格为空：请填写",
        ),
        bad(
            3,
            "post",
            "level \"grid\" has no post \"mayor\", it has head, police: choose one, or add it to the scheme",
            "层级“grid”没有岗位“mayor”，已有 head, police：请改选，或在层级定义中补上",
        ),
        bad(
            4,
            "post",
            "level \"community\" has no post \"head\", it has none",
            "层级“community”没有岗位“head”",
        ),
        bad(
            5,
            "grid",
            "the plan has no unit 211403009001001: correct the code, or import the unit",
            "方案中没有单元 211403009001001：请改正编码，或先导入该单元",
        ),
    ];
    tried("posts", content, &all);
}

#[test]
fn many_mistakes_are_listed_and_the_rest_counted() {
    let desk = Desk::new();
    let store = whole(&desk);
    // 120 departments without a name
    let rows: Vec<String> = (0..120).map(|row| format!("X{row},")).collect();
    let file = desk.write("bad.csv", &format!("code,name\n{}\n", rows.join("\n")));
    let [english, chinese] = refused(&store, "departments", &[&file], &[]);
    assert!(
        english.message().contains("120 mistakes"),
        "{}",
        english.err
    );
    assert!(english.message().contains("and 70 more"), "{}", english.err);
    assert!(chinese.message().contains("120 处错误"), "{}", chinese.err);
    assert!(chinese.message().contains("另有 70 处"), "{}", chinese.err);
    // the store takes a good list as before
    put(&desk, &store, "departments", DEPARTMENTS);
}
