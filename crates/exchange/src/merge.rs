//! Rows that share a code: listed and refused, or made parts of one grid.

use std::collections::BTreeMap;

use geo_types::MultiPolygon;

use crate::fields::Fields;
use crate::report::{MergedRows, RepeatedCode};
use crate::{ExchangeError, Field, Table};

/// A grid before it lands.
pub(crate) struct Draft {
    pub(crate) fields: Fields,
    pub(crate) polygons: MultiPolygon<f64>,
}

/// Makes one draft of those that share a code, or refuses them.
pub(crate) fn merge(
    table: &Table,
    drafts: &mut Vec<Draft>,
    merge_parts: bool,
) -> Result<Vec<MergedRows>, ExchangeError> {
    let mut by_code: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, draft) in drafts.iter().enumerate() {
        by_code.entry(&draft.fields.code).or_default().push(index);
    }
    by_code.retain(|_, indices| indices.len() > 1);
    let numbers = |indices: &[usize]| -> Vec<u64> {
        indices
            .iter()
            .flat_map(|&index| drafts[index].fields.source_rows.clone())
            .collect()
    };
    if by_code.is_empty() {
        return Ok(Vec::new());
    }
    if !merge_parts {
        return Err(ExchangeError::RepeatedCodes {
            file: table.source.clone(),
            repeats: by_code
                .iter()
                .map(|(code, indices)| RepeatedCode {
                    code: (*code).to_owned(),
                    rows: numbers(indices),
                })
                .collect(),
        });
    }
    let groups: Vec<Vec<usize>> = by_code.into_values().collect();
    let mut merged = Vec::with_capacity(groups.len());
    let mut gone = vec![false; drafts.len()];
    for group in groups {
        let rows = group
            .iter()
            .flat_map(|&index| drafts[index].fields.source_rows.clone())
            .collect::<Vec<u64>>();
        let (&first, others) = group
            .split_first()
            .unwrap_or_else(|| unreachable!("a group has two drafts or more"));
        let mut differ_in: Vec<&'static str> = Vec::new();
        for &other in others {
            let polygons = std::mem::replace(&mut drafts[other].polygons, MultiPolygon(Vec::new()));
            for field in differences(&drafts[first].fields, &drafts[other].fields) {
                if field == Field::Parent.name() {
                    return Err(ExchangeError::Contradiction {
                        file: table.source.clone(),
                        code: drafts[first].fields.code.clone(),
                        field,
                        rows,
                    });
                }
                if !differ_in.contains(&field) {
                    differ_in.push(field);
                }
            }
            drafts[first].polygons.0.extend(polygons);
            gone[other] = true;
        }
        drafts[first].fields.source_rows.clone_from(&rows);
        merged.push(MergedRows {
            code: drafts[first].fields.code.clone(),
            rows,
            differ_in,
        });
    }
    let mut index = 0;
    drafts.retain(|_| {
        index += 1;
        !gone[index - 1]
    });
    Ok(merged)
}

fn differences(a: &Fields, b: &Fields) -> Vec<&'static str> {
    [
        (Field::Name, a.name != b.name),
        (Field::NameEn, a.name_en != b.name_en),
        (Field::Parent, a.parent != b.parent),
        (Field::Kind, a.kind != b.kind),
        (Field::Households, a.households != b.households),
        (Field::Population, a.population != b.population),
        (Field::AreaM2, a.area_m2 != b.area_m2),
        (Field::Note, a.note != b.note),
    ]
    .into_iter()
    .filter_map(|(field, differs)| differs.then_some(field.name()))
    .collect()
}
