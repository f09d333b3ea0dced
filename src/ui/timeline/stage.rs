//! What is on screen: the panels' canvases, the window over them, where the pointer and the cursor
//! are, and how all that is painted and measured. Tells nobody; `view` does.

use std::collections::BTreeMap;
use std::rc::Rc;

use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement};

use super::data::TimelineData;
use super::hover::{Card, card};
use super::layout::Layout;
use super::lettering::widest_name;
use super::paint::Scene;
use super::place;
use super::raster::Raster;
use super::scale::{Scale, Window};
use super::theme::Theme;
use super::ticks::exact;
use crate::base::Nanos;

/// So long a frame goes on with making traces ready, so many events at a time.
const MAKING_MS: f64 = 8.0;
const MAKING_EVENTS: usize = 10_000;

/// One panel that is on screen.
pub(super) struct Mounted {
    pub canvas: HtmlCanvasElement,
    pub context: CanvasRenderingContext2d,
    pub scroller: Element,
    /// The line at the pointer, and the line at the cursor.
    pub lines: [Element; 2],
    pub data: Rc<TimelineData>,
    pub layout: Rc<Layout>,
    pub raster: Raster,
    /// How wide its rows' names are; zero when that has to be measured.
    pub names_px: f64,
}

/// Where the pointer is, in CSS pixels from a canvas' upper left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pointer {
    pub panel: usize,
    pub x_px: f64,
    pub y_px: f64,
    pub finger: bool,
}

/// A card and where it belongs, in CSS pixels from the timeline's corner.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct CardShown {
    pub card: Card,
    pub x_px: f64,
    pub y_px: f64,
    pub finger: bool,
}

/// See the module.
#[derive(Default)]
pub(super) struct Stage {
    /// What was asked for; what is shown is this, clamped to the runs there are.
    pub asked: Option<Window>,
    pub panels: BTreeMap<usize, Mounted>,
    /// The colours; none when they have to be read again.
    pub theme: Option<Theme>,
    pub highlight: Option<u8>,
    pub cursor: Option<u64>,
    pub pointer: Option<Pointer>,
    /// The whole timeline, and an element to read colours from.
    pub root: Option<Element>,
    pub probe: Option<Element>,
    /// The card at the pointer.
    pub card: Option<CardShown>,
    /// The room for names, the same in all panels, so that an instant is at the same place in each.
    gutter_px: u32,
}

/// What all panels' scales have in common.
#[derive(Clone, Copy)]
struct Frame {
    window: Window,
    gutter_px: u32,
    ratio: f64,
}

impl Stage {
    /// How far the axis may reach: to the end of the longest run, and a little further.
    pub(super) fn limit_ns(&self) -> u64 {
        let ends = self.panels.values().map(|mounted| mounted.data.end_ns());
        Window::fit(ends.max().unwrap_or(0)).end_ns
    }

    pub(super) fn window(&self) -> Window {
        self.asked.unwrap_or(Window::WHOLE).clamp(self.limit_ns())
    }

    fn measure_gutter(&self) -> u32 {
        let widths = self.panels.values().map(|panel| panel.names_px);
        let widest = widths.fold(0.0, f64::max);
        let canvases = self.panels.values().map(|panel| &panel.canvas);
        let narrowest = canvases.map(|canvas| canvas.client_width().max(0)).min();
        let most = (f64::from(narrowest.unwrap_or(0)) * 0.26).clamp(48.0, 148.0);
        (widest + 14.0).clamp(48.0, most).round() as u32
    }

    fn layout_frame(&self) -> Frame {
        let ratio = web_sys::window().map_or(1.0, |window| window.device_pixel_ratio());
        Frame {
            window: self.window(),
            gutter_px: self.gutter_px,
            // Beyond three device pixels nobody sees more, but a phone takes longer.
            ratio: ratio.clamp(0.5, 3.0),
        }
    }

    /// Goes on making traces ready, for a part of a frame; tells how many became so, and whether
    /// some still are not.
    pub(super) fn make(&mut self) -> (usize, bool) {
        let clock = web_sys::window().and_then(|window| window.performance());
        let now = || clock.as_ref().map_or(f64::MAX, |clock| clock.now());
        let until = now() + MAKING_MS;
        let mut made = 0;
        for mounted in self.panels.values() {
            let grouping = mounted.layout.grouping();
            while !mounted.data.is_made(grouping) {
                made += usize::from(mounted.data.go_on(grouping, MAKING_EVENTS));
                if now() >= until {
                    let missing = |other: &Mounted| !other.data.is_made(other.layout.grouping());
                    return (made, self.panels.values().any(missing));
                }
            }
        }
        (made, false)
    }

    pub(super) fn paint(&mut self) {
        if self.theme.is_none() {
            self.theme = self.probe.as_ref().and_then(Theme::read);
            for mounted in self.panels.values_mut() {
                mounted.names_px = 0.0;
            }
        }
        let Some(theme) = &self.theme else { return };
        for mounted in self.panels.values_mut() {
            if mounted.names_px == 0.0 {
                mounted.names_px =
                    widest_name(&mounted.context, &mounted.data, &mounted.layout, theme);
            }
        }
        self.gutter_px = self.measure_gutter();
        let frame = self.layout_frame();
        for mounted in self.panels.values_mut() {
            let scene = Scene {
                data: &mounted.data,
                layout: &mounted.layout,
                theme,
                window: frame.window,
                highlight: self.highlight,
                cursor: self.cursor,
                gutter_px: frame.gutter_px,
                scrolled_px: mounted.scroller.scroll_top().max(0) as u32,
                ratio: frame.ratio,
                width_px: mounted.canvas.client_width().max(0) as u32,
            };
            scene.paint(&mounted.canvas, &mounted.context, &mut mounted.raster);
        }
        self.lines(frame);
    }

    fn lines(&self, frame: Frame) {
        let pointed = self
            .pointer
            .and_then(|pointer| self.time_at(pointer.panel, pointer.x_px));
        for mounted in self.panels.values() {
            let Some(scale) = scale_of(mounted, frame) else {
                continue;
            };
            for (line, at_ns) in mounted.lines.iter().zip([pointed, self.cursor]) {
                let x = at_ns
                    .map(|at_ns| scale.x(at_ns))
                    .filter(|x| (0.0..=f64::from(scale.width_px)).contains(x));
                let position = x.map(|x| (f64::from(frame.gutter_px) + x, 0.0));
                if let (Some(at_ns), Some(_), Some(time)) = (at_ns, x, line.first_element_child()) {
                    let pixel_ns = scale.window.span_ns() / u64::from(scale.width_px);
                    time.set_text_content(Some(&to_pixel(at_ns, pixel_ns)));
                }
                place::show_at(line, position);
            }
        }
    }

    pub(super) fn plot_width(&self, panel: usize) -> Option<f64> {
        let mounted = self.panels.get(&panel)?;
        let scale = scale_of(mounted, self.layout_frame())?;
        Some(f64::from(scale.width_px))
    }

    pub(super) fn time_at(&self, panel: usize, x_px: f64) -> Option<u64> {
        let frame = self.layout_frame();
        let scale = scale_of(self.panels.get(&panel)?, frame)?;
        Some(scale.at(x_px - f64::from(frame.gutter_px)))
    }

    /// Moves the lines to the pointer and makes its card; tells whether the card has changed.
    pub(super) fn point(&mut self) -> bool {
        let card = self.pointer.and_then(|pointer| self.card_at(pointer));
        self.lines(self.layout_frame());
        let changed = card != self.card;
        self.card = card;
        changed
    }

    fn card_at(&self, pointer: Pointer) -> Option<CardShown> {
        let mounted = self.panels.get(&pointer.panel)?;
        if !mounted.data.is_made(mounted.layout.grouping()) {
            return None;
        }
        let frame = self.layout_frame();
        let scale = scale_of(mounted, frame)?;
        let x_px = pointer.x_px - f64::from(frame.gutter_px);
        let inside = (0.0..f64::from(scale.width_px)).contains(&x_px)
            && pointer.y_px < f64::from(mounted.layout.visible_px());
        let scrolled = f64::from(mounted.scroller.scroll_top());
        let row = mounted
            .layout
            .hit(pointer.y_px + scrolled)
            .filter(|_| inside)?;
        let pixel_ns = scale.window.span_ns() / u64::from(scale.width_px.max(1));
        let at_ns = scale.at(x_px);
        let mut card = card(&mounted.data, row.key, at_ns, pixel_ns)?;
        let apart_ns = self.cursor.map(|cursor| cursor.abs_diff(at_ns));
        if let Some(apart_ns) = apart_ns.filter(|apart_ns| *apart_ns > 2 * pixel_ns) {
            let apart = to_pixel(apart_ns, pixel_ns);
            card.lines.push(("to cursor".to_owned(), apart));
        }
        let root = self.root.as_ref()?.get_bounding_client_rect();
        let canvas = mounted.canvas.get_bounding_client_rect();
        Some(CardShown {
            card,
            x_px: canvas.left() - root.left() + pointer.x_px,
            y_px: canvas.top() - root.top() + pointer.y_px,
            finger: pointer.finger,
        })
    }
}

/// The scale of a panel in CSS pixels.
fn scale_of(mounted: &Mounted, frame: Frame) -> Option<Scale> {
    let width_px = (mounted.canvas.client_width().max(0) as u32).checked_sub(frame.gutter_px)?;
    (width_px > 0).then_some(Scale {
        window: frame.window,
        width_px,
    })
}

/// A time as exactly as a pixel tells it.
fn to_pixel(at_ns: u64, pixel_ns: u64) -> String {
    let grain = 10_u64.pow(pixel_ns.max(1).ilog10());
    exact(Nanos(at_ns / grain * grain))
}
