//! What pointers and keys ask for. Pure: positions in CSS pixels and names of keys in, wishes out.
//! One pointer pans or taps, two pinch.
//!
//! Called by `events`.

/// What a person wants of the timeline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wish {
    /// Move the picture by this many pixels (positive: to the right, so earlier times come in).
    Pan {
        /// By how much.
        by_px: f64,
    },
    /// Two fingers moved and spread.
    Pinch {
        /// Where the middle between them was.
        from_px: f64,
        /// Where it is now.
        to_px: f64,
        /// How much more time the window holds: below one zooms in.
        factor: f64,
    },
    /// Pressed and let go without moving.
    Tap {
        /// Where.
        x_px: f64,
        /// Where.
        y_px: f64,
    },
}

/// This far a pressed pointer may tremble without being dragged.
const TREMBLE_PX: f64 = 4.0;

#[derive(Clone, Copy, Debug)]
struct Pointer {
    id: i32,
    x_px: f64,
    y_px: f64,
}

/// The pointers that are down.
#[derive(Clone, Debug, Default)]
pub struct Gesture {
    down: Vec<Pointer>,
    /// Where the first went down, until it has moved.
    still_from: Option<(f64, f64)>,
}

impl Gesture {
    /// A pointer went down.
    pub fn press(&mut self, id: i32, x_px: f64, y_px: f64) {
        self.down.retain(|pointer| pointer.id != id);
        // More than two fingers ask for nothing.
        if self.down.len() < 2 {
            self.down.push(Pointer { id, x_px, y_px });
        }
        self.still_from = (self.down.len() == 1).then_some((x_px, y_px));
    }

    /// A pointer moved.
    pub fn slide(&mut self, id: i32, x_px: f64, y_px: f64) -> Option<Wish> {
        let moved = self.down.iter().position(|pointer| pointer.id == id)?;
        if let Some((from_x, from_y)) = self.still_from {
            if (x_px - from_x).hypot(y_px - from_y) <= TREMBLE_PX {
                return None;
            }
            self.still_from = None;
        }
        let before = self.down.clone();
        self.down[moved] = Pointer { id, x_px, y_px };
        match (&before[..], &self.down[..]) {
            ([old], [new]) => Some(Wish::Pan {
                by_px: new.x_px - old.x_px,
            }),
            ([old_one, old_two], [new_one, new_two]) => {
                let apart = |one: &Pointer, two: &Pointer| {
                    (one.x_px - two.x_px).hypot(one.y_px - two.y_px).max(16.0)
                };
                Some(Wish::Pinch {
                    from_px: f64::midpoint(old_one.x_px, old_two.x_px),
                    to_px: f64::midpoint(new_one.x_px, new_two.x_px),
                    factor: apart(old_one, old_two) / apart(new_one, new_two),
                })
            }
            _ => None,
        }
    }

    /// A pointer was let go.
    pub fn release(&mut self, id: i32) -> Option<Wish> {
        self.down.retain(|pointer| pointer.id != id);
        let (x_px, y_px) = self.still_from.take()?;
        Some(Wish::Tap { x_px, y_px })
    }

    /// A pointer was taken away, for instance to scroll the page.
    pub fn cancel(&mut self, id: i32) {
        self.down.retain(|pointer| pointer.id != id);
        self.still_from = None;
    }

    /// Whether something is being dragged.
    #[must_use]
    pub fn is_dragging(&self) -> bool {
        !self.down.is_empty() && self.still_from.is_none()
    }
}

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Command {
    /// Zoom about the middle (or the pointer) by this factor; below one zooms in.
    Zoom(f64),
    /// Move by this part of the window; positive shows later times.
    Pan(f64),
    /// Show the whole run.
    Fit,
    /// Show its beginning, or its end, at this zoom.
    Jump {
        /// Whether to the end.
        end: bool,
    },
    /// Put the cursor on the next, or the previous, change of any lane.
    Step {
        /// Whether to the next.
        later: bool,
    },
    /// Take the cursor away.
    Clear,
}

/// How much one press of a key or a button zooms in.
pub const ZOOM_STEP: f64 = 0.64;

/// What a key asks for. Keys with Ctrl, Alt or Meta are the browser's.
#[must_use]
pub fn command(key: &str, shift: bool) -> Option<Command> {
    let command = match key {
        "w" | "W" | "+" | "=" => Command::Zoom(ZOOM_STEP),
        "s" | "S" | "-" | "_" => Command::Zoom(1.0 / ZOOM_STEP),
        "ArrowLeft" if shift => Command::Step { later: false },
        "ArrowRight" if shift => Command::Step { later: true },
        "," => Command::Step { later: false },
        "." => Command::Step { later: true },
        "a" | "A" | "ArrowLeft" => Command::Pan(-0.15),
        "d" | "D" | "ArrowRight" => Command::Pan(0.15),
        "0" | "f" | "F" => Command::Fit,
        "Home" => Command::Jump { end: false },
        "End" => Command::Jump { end: true },
        "Escape" => Command::Clear,
        _ => return None,
    };
    Some(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_press_that_trembles_is_a_tap_and_one_that_moves_a_pan() {
        let mut gesture = Gesture::default();
        gesture.press(1, 10.0, 10.0);
        assert_eq!(gesture.slide(1, 12.0, 11.0), None);
        assert_eq!(
            gesture.release(1),
            Some(Wish::Tap {
                x_px: 10.0,
                y_px: 10.0
            })
        );
        gesture.press(1, 10.0, 10.0);
        assert_eq!(
            gesture.slide(1, 30.0, 10.0),
            Some(Wish::Pan { by_px: 20.0 })
        );
        assert!(gesture.is_dragging());
        assert_eq!(gesture.release(1), None);
        assert!(!gesture.is_dragging());
    }

    #[test]
    fn two_fingers_that_part_zoom_in_about_their_middle() {
        let mut gesture = Gesture::default();
        gesture.press(1, 100.0, 0.0);
        gesture.press(2, 200.0, 0.0);
        let wish = gesture.slide(2, 300.0, 0.0);
        assert_eq!(
            wish,
            Some(Wish::Pinch {
                from_px: 150.0,
                to_px: 200.0,
                factor: 0.5
            })
        );
        // The finger that stays goes on panning; the pinch was no tap.
        assert_eq!(gesture.release(2), None);
        assert_eq!(
            gesture.slide(1, 90.0, 0.0),
            Some(Wish::Pan { by_px: -10.0 })
        );
    }

    #[test]
    fn a_scroll_of_the_page_ends_a_gesture() {
        let mut gesture = Gesture::default();
        gesture.press(1, 100.0, 0.0);
        gesture.cancel(1);
        assert_eq!(gesture.slide(1, 300.0, 0.0), None);
        assert_eq!(gesture.release(1), None);
    }

    #[test]
    fn keys() {
        assert_eq!(command("w", false), Some(Command::Zoom(ZOOM_STEP)));
        assert_eq!(command("End", false), Some(Command::Jump { end: true }));
        assert_eq!(
            command("ArrowRight", true),
            Some(Command::Step { later: true })
        );
        assert_eq!(command("Tab", false), None);
    }
}
