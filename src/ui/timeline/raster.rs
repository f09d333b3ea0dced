//! Pixels in memory, and the few figures the timeline is made of: rectangles, hatches, dots and
//! columns divided by shares. Pure, so that what is painted can be tested without a browser.
//!
//! A canvas takes a rectangle in about a microsecond, which is too slow for the hundred thousand
//! a zoomed-out run has; a picture of pixels costs the same whatever is in it.
//!
//! Called by `picture`; `paint` puts the pixels on the canvas.

/// One opaque colour as a canvas has it: red, green, blue, and 255.
pub type Pixel = [u8; 4];

/// A picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Raster {
    width: u32,
    height: u32,
    pixels: Vec<Pixel>,
}

/// A rectangle of device pixels; the right and lower edges are outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "they are what they are called")]
pub struct Rect {
    pub left: u32,
    pub top: u32,
    pub right: u32,
    pub bottom: u32,
}

impl Raster {
    /// Makes the picture this large and of one colour; keeps its memory.
    pub fn reset(&mut self, width: u32, height: u32, colour: Pixel) {
        (self.width, self.height) = (width, height);
        self.pixels.clear();
        self.pixels.resize(width as usize * height as usize, colour);
    }

    /// Its width.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Its height.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Its pixels as bytes, line by line.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.pixels.as_flattened()
    }

    /// One pixel.
    #[must_use]
    pub fn pixel(&self, x: u32, y: u32) -> Pixel {
        self.pixels[y as usize * self.width as usize + x as usize]
    }

    fn lines(&mut self, rect: Rect) -> impl Iterator<Item = (u32, &mut [Pixel])> {
        let width = self.width as usize;
        let right = rect.right.min(self.width) as usize;
        let left = (rect.left as usize).min(right);
        let bottom = rect.bottom.min(self.height) as usize;
        let top = (rect.top as usize).min(bottom);
        self.pixels[top * width..bottom * width]
            .chunks_exact_mut(width.max(1))
            .zip(top as u32..)
            .map(move |(line, y)| (y, &mut line[left..right]))
    }

    /// Fills a rectangle.
    pub fn fill(&mut self, rect: Rect, colour: Pixel) {
        for (_, line) in self.lines(rect) {
            line.fill(colour);
        }
    }

    /// Lets a colour shine over a rectangle: `alpha` of 255 covers it.
    pub fn glaze(&mut self, rect: Rect, colour: Pixel, alpha: u8) {
        for (_, line) in self.lines(rect) {
            for pixel in line {
                *pixel = mix(*pixel, colour, alpha);
            }
        }
    }

    /// Draws diagonal stripes over a rectangle: `stripe` of every `period` pixels. They hang
    /// together over neighbouring rectangles, whatever their edges.
    pub fn hatch(&mut self, rect: Rect, colour: Pixel, period: u32, stripe: u32) {
        let left = rect.left;
        for (y, line) in self.lines(rect) {
            for (pixel, x) in line.iter_mut().zip(left..) {
                if (x + y) % period < stripe {
                    *pixel = colour;
                }
            }
        }
    }

    /// Draws every `period`th stretch of `dot` pixels of a rectangle.
    pub fn dots(&mut self, rect: Rect, colour: Pixel, period: u32, dot: u32) {
        let left = rect.left;
        for (_, line) in self.lines(rect) {
            for (pixel, x) in line.iter_mut().zip(left..) {
                if x % period < dot {
                    *pixel = colour;
                }
            }
        }
    }

    /// Divides one column from its foot upwards by `parts` of a whole; a pixel that two parts share
    /// is their mixture, and what no part claims stays as it is.
    pub fn column(&mut self, x: u32, top: u32, bottom: u32, parts: &[(Pixel, f32)]) {
        if x >= self.width || top >= bottom {
            return;
        }
        let height = (bottom - top) as f32;
        let width = self.width as usize;
        // The column's pixels, from the foot upwards.
        let bottom = bottom.min(self.height).max(top);
        let first = top as usize * width + x as usize;
        let mut pixels = self.pixels[..bottom as usize * width]
            .get_mut(first..)
            .unwrap_or_default()
            .iter_mut()
            .step_by(width)
            .rev();
        // The pixel that is being put together: how much of it is claimed, and by what.
        let mut claimed = 0.0_f32;
        let mut sum = [0.0_f32; 3];
        for (colour, part) in parts {
            let mut rest = part * height;
            while rest > WHISKER {
                if claimed == 0.0 && rest >= 1.0 {
                    let whole = rest as usize;
                    for pixel in pixels.by_ref().take(whole) {
                        *pixel = *colour;
                    }
                    rest -= whole as f32;
                    continue;
                }
                let take = rest.min(1.0 - claimed);
                for (channel, value) in sum.iter_mut().zip(colour) {
                    *channel += take * f32::from(*value);
                }
                claimed += take;
                rest -= take;
                if claimed > 1.0 - WHISKER {
                    if let Some(pixel) = pixels.next() {
                        *pixel = rounded(sum);
                    }
                    (claimed, sum) = (0.0, [0.0; 3]);
                }
            }
        }
        if claimed > 0.0
            && let Some(pixel) = pixels.next()
        {
            for (channel, value) in sum.iter_mut().zip(*pixel) {
                *channel += (1.0 - claimed) * f32::from(value);
            }
            *pixel = rounded(sum);
        }
    }
}

/// Less of a pixel than this is a rounding.
const WHISKER: f32 = 1e-3;

fn rounded(sum: [f32; 3]) -> Pixel {
    let [red, green, blue] = sum.map(|channel| (channel + 0.5) as u8);
    [red, green, blue, 255]
}

/// `alpha` of 255 is `over`, zero is `under`.
#[must_use]
pub fn mix(under: Pixel, over: Pixel, alpha: u8) -> Pixel {
    let mut mixed = under;
    let alpha = u32::from(alpha);
    for (channel, value) in mixed.iter_mut().zip(over) {
        let sum = u32::from(*channel) * (255 - alpha) + u32::from(value) * alpha;
        *channel = ((sum + 127) / 255) as u8;
    }
    mixed[3] = 255;
    mixed
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BLACK: Pixel = [0, 0, 0, 255];
    const WHITE: Pixel = [255, 255, 255, 255];

    #[test]
    fn a_rectangle_covers_its_pixels_and_no_others() {
        let mut raster = Raster::default();
        raster.reset(8, 6, WHITE);
        let rect = Rect {
            left: 2,
            top: 1,
            right: 20,
            bottom: 3,
        };
        raster.fill(rect, BLACK);
        for y in 0..6 {
            for x in 0..8 {
                let inside = x >= 2 && (1..3).contains(&y);
                assert_eq!(raster.pixel(x, y), if inside { BLACK } else { WHITE });
            }
        }
    }

    proptest! {
        #[test]
        fn a_column_shows_each_part_by_its_share(parts in prop::collection::vec(0.0_f32..1.0, 1..6), height in 4_u32..80) {
            let whole: f32 = parts.iter().sum::<f32>().max(1.0);
            let share: f32 = parts.iter().sum::<f32>() / whole;
            let parts: Vec<(Pixel, f32)> = parts.iter().map(|part| (BLACK, part / whole)).collect();
            let mut raster = Raster::default();
            raster.reset(1, height, WHITE);
            raster.column(0, 0, height, &parts);
            let dark: u32 = (0..height).map(|y| 255 - u32::from(raster.pixel(0, y)[0])).sum();
            let shown = dark as f32 / 255.0 / height as f32;
            prop_assert!((shown - share).abs() < 0.01, "{shown} for {share}");
        }

        #[test]
        fn mixing_ends_at_both_colours(under: [u8; 3], over: [u8; 3]) {
            let opaque = |[red, green, blue]: [u8; 3]| [red, green, blue, 255];
            let (under, over) = (opaque(under), opaque(over));
            prop_assert_eq!(mix(under, over, 0), under);
            prop_assert_eq!(mix(under, over, 255), over);
        }
    }
}
