//! From a track to pixels: one row of the timeline. Pure. Costs a step for each pixel column, not
//! for each span.
//!
//! 1. A span of two pixels or more is a rectangle with its edges on the nearest pixels.
//! 2. Finer spans share their columns: each column is divided from its foot upwards by the exact
//!    shares of what happened there: tasks by hue, then gaps and switches, then idle time. So the
//!    height of the colour is the utilisation, and nothing is ever dropped.
//! 3. Something finer than a pixel between two rectangles, as a switch between two slices mostly is,
//!    is a hairline, which pales as the rectangles beside it become narrow.
//!
//! Called by `paint`; the colours come from `theme`.

use super::palette::{HUES, SHADES, Tint};
use super::raster::{Pixel, Raster, Rect, mix};
use super::scale::Scale;
use super::summary::{CHANNELS, Channel, Shares, Span, Stop, Track};
use crate::trace::TaskId;

/// From this many device pixels on, a span is a rectangle of its own.
const WIDE_PX: u64 = 2;
/// Where spans are finer than pixels, a column shows the shares of this many CSS pixels to each side.
const SMOOTH_PX: f64 = 3.0;

/// The colours of one theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colours {
    /// Behind everything.
    pub surface: Pixel,
    /// A lane that has nothing to do.
    pub idle: Pixel,
    /// The lines that go on from the axis' ticks.
    pub grid: Pixel,
    /// A context switch.
    pub switch: Pixel,
    /// The core was taken away.
    pub gap: Pixel,
    /// A task is ready, but queued.
    pub ready: Pixel,
    /// A task waits for something else than a core.
    pub blocked: Pixel,
    /// The hues and their shades.
    pub hues: [[Pixel; SHADES as usize]; HUES as usize],
}

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowStyle {
    /// A lane: its idle time is a trough.
    Lane,
    /// A task: its waiting is a thin band, its blocked time a dotted line.
    Task,
}

/// A rectangle of work that is wide enough for words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    /// Whose work.
    pub task: TaskId,
    /// How long all of it is, also outside the window.
    pub length_ns: u64,
    /// Where.
    pub rect: Rect,
}

/// Paints rows of one window.
#[derive(Debug)]
pub struct Picture<'a> {
    /// On what.
    pub raster: &'a mut Raster,
    /// With what.
    pub colours: &'a Colours,
    /// What is shown, over how many device pixels.
    pub scale: Scale,
    /// Device pixels a CSS pixel.
    pub ratio: f64,
    /// Only work of this hue keeps its colour; the rest pales.
    pub highlight: Option<u8>,
    /// The rectangles that are wide enough for words.
    pub labels: Vec<Label>,
    /// Scratch: where the columns of a run of fine spans begin and end, and with which span.
    pub edges: Vec<(u64, usize)>,
    /// Scratch: what every channel had got up to each of `edges`.
    pub sums: Vec<u64>,
}

/// What there is of a row so far, from left to right.
struct Progress {
    /// Up to where it is painted.
    at_ns: u64,
    /// The span there.
    index: usize,
    /// How wide the last rectangle was, zero if there was none just before.
    last_wide_px: u32,
    /// A hairline to draw over the next rectangle's left edge.
    hairline: Option<(u32, Shares)>,
}

impl Picture<'_> {
    /// Paints one row between two heights.
    pub fn row(
        &mut self,
        track: &Track,
        tint: impl Fn(TaskId) -> Tint,
        style: RowStyle,
        top: u32,
        bottom: u32,
    ) {
        let window = self.scale.window;
        let limit_ns = window.end_ns.min(track.end_ns());
        let Some(index) = track.index_at(window.start_ns) else {
            return;
        };
        let mut now = Progress {
            at_ns: window.start_ns,
            index,
            last_wide_px: 0,
            hairline: None,
        };
        while now.at_ns < limit_ns {
            if self.is_wide(track, now.index) {
                self.rectangle(track, &tint, style, (top, bottom), &mut now);
            } else {
                self.columns(track, style, (top, bottom), limit_ns, &mut now);
            }
        }
        if let Some((x, shares)) = now.hairline.take() {
            self.hairline(
                x.min(self.scale.width_px.saturating_sub(1)),
                &shares,
                style,
                (top, bottom),
                255,
            );
        }
    }

    fn is_wide(&self, track: &Track, index: usize) -> bool {
        let length = track.end_of(index) - track.spans()[index].start_ns;
        u128::from(length) * u128::from(self.scale.width_px)
            >= u128::from(self.scale.window.span_ns()) * u128::from(WIDE_PX)
    }

    /// Paints the wide span at `now`, and moves behind it.
    fn rectangle(
        &mut self,
        track: &Track,
        tint: impl Fn(TaskId) -> Tint,
        style: RowStyle,
        (top, bottom): (u32, u32),
        now: &mut Progress,
    ) {
        let span = track.spans()[now.index];
        let end_ns = track.end_of(now.index);
        let rect = Rect {
            left: self.scale.edge(now.at_ns),
            top,
            right: self.scale.edge(end_ns),
            bottom,
        };
        let width = rect.right - rect.left;
        self.span(&span, tint, style, rect);
        if let Some((x, shares)) = now.hairline.take() {
            let narrower = match now.last_wide_px {
                0 => width,
                last => last.min(width),
            };
            let css = f64::from(narrower) / self.ratio;
            let alpha = ((css - 1.0) * 26.0).clamp(24.0, 200.0) as u8;
            self.hairline(x, &shares, style, (top, bottom), alpha);
        } else if now.last_wide_px > 0 && span.channel.hue().is_some() && now.index > 0 {
            // Two slices with nothing between them: a line as thin as can be keeps them apart.
            let before = track.spans()[now.index - 1];
            let apart = before.channel.hue().is_some()
                && (before.task != span.task || before.stop != Stop::Continues);
            if apart && width.min(now.last_wide_px) >= 4 {
                let line = Rect {
                    right: rect.left + 1,
                    ..rect
                };
                self.raster.glaze(line, self.colours.surface, 200);
            }
        }
        let wide_enough = f64::from(width) >= 18.0 * self.ratio;
        if wide_enough && span.channel.hue().is_some() {
            self.labels.push(Label {
                task: span.task,
                length_ns: end_ns - span.start_ns,
                rect,
            });
        }
        now.last_wide_px = width.max(1);
        now.at_ns = end_ns;
        now.index += 1;
    }

    fn span(&mut self, span: &Span, tint: impl Fn(TaskId) -> Tint, style: RowStyle, rect: Rect) {
        let px = |css: f64| ((css * self.ratio).round() as u32).max(1);
        match span.channel {
            Channel::SWITCH => self.raster.fill(rect, self.colours.switch),
            Channel::GAP | Channel::SPIN => {
                let colour = match span.channel {
                    Channel::GAP => self.colours.gap,
                    _ => self.work(tint(span.task)),
                };
                let (period, stripe) = (px(6.0), px(1.5));
                let ground = mix(self.colours.surface, colour, 36);
                self.raster.fill(rect, ground);
                self.raster.hatch(rect, colour, period, stripe);
            }
            Channel::IDLE => self.raster.fill(rect, self.colours.idle),
            Channel::READY => {
                let band = middle(rect, (rect.bottom - rect.top) / 3);
                self.raster.fill(band, self.colours.ready);
            }
            Channel::BLOCKED => {
                let (line, period, dot) = (px(1.0), px(5.0), px(2.0));
                self.raster
                    .dots(middle(rect, line), self.colours.blocked, period, dot);
            }
            Channel::ABSENT => {}
            _ => {
                debug_assert!(style == RowStyle::Lane || span.task != TaskId::NONE);
                let colour = self.work(tint(span.task));
                self.raster.fill(rect, colour);
            }
        }
    }

    /// Paints columns that several spans share, up to the next wide span, and moves there.
    fn columns(
        &mut self,
        track: &Track,
        style: RowStyle,
        heights: (u32, u32),
        limit_ns: u64,
        now: &mut Progress,
    ) {
        let first_x = self.scale.edge(now.at_ns);
        let mut edges = std::mem::take(&mut self.edges);
        edges.clear();
        edges.push((now.at_ns, now.index));
        let mut x = first_x;
        loop {
            let column_end = if x + 1 >= self.scale.width_px {
                limit_ns
            } else {
                self.scale.at_edge(x + 1).clamp(now.at_ns + 1, limit_ns)
            };
            let reached = track.index_after(now.index, column_end);
            let (run_end, last, run_over) = match reached {
                Some(next) if next > now.index && self.is_wide(track, next) => {
                    (track.spans()[next].start_ns, next - 1, true)
                }
                Some(next) => (column_end, next, column_end >= limit_ns),
                None => (limit_ns, track.spans().len() - 1, true),
            };
            now.at_ns = run_end;
            now.index = reached.unwrap_or(last);
            let own_column = !run_over || self.scale.edge(run_end) > x;
            if !own_column && edges.len() > 1 {
                // What is left of the run has no column of its own: it joins the one before.
                edges.pop();
            }
            edges.push((run_end, last));
            if own_column {
                x += 1;
            }
            if run_over {
                break;
            }
        }
        let width = track.present().len();
        let mut sums = std::mem::take(&mut self.sums);
        sums.clear();
        for (at_ns, index) in &edges {
            track.push_sums(*at_ns, *index, &mut sums);
        }
        let at = |edge: usize| &sums[edge * width..(edge + 1) * width];
        if x == first_x {
            now.hairline = Some((first_x, track.shares(at(0), at(1))));
        } else {
            now.last_wide_px = 0;
            let reach = (SMOOTH_PX * self.ratio).round() as usize;
            for column in 0..edges.len() - 1 {
                let wide = (
                    column.saturating_sub(reach),
                    (column + 1 + reach).min(edges.len() - 1),
                );
                // Where spans are about as fine as pixels or finer, single columns would only show
                // how the spans happen to fall on them.
                let spans = edges[wide.1].1 - edges[wide.0].1;
                let fine = spans * 5 >= (wide.1 - wide.0) * 3;
                let (from, to) = if fine { wide } else { (column, column + 1) };
                let shares = track.shares(at(from), at(to));
                self.column(first_x + column as u32, &shares, style, heights);
            }
        }
        (self.edges, self.sums) = (edges, sums);
    }

    fn column(&mut self, x: u32, shares: &Shares, style: RowStyle, (top, bottom): (u32, u32)) {
        let total = shares.total() as f32;
        if total <= 0.0 {
            return;
        }
        let mut parts = [(self.colours.surface, 0.0_f32); CHANNELS];
        let mut count = 0;
        for (channel, share) in (0..CHANNELS as u8).map(Channel).zip(shares.0) {
            if share > 0
                && let Some(colour) = self.stacked(channel, style)
            {
                parts[count] = (colour, share as f32 / total);
                count += 1;
            }
        }
        self.raster.column(x, top, bottom, &parts[..count]);
    }

    /// The colour of a part of a column; none for what is left as it is.
    fn stacked(&self, channel: Channel, style: RowStyle) -> Option<Pixel> {
        match channel {
            Channel::SWITCH | Channel::SPIN => Some(self.colours.switch),
            Channel::GAP => Some(mix(self.colours.surface, self.colours.gap, 120)),
            Channel::READY => Some(self.colours.ready),
            Channel::IDLE if style == RowStyle::Lane => Some(self.colours.idle),
            Channel::IDLE | Channel::BLOCKED | Channel::ABSENT => None,
            work => Some(self.work(Tint {
                hue: work.hue().unwrap_or(0),
                shade: 0,
            })),
        }
    }

    fn hairline(
        &mut self,
        x: u32,
        shares: &Shares,
        style: RowStyle,
        (top, bottom): (u32, u32),
        alpha: u8,
    ) {
        let rect = Rect {
            left: x,
            top,
            right: x + 1,
            bottom,
        };
        if shares.work() > 0 {
            self.column(x, shares, style, (top, bottom));
        } else if shares.of(Channel::SWITCH) + shares.of(Channel::SPIN) > 0 {
            self.raster.glaze(rect, self.colours.switch, alpha);
        } else if shares.of(Channel::GAP) > 0 {
            self.raster.glaze(rect, self.colours.gap, alpha);
        } else if style == RowStyle::Lane {
            self.raster.glaze(rect, self.colours.idle, alpha);
        }
    }

    fn work(&self, tint: Tint) -> Pixel {
        let colour = self.colours.hues[usize::from(tint.hue)][usize::from(tint.shade)];
        match self.highlight {
            Some(hue) if hue != tint.hue => mix(self.colours.surface, colour, 56),
            _ => colour,
        }
    }

    /// Lets the grid's lines show through what is idle or empty between two heights.
    pub fn grid(&mut self, xs: &[u32], top: u32, bottom: u32) {
        for x in xs.iter().filter(|x| **x < self.scale.width_px) {
            for y in top..bottom.min(self.raster.height()) {
                let pixel = self.raster.pixel(*x, y);
                if pixel == self.colours.surface || pixel == self.colours.idle {
                    let dot = Rect {
                        left: *x,
                        top: y,
                        right: x + 1,
                        bottom: y + 1,
                    };
                    self.raster.fill(dot, self.colours.grid);
                }
            }
        }
    }
}

/// A band of this height in the middle of a rectangle.
fn middle(rect: Rect, height: u32) -> Rect {
    let height = height.max(1);
    let top = rect.top + (rect.bottom - rect.top).saturating_sub(height) / 2;
    Rect {
        top,
        bottom: top + height,
        ..rect
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
