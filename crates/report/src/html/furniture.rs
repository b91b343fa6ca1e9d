//! What helps to read a map: its scale and where north is.

use std::fmt::Write as _;

use super::frame::{Frame, round_length};
use super::markup::{Trimmed, told};
use crate::Language;

/// Scale bar (under this id) and north arrow, which stay where they are when the map moves.
pub(crate) fn furniture(out: &mut String, frame: &Frame, scale_id: &str, language: Language) {
    let (width, height) = (frame.width, frame.height);
    let (length_m, text) = round_length(160.0 / frame.scale);
    let long = Trimmed(length_m * frame.scale, 2);
    let (bar_y, text_y) = (height - 14.0, height - 20.0);
    let north = told(language, "北", "N");
    let _ = write!(
        out,
        r#"<svg class="furniture" viewBox="0 0 {width} {height}" preserveAspectRatio="xMinYMax meet" aria-hidden="true"><g id="{scale_id}"><path class="halo" d="M16 {bar_y}h{long}"/><path class="bar" d="M16 {}v7h{long}v-7"/><text x="16" y="{text_y}">{text}</text></g></svg><svg class="furniture" viewBox="0 0 {width} {height}" preserveAspectRatio="xMaxYMin meet" aria-hidden="true"><g transform="translate({} 34)"><path class="halo" d="M0-22 7 8 0 3-7 8z"/><path d="M0-22 7 8 0 3-7 8z"/><text text-anchor="middle" y="22">{north}</text></g></svg>"#,
        bar_y - 7.0,
        width - 26.0,
    );
}
