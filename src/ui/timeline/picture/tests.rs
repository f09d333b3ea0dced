//! Pixels against the times they stand for.

use proptest::prelude::*;

use super::super::sample;
use super::super::scale::Window;
use super::*;
use crate::ui::timeline::data::TimelineData;

const SURFACE: Pixel = [255, 255, 255, 255];
const IDLE: Pixel = [250, 250, 250, 255];
const SWITCH: Pixel = [0, 0, 0, 255];

fn colours() -> Colours {
    let mut hues = [[[0, 0, 0, 255]; 3]; 10];
    for (hue, shades) in hues.iter_mut().enumerate() {
        *shades = [[10 + hue as u8 * 20, 100, 200, 255]; 3];
    }
    Colours {
        surface: SURFACE,
        idle: IDLE,
        grid: [200, 200, 200, 255],
        switch: SWITCH,
        gap: [255, 0, 0, 255],
        ready: [180, 180, 180, 255],
        blocked: [220, 220, 220, 255],
        hues,
    }
}

fn paint(data: &TimelineData, window: Window, width: u32, height: u32) -> (Raster, Vec<Label>) {
    let colours = colours();
    let mut raster = Raster::default();
    raster.reset(width, height, SURFACE);
    let mut picture = Picture {
        raster: &mut raster,
        colours: &colours,
        scale: Scale {
            window,
            width_px: width,
        },
        ratio: 1.0,
        highlight: None,
        labels: Vec::new(),
        edges: Vec::new(),
        sums: Vec::new(),
    };
    picture.row(
        &data.lanes()[0],
        |task| data.tint(task),
        RowStyle::Lane,
        0,
        height,
    );
    let labels = picture.labels;
    (raster, labels)
}

#[test]
fn a_wide_span_covers_the_pixels_of_its_time() {
    let data = sample::data(sample::mix(1, 2));
    let window = Window {
        start_ns: 0,
        end_ns: 60_000_000,
    };
    let (raster, _) = paint(&data, window, 600, 4);
    let scale = Scale {
        window,
        width_px: 600,
    };
    let track = &data.lanes()[0];
    for x in 2..598 {
        let index = track.index_at(scale.at_edge(x)).expect("inside the run");
        let same = track.index_at(scale.at_edge(x + 1)) == Some(index)
            && track.index_at(scale.at_edge(x - 1)) == Some(index);
        if let Some(hue) = track.spans()[index].channel.hue().filter(|_| same) {
            assert_eq!(raster.pixel(x, 2), [10 + hue * 20, 100, 200, 255], "at {x}");
        }
    }
}

#[test]
fn every_switch_between_wide_slices_is_seen() {
    let data = sample::data(sample::mix(1, 2));
    let window = Window::fit(data.end_ns());
    let (raster, _) = paint(&data, window, 2_000, 4);
    let scale = Scale {
        window,
        width_px: 2_000,
    };
    let track = &data.lanes()[0];
    let switches = track
        .spans()
        .iter()
        .filter(|span| span.channel == Channel::SWITCH);
    for span in switches {
        let x = scale.edge(span.start_ns);
        let darkest = (x.saturating_sub(1)..=x + 1)
            .map(|x| raster.pixel(x, 2)[2])
            .min();
        assert!(darkest < Some(120), "at {x}: {darkest:?}");
    }
}

#[test]
fn words_only_stand_where_there_is_room() {
    let data = sample::data(sample::mix(1, 2));
    let (_, labels) = paint(&data, Window::fit(data.end_ns()), 900, 10);
    assert!(!labels.is_empty());
    assert!(
        labels
            .iter()
            .all(|label| label.rect.right - label.rect.left >= 18)
    );
    let (_, labels) = paint(&data, Window::fit(data.end_ns()), 100, 10);
    assert!(labels.is_empty());
}

proptest! {
    /// However far it is zoomed, a lane's colours take the area that its time takes of the window.
    #[test]
    fn areas_are_times(seed in 0_u64..50, width in 20_u32..900, bursts in 3_u32..200) {
        let data = sample::data(sample::run(2, 1, bursts, seed));
        let window = Window { start_ns: 0, end_ns: data.end_ns() };
        let (raster, _) = paint(&data, window, width, 20);
        let shares = data.lanes()[0].shares_between(0, data.end_ns());
        let mut idle = 0.0_f64;
        for x in 0..width {
            for y in 0..20 {
                // Idle is light in its first channel, all else is at most 210.
                let red = f64::from(raster.pixel(x, y)[1]);
                idle += ((red - 100.0) / 150.0).clamp(0.0, 1.0);
            }
        }
        let shown = idle / f64::from(width * 20);
        let expected = shares.of(Channel::IDLE) as f64 / shares.total() as f64;
        // Edges are rounded to whole pixels, one for each of at most a window's worth of slices.
        let slices = data.lanes()[0].spans().len() as f64;
        let tolerance = 0.02 + (slices / f64::from(width)).min(f64::from(width) / slices).min(1.0) * 0.06;
        prop_assert!((shown - expected).abs() < tolerance, "{shown} for {expected}");
    }

    #[test]
    fn no_window_breaks_it(seed in 0_u64..20, start in 0_u64..400_000_000, span in 10_u64..400_000_000, width in 1_u32..700) {
        let data = sample::data(sample::run(1, 2, 20, seed));
        let window = Window { start_ns: start, end_ns: start + span };
        let (raster, labels) = paint(&data, window, width, 6);
        prop_assert_eq!(raster.bytes().len() as u32, width * 6 * 4);
        prop_assert!(labels.iter().all(|label| label.rect.right <= width && label.rect.left < label.rect.right));
        // Inside the run no pixel stays unpainted.
        let scale = Scale { window, width_px: width };
        for x in 0..width {
            if scale.at_edge(x + 1) < data.end_ns() {
                prop_assert_ne!(raster.pixel(x, 3), SURFACE, "at {}", x);
            }
        }
    }
}
