//! The one place that sets style properties from code. The security policy forbids style attributes;
//! what depends on a pointer or on the number of rows goes through the CSSOM here.
//!
//! Called by `view` and `theme`.

use wasm_bindgen::JsCast;
use web_sys::{CssStyleDeclaration, Element, HtmlElement};

fn style(element: &Element) -> Option<CssStyleDeclaration> {
    Some(element.dyn_ref::<HtmlElement>()?.style())
}

fn set(element: &Element, property: &str, value: &str) {
    if let Some(style) = style(element) {
        // Setting a known property to a well-formed value can't fail; a browser that refuses shows
        // the element where the style sheet has it.
        let _ = style.set_property(property, value);
    }
}

/// Makes an element this high.
pub(super) fn height(element: &Element, css_px: u32) {
    set(element, "height", &format!("{css_px}px"));
}

/// Shows an element at a position, or hides it.
pub(super) fn show_at(element: &Element, position: Option<(f64, f64)>) {
    match position {
        Some((x_px, y_px)) => {
            let value = format!("translate({x_px:.2}px, {y_px:.2}px)");
            set(element, "transform", &value);
            set(element, "visibility", "visible");
        }
        None => set(element, "visibility", "hidden"),
    }
}

/// Gives an element the colour of a token, so that it can be read back resolved.
pub(super) fn colour(element: &Element, token: &str) {
    set(element, "color", &format!("var({token})"));
}

/// Puts a card beside a point so that it stays inside `container`: right below it where there is
/// room, else to its left, else above. Above at once for a finger, which hides what is below it.
pub(super) fn card(card: &Element, container: &Element, x_px: f64, y_px: f64, finger: bool) {
    const APART_PX: f64 = 14.0;
    let bounds = container.get_bounding_client_rect();
    let own = card.get_bounding_client_rect();
    let (width, height) = (own.width(), own.height());
    let most_left = (bounds.width() - width).max(0.0);
    let left = if x_px + APART_PX + width <= bounds.width() {
        x_px + APART_PX
    } else {
        (x_px - APART_PX - width).clamp(0.0, most_left)
    };
    let window_height = web_sys::window()
        .and_then(|window| window.inner_height().ok())
        .and_then(|height| height.as_f64())
        .unwrap_or(f64::MAX);
    let fits_below = bounds.top() + y_px + APART_PX + height <= window_height;
    let fits_above = bounds.top() + y_px - APART_PX - height >= 0.0;
    let top = if (finger || !fits_below) && fits_above {
        y_px - APART_PX - height
    } else {
        y_px + APART_PX
    };
    show_at(card, Some((left, top)));
}
