//! Words on a canvas: how wide they are, and how much of them fits.
//!
//! Called by `paint` and `stage`.

use web_sys::CanvasRenderingContext2d;

use super::data::TimelineData;
use super::layout::{Layout, Naming, row_label};
use super::theme::Theme;

/// How wide the widest name of a layout's first rows is, in CSS pixels.
pub(super) fn widest_name(
    context: &CanvasRenderingContext2d,
    data: &TimelineData,
    layout: &Layout,
    theme: &Theme,
) -> f64 {
    context.set_font(&format!("400 12px {}", theme.family));
    let names = layout.rows().iter().take(64).map(|row| {
        let indent = match row.naming {
            Naming::Indented => 10.0,
            Naming::Full | Naming::Short => 0.0,
        };
        text_width(context, &row_label(data, row)) + indent
    });
    names.fold(0.0, f64::max)
}

/// How wide a text is in the context's present type; unbounded where it can't be measured.
pub(super) fn text_width(context: &CanvasRenderingContext2d, text: &str) -> f64 {
    context
        .measure_text(text)
        .map_or(f64::MAX, |metrics| metrics.width())
}

/// As much of a text as there is room for, with a sign where some is missing.
pub(super) fn fitting(context: &CanvasRenderingContext2d, text: &str, room: f64) -> String {
    if text_width(context, text) <= room {
        return text.to_owned();
    }
    let letters: Vec<char> = text.chars().collect();
    let shortened = |count: usize| letters[..count].iter().collect::<String>() + "…";
    let (mut fits, mut too_long) = (0, letters.len());
    while fits + 1 < too_long {
        let middle = usize::midpoint(fits, too_long);
        if text_width(context, &shortened(middle)) <= room {
            fits = middle;
        } else {
            too_long = middle;
        }
    }
    shortened(fits)
}
