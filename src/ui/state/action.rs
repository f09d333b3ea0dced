//! Everything that can happen to the page's state, and how each changes it.

use std::ops::Range;
use std::rc::Rc;

use yew::AttrValue;

use super::{Change, Column, Notice, Opened, Phase, Remedy, Run, Source, State};
use crate::base::Nanos;
use crate::exec::{RealEvent, RealModel};
use crate::trace::Trace;
use crate::ui::kept::Kept;
use crate::ui::timeline::{Grouping, Window};

/// The editor's two views of one scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditorView {
    /// Cards and sliders.
    Form,
    /// The text itself.
    Text,
}

/// What can lie over the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialog {
    /// The mixes there are.
    Gallery,
    /// The link, and the lines to embed it.
    Share,
}

/// Which colours the page has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThemeChoice {
    /// As the system wishes.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl ThemeChoice {
    /// All three, in the order they are offered.
    pub const ALL: [ThemeChoice; 3] = [ThemeChoice::System, ThemeChoice::Light, ThemeChoice::Dark];

    /// `system`, `light` or `dark`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            ThemeChoice::System => "system",
            ThemeChoice::Light => "light",
            ThemeChoice::Dark => "dark",
        }
    }

    /// Reads [`ThemeChoice::word`]; anything else is as the system.
    #[must_use]
    pub fn from_word(word: &str) -> ThemeChoice {
        let mut all = ThemeChoice::ALL.into_iter();
        all.find(|theme| theme.word() == word)
            .unwrap_or(ThemeChoice::System)
    }
}

/// A wish to put the caret somewhere in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caret {
    /// What to select, in bytes of the text.
    pub span: Range<usize>,
    /// Counts the wishes, so that the same place can be wished for twice.
    pub serial: u64,
}

/// One change of the state.
pub enum Action {
    /// The text was changed, by hand or by the form.
    Edit {
        /// What it is now.
        text: AttrValue,
        /// How it was changed.
        change: Change,
        /// When, on the page's clock.
        at_ms: f64,
    },
    /// One step back.
    Undo,
    /// One step forward.
    Redo,
    /// The address changed to this.
    Arrive(Opened),
    /// Show a mix of the gallery.
    OpenGalleryEntry(String),
    /// Put the caret on these bytes of the text, in the text view.
    ShowInText(Range<usize>),
    /// A simulation tells how far it is.
    SimulationBusy {
        /// Whose.
        column: Column,
        /// Events so far.
        events: u64,
        /// How far in simulated time.
        now: Nanos,
    },
    /// A simulation is over.
    SimulationDone {
        /// Whose.
        column: Column,
        /// What happened.
        trace: Rc<Trace>,
    },
    /// A simulation failed.
    SimulationFailed {
        /// Whose.
        column: Column,
        /// What was said.
        message: String,
    },
    /// Nothing is left to simulate: the text is broken.
    SimulationIdle,
    /// Stop the simulations under way.
    StopSimulation,
    /// Simulate the same text once more.
    SimulateAgain,
    /// Start a real run.
    RunForReal,
    /// The real run says something.
    Real {
        /// Which run.
        number: u64,
        /// Which of its two parts.
        column: usize,
        /// What.
        event: RealEvent,
    },
    /// What the right real panel runs; `None` leaves it to the mix.
    ChooseModel(Option<RealModel>),
    /// How often a real run is repeated.
    ChooseRepeats(u32),
    /// The interval all panels show; `None` is all of it.
    Show(Option<Window>),
    /// The instant pointed at.
    PointAt(Option<Nanos>),
    /// Rows by core or by task.
    Group(Grouping),
    /// Which view of the editor.
    View(EditorView),
    /// Show or hide the editor.
    ToggleEditor,
    /// Open a dialog.
    Open(Dialog),
    /// Close the dialog.
    CloseDialog,
    /// Choose the colours.
    Theme(ThemeChoice),
    /// The system's wish for colours changed.
    ThemeChanged,
    /// Close the notice.
    CloseNotice,
    /// Whether the text could be kept in this browser.
    Stored(Result<(), AttrValue>),
}

impl State {
    /// Makes one change.
    pub(super) fn apply(&mut self, action: Action) {
        match action {
            Action::Edit {
                text,
                change,
                at_ms,
            } => {
                if self.document.change(text, change, at_ms) {
                    self.source = Source::Own;
                }
            }
            Action::Undo => {
                let earlier = self.document.text().clone();
                if self.document.undo() {
                    self.stepped(&earlier);
                }
            }
            Action::Redo => {
                let earlier = self.document.text().clone();
                if self.document.redo() {
                    self.stepped(&earlier);
                }
            }
            Action::Arrive(opened) => self.replace(opened),
            Action::OpenGalleryEntry(slug) => self.open_gallery_entry(&slug),
            Action::ShowInText(span) => {
                self.view = EditorView::Text;
                self.editor_open = true;
                self.point_caret(span);
            }
            Action::RunForReal => self.start_real(),
            Action::Real {
                number,
                column,
                event,
            } => self.hear_real(number, column, event),
            Action::ChooseModel(model) => self.wanted_model = model,
            Action::ChooseRepeats(repeats) => self.repeats = repeats.clamp(1, 9),
            Action::SimulationBusy { .. }
            | Action::SimulationDone { .. }
            | Action::SimulationFailed { .. }
            | Action::SimulationIdle
            | Action::StopSimulation
            | Action::SimulateAgain => self.hear_simulation(action),
            _ => self.look(action),
        }
    }

    fn hear_simulation(&mut self, action: Action) {
        match action {
            Action::SimulationBusy {
                column,
                events,
                now,
            } => self.simulated[column.index()].phase = Phase::Busy { events, now },
            Action::SimulationDone { column, trace } => {
                let panel = &mut self.simulated[column.index()];
                panel.phase = Phase::Still;
                panel.shown = Some(Kept::new(Run::new(trace)));
            }
            Action::SimulationFailed { column, message } => {
                self.notice = Some(
                    Notice::trouble(
                        "The simulation failed.",
                        format!("{message} What you typed is as it was."),
                    )
                    .with(Remedy::SimulateAgain),
                );
                self.simulated[column.index()].phase = Phase::Failed(message);
            }
            Action::SimulationIdle => {
                for panel in &mut self.simulated {
                    panel.phase = Phase::Still;
                }
            }
            Action::StopSimulation => {
                for panel in &mut self.simulated {
                    if matches!(panel.phase, Phase::Busy { .. }) {
                        panel.phase = Phase::Stopped;
                    }
                }
            }
            Action::SimulateAgain => {
                self.attempt += 1;
                self.notice = None;
            }
            _ => unreachable!("only what simulations say comes here"),
        }
    }

    /// Changes of how things are shown.
    fn look(&mut self, action: Action) {
        match action {
            Action::Show(window) => self.window = window,
            Action::PointAt(cursor) => self.cursor = cursor,
            Action::Group(grouping) => self.grouping = grouping,
            Action::View(view) => self.view = view,
            Action::ToggleEditor => self.editor_open = !self.editor_open,
            Action::Open(dialog) => self.dialog = Some(dialog),
            Action::CloseDialog => self.dialog = None,
            Action::Theme(theme) => {
                self.theme = theme;
                self.theme_epoch += 1;
            }
            Action::ThemeChanged => self.theme_epoch += 1,
            Action::CloseNotice => self.notice = None,
            Action::Stored(outcome) => self.storage_trouble = outcome.err(),
            _ => unreachable!("everything else is handled before"),
        }
    }
}
