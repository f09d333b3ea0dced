//! What the panels have in common while they are on screen, and how it changes: the window, the
//! cursor, the pointer. It paints all panels in one animation frame when something has changed;
//! scrolling, zooming and panning never wait for the page to be rendered again.
//!
//! Made by `component`; `panel` mounts canvases in it and hands it events; `stage` is its state.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::render::{AnimationFrame, request_animation_frame};
use gloo::timers::callback::Timeout;
use web_sys::Element;
use yew::Callback;

use super::gesture::{Command, Wish};
use super::hover::neighbouring_edge;
use super::layout::Grouping;
use super::scale::Window;
use super::stage::{CardShown, Mounted, Pointer, Stage};
use crate::base::Nanos;

/// After this long without a change the page hears of a new window.
const SETTLED_MS: u32 = 150;

/// Whom to tell.
#[derive(Clone, Default)]
pub(super) struct Listeners {
    pub on_window: Callback<Window>,
    pub on_cursor: Callback<Option<Nanos>>,
    /// A long trace has been made ready.
    pub on_made: Callback<()>,
}

/// See the module.
#[derive(Default)]
pub(super) struct View {
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    stage: Stage,
    listeners: Listeners,
    on_card: Callback<Option<CardShown>>,
    frame: Option<AnimationFrame>,
    settling: Option<Timeout>,
}

impl View {
    /// The elements that all panels share: the whole, and one to read colours from.
    pub(super) fn attach(self: &Rc<View>, root: Option<Element>, probe: Option<Element>) {
        let mut state = self.state.borrow_mut();
        (state.stage.root, state.stage.probe) = (root, probe);
    }

    pub(super) fn listen(&self, listeners: Listeners) {
        self.state.borrow_mut().listeners = listeners;
    }

    pub(super) fn on_card(&self, on_card: Callback<Option<CardShown>>) {
        self.state.borrow_mut().on_card = on_card;
    }

    /// A panel is on screen, or has new data.
    pub(super) fn mount(self: &Rc<View>, panel: usize, mounted: Mounted) {
        self.state.borrow_mut().stage.panels.insert(panel, mounted);
        self.repaint();
    }

    pub(super) fn unmount(self: &Rc<View>, panel: usize) {
        let mut state = self.state.borrow_mut();
        state.stage.panels.remove(&panel);
        if state
            .stage
            .pointer
            .is_some_and(|pointer| pointer.panel == panel)
        {
            state.stage.pointer = None;
        }
        drop(state);
        self.repaint();
    }

    /// Reads the colours again.
    pub(super) fn restyle(self: &Rc<View>) {
        self.state.borrow_mut().stage.theme = None;
        self.repaint();
    }

    pub(super) fn show_window(self: &Rc<View>, window: Window) {
        let mut state = self.state.borrow_mut();
        if state.settling.is_none() && state.stage.asked != Some(window) {
            state.stage.asked = Some(window);
            drop(state);
            self.repaint();
        }
    }

    pub(super) fn show_cursor(self: &Rc<View>, cursor: Option<u64>) {
        self.state.borrow_mut().stage.cursor = cursor;
        self.repaint();
    }

    pub(super) fn highlight(self: &Rc<View>, hue: Option<u8>) {
        self.state.borrow_mut().stage.highlight = hue;
        self.repaint();
    }

    /// Paints in the next animation frame, once however often it is asked for.
    pub(super) fn repaint(self: &Rc<View>) {
        let mut state = self.state.borrow_mut();
        if state.frame.is_none() {
            let view = Rc::downgrade(self);
            state.frame = Some(request_animation_frame(move |_| {
                if let Some(view) = view.upgrade() {
                    view.paint();
                }
            }));
        }
    }

    fn paint(self: &Rc<View>) {
        let mut state = self.state.borrow_mut();
        state.frame = None;
        let (made, missing) = state.stage.make();
        state.stage.paint();
        let card = state.stage.point().then(|| state.stage.card.clone());
        let (on_card, on_made) = (state.on_card.clone(), state.listeners.on_made.clone());
        drop(state);
        if missing {
            self.repaint();
        }
        if let Some(card) = card {
            on_card.emit(card);
        }
        if made > 0 {
            on_made.emit(());
        }
    }

    /// The pointer is somewhere, or nowhere.
    pub(super) fn point(self: &Rc<View>, pointer: Option<Pointer>) {
        self.state.borrow_mut().stage.pointer = pointer;
        let told = {
            let mut state = self.state.borrow_mut();
            state
                .stage
                .point()
                .then(|| (state.on_card.clone(), state.stage.card.clone()))
        };
        if let Some((on_card, card)) = told {
            on_card.emit(card);
        }
    }

    fn move_to(self: &Rc<View>, change: impl FnOnce(Window, u64) -> Window) {
        let mut state = self.state.borrow_mut();
        let limit_ns = state.stage.limit_ns();
        let changed = change(state.stage.window(), limit_ns);
        let whole = changed == Window::WHOLE.clamp(limit_ns);
        state.stage.asked = Some(if whole { Window::WHOLE } else { changed });
        let view = Rc::downgrade(self);
        state.settling = Some(Timeout::new(SETTLED_MS, move || {
            let Some(view) = view.upgrade() else { return };
            let mut state = view.state.borrow_mut();
            state.settling = None;
            let (on_window, asked) = (state.listeners.on_window.clone(), state.stage.asked);
            drop(state);
            if let Some(asked) = asked {
                on_window.emit(asked);
            }
        }));
        drop(state);
        self.repaint();
    }

    /// Zooms about a position in a panel.
    pub(super) fn zoom_at(self: &Rc<View>, panel: usize, x_px: f64, factor: f64) {
        let at_ns = self.state.borrow().stage.time_at(panel, x_px);
        if let Some(at_ns) = at_ns {
            self.move_to(|window, limit_ns| window.zoom(at_ns, factor, limit_ns));
        }
    }

    /// Moves by pixels of a panel; positive shows later times.
    pub(super) fn pan_px(self: &Rc<View>, panel: usize, by_px: f64) {
        let width = self.state.borrow().stage.plot_width(panel);
        if let Some(width) = width {
            self.move_to(|window, limit_ns| window.pan(by_px / width, limit_ns));
        }
    }

    /// A pointer on a panel wishes something.
    pub(super) fn wish(self: &Rc<View>, panel: usize, wish: Wish, finger: bool) {
        match wish {
            Wish::Pan { by_px } => {
                self.point(None);
                self.pan_px(panel, -by_px);
            }
            Wish::Pinch {
                from_px,
                to_px,
                factor,
            } => {
                self.point(None);
                self.zoom_at(panel, from_px, factor);
                self.pan_px(panel, from_px - to_px);
            }
            Wish::Tap { x_px, y_px } => self.tap(Pointer {
                panel,
                x_px,
                y_px,
                finger,
            }),
        }
    }

    fn tap(self: &Rc<View>, pointer: Pointer) {
        let state = self.state.borrow();
        let at_ns = state.stage.time_at(pointer.panel, pointer.x_px);
        // A second tap at the same place takes the cursor away.
        let near = state.stage.plot_width(pointer.panel).map_or(0, |width| {
            (state.stage.window().span_ns() as f64 * 4.0 / width) as u64
        });
        let again = |cursor: u64| at_ns.is_some_and(|at| at.abs_diff(cursor) <= near);
        let cursor = match state.stage.cursor {
            Some(cursor) if again(cursor) => None,
            _ => at_ns,
        };
        drop(state);
        self.set_cursor(cursor);
        let gone = pointer.finger && cursor.is_none();
        self.point((!gone).then_some(pointer));
    }

    fn set_cursor(self: &Rc<View>, cursor: Option<u64>) {
        let mut state = self.state.borrow_mut();
        state.stage.cursor = cursor;
        let on_cursor = state.listeners.on_cursor.clone();
        drop(state);
        on_cursor.emit(cursor.map(Nanos));
        self.repaint();
    }

    /// A key or a button asks for something; `panel` is where the focus is, if anywhere.
    pub(super) fn command(self: &Rc<View>, panel: Option<usize>, command: Command) {
        match command {
            Command::Zoom(factor) => {
                let state = self.state.borrow();
                let window = state.stage.window();
                let pointed = state
                    .stage
                    .pointer
                    .filter(|pointer| !pointer.finger)
                    .and_then(|pointer| state.stage.time_at(pointer.panel, pointer.x_px));
                let inside = |at: &u64| (window.start_ns..window.end_ns).contains(at);
                let middle = window.start_ns + window.span_ns() / 2;
                let at_ns = match panel {
                    Some(_) => pointed
                        .or(state.stage.cursor.filter(inside))
                        .unwrap_or(middle),
                    None => state.stage.cursor.filter(inside).unwrap_or(middle),
                };
                drop(state);
                self.move_to(|window, limit_ns| window.zoom(at_ns, factor, limit_ns));
            }
            Command::Pan(part) => self.move_to(|window, limit_ns| window.pan(part, limit_ns)),
            Command::Fit => self.move_to(|_, limit_ns| Window::WHOLE.clamp(limit_ns)),
            Command::Jump { end } => self.move_to(|window, limit_ns| {
                let span = window.span_ns();
                let start_ns = if end {
                    limit_ns.saturating_sub(span)
                } else {
                    0
                };
                Window {
                    start_ns,
                    end_ns: start_ns + span,
                }
            }),
            Command::Step { later } => self.step(panel, later),
            Command::Clear => {
                self.set_cursor(None);
                self.point(None);
            }
        }
    }

    /// Puts the cursor on the next change of a panel's lanes, and into sight.
    fn step(self: &Rc<View>, panel: Option<usize>, later: bool) {
        let state = self.state.borrow();
        let Some(mounted) = panel.and_then(|panel| state.stage.panels.get(&panel)) else {
            return;
        };
        if !mounted.data.is_made(Grouping::Lanes) {
            return;
        }
        let window = state.stage.window();
        let from = state.stage.cursor.unwrap_or(window.start_ns);
        let edge = neighbouring_edge(&mounted.data, from, later);
        drop(state);
        let Some(edge) = edge else { return };
        self.set_cursor(Some(edge));
        if !(window.start_ns..window.end_ns).contains(&edge) {
            self.move_to(|window, limit_ns| {
                let start_ns = edge.saturating_sub(window.span_ns() / 2);
                Window {
                    start_ns,
                    end_ns: start_ns + window.span_ns(),
                }
                .clamp(limit_ns)
            });
        }
    }
}
