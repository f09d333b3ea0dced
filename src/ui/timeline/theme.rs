//! The colours and the face of the page's theme, read from its style sheet so that the canvas follows
//! it: light, dark, or one of the visitor's own.
//!
//! Called by `view` when it starts and when the theme changes.

use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement};

use super::palette::{HUES, SHADES};
use super::picture::Colours;
use super::place;
use super::raster::{Pixel, mix};

/// How deep the trough is that idle time leaves: the sunken ground itself is too dark beside lanes.
const IDLE_DEPTH: u8 = 210;

/// What the canvas is painted with.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Theme {
    /// The rows' colours.
    pub colours: Colours,
    /// What is written on each of them.
    pub inks: [[Pixel; SHADES as usize]; HUES as usize],
    /// Names of rows.
    pub ink: Pixel,
    /// Names of the axis' ticks.
    pub ink_muted: Pixel,
    /// Crashes.
    pub danger: Pixel,
    /// The family of type.
    pub family: String,
}

impl Theme {
    /// Reads the theme. `probe` is an element that is not seen and inherits the page's tokens.
    pub(super) fn read(probe: &Element) -> Option<Theme> {
        let window = web_sys::window()?;
        let computed = window.get_computed_style(probe).ok()??;
        let family = computed.get_property_value("font-family").ok()?;
        let swatch = Swatch::new();
        let token = |name: &str| -> Pixel {
            place::colour(probe, name);
            let text = computed.get_property_value("color").unwrap_or_default();
            parse_rgb(&text)
                .or_else(|| swatch.as_ref()?.resolve(&text))
                .unwrap_or([128, 128, 128, 255])
        };
        let surface = token("--surface");
        let ink = token("--ink");
        let mut hues = [[surface; SHADES as usize]; HUES as usize];
        for (number, shades) in (1..).zip(hues.iter_mut()) {
            let hue = token(&format!("--lane-{number}"));
            *shades = [hue, mix(hue, surface, 62), mix(hue, ink, 52)];
        }
        let colours = Colours {
            surface,
            idle: mix(surface, token("--sunken"), IDLE_DEPTH),
            grid: token("--grid"),
            switch: token("--span-switch"),
            gap: token("--span-gap"),
            ready: token("--span-ready"),
            blocked: token("--line-strong"),
            hues,
        };
        Some(Theme {
            inks: hues.map(|shades| shades.map(readable_on)),
            ink_muted: token("--ink-muted"),
            danger: token("--danger"),
            colours,
            ink,
            family,
        })
    }
}

/// Black or white, whichever is read more easily on a colour.
fn readable_on(ground: Pixel) -> Pixel {
    const BLACK: Pixel = [16, 18, 22, 255];
    const WHITE: Pixel = [255, 255, 255, 255];
    let luminance = |pixel: Pixel| {
        let linear = |value: u8| (f64::from(value) / 255.0).powf(2.2);
        0.2126 * linear(pixel[0]) + 0.7152 * linear(pixel[1]) + 0.0722 * linear(pixel[2])
    };
    let contrast = |ink: Pixel| {
        let (one, two) = (luminance(ink) + 0.05, luminance(ground) + 0.05);
        (one / two).max(two / one)
    };
    if contrast(WHITE) >= contrast(BLACK) {
        WHITE
    } else {
        BLACK
    }
}

/// A colour as a style sheet's text.
pub(super) fn css(colour: Pixel) -> String {
    format!("rgb({} {} {})", colour[0], colour[1], colour[2])
}

fn parse_rgb(text: &str) -> Option<Pixel> {
    let inside = text
        .strip_prefix("rgb(")
        .or_else(|| text.strip_prefix("rgba("))?
        .strip_suffix(')')?;
    let mut numbers = inside
        .split([',', ' ', '/'])
        .filter(|part| !part.is_empty())
        .map(|part| part.parse::<f64>().ok());
    let mut next = || Some(numbers.next()??.round().clamp(0.0, 255.0) as u8);
    Some([next()?, next()?, next()?, 255])
}

/// One pixel of canvas, which knows every notation of colour that the browser knows.
struct Swatch(CanvasRenderingContext2d);

impl Swatch {
    fn new() -> Option<Swatch> {
        let document = web_sys::window()?.document()?;
        let canvas: HtmlCanvasElement = document.create_element("canvas").ok()?.dyn_into().ok()?;
        canvas.set_width(1);
        canvas.set_height(1);
        let context = canvas.get_context("2d").ok()??.dyn_into().ok()?;
        Some(Swatch(context))
    }

    fn resolve(&self, text: &str) -> Option<Pixel> {
        self.0.set_fill_style_str(text);
        self.0.fill_rect(0.0, 0.0, 1.0, 1.0);
        let data = self.0.get_image_data(0.0, 0.0, 1.0, 1.0).ok()?.data();
        Some([*data.first()?, *data.get(1)?, *data.get(2)?, 255])
    }
}
