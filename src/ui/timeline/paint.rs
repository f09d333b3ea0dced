//! One panel on its canvas: the rows' pixels, then words, crashes, the axis and the end of the run.
//!
//! Called by `view`, at most once a frame. Everything is in device pixels, so that edges are sharp at
//! every ratio.

use wasm_bindgen::Clamped;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

use super::data::TimelineData;
use super::layout::{Grouping, Layout, Naming, Row, RowKey, row_label};
use super::lettering::{fitting, text_width};
use super::palette::Tint;
use super::picture::{Label, Picture, RowStyle};
use super::raster::{Pixel, Raster, Rect};
use super::scale::{Scale, Window};
use super::theme::{Theme, css};
use super::ticks::{Ticks, exact, rounded, ticks};
use crate::base::Nanos;
use crate::trace::TaskId;

/// The height of the axis below the rows, in CSS pixels.
pub(super) const AXIS_PX: u32 = 24;
/// The axis' labels are at least this far apart, in CSS pixels.
const TICK_GAP_PX: f64 = 84.0;

/// What one panel is painted from.
pub(super) struct Scene<'a> {
    pub data: &'a TimelineData,
    pub layout: &'a Layout,
    pub theme: &'a Theme,
    pub window: Window,
    pub highlight: Option<u8>,
    /// The instant whose time stands on the axis already.
    pub cursor: Option<u64>,
    /// The room for rows' names at the left, in CSS pixels.
    pub gutter_px: u32,
    /// How far the rows are scrolled, in CSS pixels.
    pub scrolled_px: u32,
    /// Device pixels a CSS pixel.
    pub ratio: f64,
    /// The canvas' width in CSS pixels.
    pub width_px: u32,
}

impl Scene<'_> {
    fn device(&self, css_px: f64) -> f64 {
        (css_px * self.ratio).round()
    }

    /// Where rows are drawn, without names and axis.
    fn plot(&self) -> Rect {
        Rect {
            left: self.device(f64::from(self.gutter_px)) as u32,
            top: 0,
            right: self.device(f64::from(self.width_px)) as u32,
            bottom: self.device(f64::from(self.layout.visible_px())) as u32,
        }
    }

    fn font(&self, css_px: f64, weight: u32) -> String {
        format!("{weight} {}px {}", css_px * self.ratio, self.theme.family)
    }

    /// Paints everything.
    pub(super) fn paint(
        &self,
        canvas: &HtmlCanvasElement,
        context: &CanvasRenderingContext2d,
        raster: &mut Raster,
    ) {
        let plot = self.plot();
        if plot.left >= plot.right {
            return;
        }
        let height = plot.bottom + self.device(f64::from(AXIS_PX)) as u32;
        if canvas.width() != plot.right || canvas.height() != height {
            canvas.set_width(plot.right);
            canvas.set_height(height);
        }
        let scale = Scale {
            window: self.window,
            width_px: plot.right - plot.left,
        };
        let ticks = ticks(&scale, TICK_GAP_PX * self.ratio);
        let lines: Vec<u32> = ticks
            .marks
            .iter()
            .map(|tick| scale.edge(tick.at_ns))
            .collect();
        let labels = self.rows(raster, scale, plot.bottom, &lines);
        context.set_fill_style_str(&css(self.theme.colours.surface));
        context.fill_rect(0.0, 0.0, f64::from(plot.right), f64::from(height));
        let bytes = Clamped(raster.bytes());
        let image =
            ImageData::new_with_u8_clamped_array_and_sh(bytes, raster.width(), raster.height());
        if let Ok(image) = image {
            // Only a canvas without any room refuses.
            let _ = context.put_image_data(&image, f64::from(plot.left), 0.0);
        }
        self.names(context);
        for label in &labels {
            self.word(context, label, plot.left);
        }
        if self.is_made() {
            self.crashes(context, scale, plot);
        }
        self.axis(context, scale, plot, &ticks);
    }

    fn rows(&self, raster: &mut Raster, scale: Scale, height: u32, lines: &[u32]) -> Vec<Label> {
        let colours = &self.theme.colours;
        raster.reset(scale.width_px, height, colours.surface);
        let mut picture = Picture {
            raster,
            colours,
            scale,
            ratio: self.ratio,
            highlight: self.highlight,
            labels: Vec::new(),
            edges: Vec::new(),
            sums: Vec::new(),
        };
        let tint = |task: TaskId| match task {
            TaskId::NONE => Tint::default(),
            task => self.data.tint(task),
        };
        // A long trace may still be being made ready.
        let rows = if self.is_made() { self.visible() } else { &[] };
        for row in rows {
            let (top, bottom) = self.heights(row);
            match row.key {
                RowKey::Lane(lane) => {
                    let track = &self.data.lanes()[usize::from(lane)];
                    picture.row(track, tint, RowStyle::Lane, top, bottom);
                }
                RowKey::Task(task) => {
                    let track = &self.data.tasks()[task.index()].track;
                    picture.row(track, tint, RowStyle::Task, top, bottom);
                }
                RowKey::Process(_) => {}
            }
        }
        picture.grid(lines, 0, height);
        picture.labels
    }

    fn is_made(&self) -> bool {
        self.data.is_made(self.layout.grouping())
    }

    fn visible(&self) -> &[Row] {
        let from = self.scrolled_px;
        self.layout.visible(from, from + self.layout.visible_px())
    }

    /// A row's upper and lower edge on the canvas; what is scrolled out above starts at zero.
    fn heights(&self, row: &Row) -> (u32, u32) {
        let y = |css_px: u32| {
            let scrolled = f64::from(css_px) - f64::from(self.scrolled_px);
            self.device(scrolled).max(0.0) as u32
        };
        (y(row.top_px), y(row.bottom_px()))
    }

    fn middle(&self, row: &Row) -> f64 {
        let middle = f64::from(row.top_px + row.bottom_px()) / 2.0;
        self.device(middle - f64::from(self.scrolled_px)) + 0.5 * self.ratio
    }

    fn names(&self, context: &CanvasRenderingContext2d) {
        context.set_text_baseline("middle");
        context.set_text_align("left");
        let room = self.device(f64::from(self.gutter_px) - 10.0);
        for row in self.visible() {
            let (weight, colour, indent) = match row.key {
                RowKey::Process(_) => (600, self.theme.ink, 0.0),
                _ if row.naming == Naming::Indented => (400, self.theme.ink_muted, 10.0),
                _ => (400, self.theme.ink_muted, 0.0),
            };
            let size = f64::from(row.height_px.clamp(10, 12));
            context.set_font(&self.font(size, weight));
            context.set_fill_style_str(&css(colour));
            let x = self.device(indent);
            let room = match row.key {
                RowKey::Process(_) => f64::MAX,
                _ => room - x,
            };
            let name = fitting(context, &row_label(self.data, row), room);
            // A text that can't be drawn leaves its row without a name, which the card still has.
            let _ = context.fill_text(&name, x, self.middle(row));
        }
    }

    fn word(&self, context: &CanvasRenderingContext2d, label: &Label, plot_left: u32) {
        let height = f64::from(label.rect.bottom - label.rect.top) / self.ratio;
        if height < 12.0 {
            return;
        }
        let size = if height < 20.0 { 11.0 } else { 12.0 };
        let tint = self.data.tint(label.task);
        let pad = 5.0 * self.ratio;
        let gap = 7.0 * self.ratio;
        let mut x = f64::from(plot_left + label.rect.left) + pad;
        let y = f64::from(label.rect.top + label.rect.bottom) / 2.0 + 0.5 * self.ratio;
        let mut room = f64::from(label.rect.right - label.rect.left) - 2.0 * pad;
        let faded = self.highlight.is_some_and(|hue| hue != tint.hue);
        let ink: Pixel = if faded {
            self.theme.ink_muted
        } else {
            self.theme.inks[usize::from(tint.hue)][usize::from(tint.shade)]
        };
        context.set_fill_style_str(&css(ink));
        // A task's row has its name at the left already.
        if self.layout.grouping() == Grouping::Lanes {
            context.set_font(&self.font(size, 500));
            let name = self.data.name(label.task);
            let fitting = [name.full.as_str(), name.short()]
                .into_iter()
                .map(|text| (text, text_width(context, text)))
                .find(|(_, width)| *width <= room);
            let Some((text, width)) = fitting else { return };
            let _ = context.fill_text(text, x, y);
            x += width + gap;
            room -= width + gap;
        }
        let length = rounded(Nanos(label.length_ns));
        context.set_font(&self.font(size, 400));
        if text_width(context, &length) <= room {
            context.set_global_alpha(0.78);
            let _ = context.fill_text(&length, x, y);
            context.set_global_alpha(1.0);
        }
    }

    fn crashes(&self, context: &CanvasRenderingContext2d, scale: Scale, plot: Rect) {
        let window = self.window;
        let inside = |at: Nanos| (window.start_ns..=window.end_ns).contains(&at.0);
        for row in self.visible() {
            match row.key {
                RowKey::Lane(lane) => {
                    let marks = self.data.crashes().iter();
                    for mark in marks.filter(|mark| mark.lane == lane && inside(mark.at)) {
                        self.cross(context, scale, plot, row, mark.at, mark.own);
                    }
                }
                RowKey::Task(task) => {
                    let end = &self.data.tasks()[task.index()];
                    let own = match end.state {
                        crate::trace::TaskState::Crashed => true,
                        crate::trace::TaskState::Killed => false,
                        _ => continue,
                    };
                    if inside(end.until) {
                        self.cross(context, scale, plot, row, end.until, own);
                    }
                }
                RowKey::Process(_) => {}
            }
        }
    }

    /// A cross for a crash; a smaller one for a task that ended with its process.
    fn cross(
        &self,
        context: &CanvasRenderingContext2d,
        scale: Scale,
        plot: Rect,
        row: &Row,
        at: Nanos,
        own: bool,
    ) {
        let arm = self.ratio * if own { 5.0 } else { 3.0 };
        let x = f64::from(plot.left) + scale.x(at.0);
        let y = self.middle(row);
        for (colour, width) in [(self.theme.colours.surface, 5.0), (self.theme.danger, 2.25)] {
            context.set_stroke_style_str(&css(colour));
            context.set_line_width(width * self.ratio);
            context.set_line_cap("round");
            context.begin_path();
            context.move_to(x - arm, y - arm);
            context.line_to(x + arm, y + arm);
            context.move_to(x + arm, y - arm);
            context.line_to(x - arm, y + arm);
            context.stroke();
        }
    }

    fn axis(&self, context: &CanvasRenderingContext2d, scale: Scale, plot: Rect, ticks: &Ticks) {
        let left = f64::from(plot.left);
        let top = f64::from(plot.bottom);
        let hair = self.ratio.round().max(1.0);
        context.set_fill_style_str(&css(self.theme.colours.grid));
        context.fill_rect(left, top, f64::from(plot.right - plot.left), hair);
        context.set_text_baseline("middle");
        context.set_font(&self.font(11.0, 400));
        let y = top + self.device(14.0);
        let end = self.end_label(context, scale, plot, y);
        let cursor = self.cursor.filter(|at_ns| *at_ns >= self.window.start_ns);
        let marked = cursor.map(|at_ns| {
            let (x, half) = (left + scale.x(at_ns), 24.0 * self.ratio);
            (x - half, x + half)
        });
        let mut free_from = 0.0;
        if let Some(base) = &ticks.base {
            context.set_fill_style_str(&css(self.theme.ink));
            let _ = context.fill_text(&base.label, 0.0, y);
            free_from = text_width(context, &base.label) + 8.0 * self.ratio;
        } else if self.layout.height_px() > self.layout.visible_px() {
            let all = self.layout.rows().len();
            let text = format!("{} of {all}", self.visible().len());
            context.set_fill_style_str(&css(self.theme.ink_muted));
            let _ = context.fill_text(&text, 0.0, y);
            free_from = text_width(context, &text) + 8.0 * self.ratio;
        }
        for tick in &ticks.marks {
            let x = left + f64::from(scale.edge(tick.at_ns).min(scale.width_px - 1));
            context.set_fill_style_str(&css(self.theme.colours.grid));
            context.fill_rect(x, top, hair, self.device(5.0));
            let width = text_width(context, &tick.label);
            let start = (x - width / 2.0).clamp(free_from, f64::from(plot.right) - width);
            let gap = 10.0 * self.ratio;
            let hits = |other: Option<(f64, f64)>| {
                other.is_some_and(|(from, to)| start < to + gap && start + width > from - gap)
            };
            if !hits(end) && !hits(marked) && (start - (x - width / 2.0)).abs() <= width / 2.0 {
                context.set_fill_style_str(&css(self.theme.ink_muted));
                let _ = context.fill_text(&tick.label, start, y);
            }
        }
    }

    /// Where the run ended: a line through all rows and the exact time below it. Tells from where to
    /// where the words reach.
    fn end_label(
        &self,
        context: &CanvasRenderingContext2d,
        scale: Scale,
        plot: Rect,
        y: f64,
    ) -> Option<(f64, f64)> {
        let end_ns = self.data.end_ns();
        if end_ns < self.window.start_ns || end_ns > self.window.end_ns {
            return None;
        }
        let hair = self.ratio.round().max(1.0);
        let x = f64::from(plot.left) + f64::from(scale.edge(end_ns).min(scale.width_px - 1));
        context.set_fill_style_str(&css(self.theme.ink));
        context.fill_rect(x, 0.0, hair, f64::from(plot.bottom) + self.device(5.0));
        let exactly = exact(Nanos(end_ns));
        let label = if exactly.len() <= 9 {
            exactly
        } else {
            rounded(Nanos(end_ns))
        };
        context.set_font(&self.font(11.0, 600));
        let width = text_width(context, &label);
        let start = (x - width / 2.0).clamp(f64::from(plot.left), f64::from(plot.right) - width);
        let _ = context.fill_text(&label, start, y);
        context.set_font(&self.font(11.0, 400));
        Some((start, start + width))
    }
}
