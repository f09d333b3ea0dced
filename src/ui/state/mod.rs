//! The page's state and the one place where it changes. [`State::reduce`] is pure: what the browser
//! does (storage, address bar, workers, clipboard) is in `ui::effects`, which hears of changes by
//! looking at the state and reports back by an [`Action`].

mod action;
mod document;
mod notice;
mod opening;
mod real;
mod simulated;

use std::rc::Rc;

use yew::{AttrValue, Reducible};

pub use action::{Action, Caret, Dialog, EditorView, ThemeChoice};
pub use document::{Change, Document, change_end};
pub use notice::{Notice, Remedy};
pub use opening::{Opened, Source, open};
pub use real::{Failure, REPEAT_CHOICES, REPEATS, RealPanel, RealResult, Running, suggested_model};
pub use simulated::{Column, Phase, Run, Simulated, overrides, parallel_cores};

use crate::base::Nanos;
use crate::content;
use crate::exec::{Capabilities, RealEvent, RealModel};
use crate::scenario::Scenario;
use crate::ui::kept::Kept;
use crate::ui::timeline::{Grouping, Window};

/// Everything the page shows.
#[derive(Clone)]
pub struct State {
    /// The text and its history.
    pub document: Document,
    /// Where the text comes from.
    pub source: Source,
    /// The text that something else replaced last; kept beside the draft.
    pub before: Option<AttrValue>,
    /// What this page can do for real.
    pub capabilities: Capabilities,
    /// The simulated panels.
    pub simulated: [Simulated; 2],
    /// Counts the wishes to simulate the same text once more.
    pub attempt: u64,
    /// The real panels.
    pub real: [RealPanel; 2],
    /// The real run under way.
    pub running: Option<Running>,
    /// Counts the real runs.
    pub runs: u64,
    /// What the visitor wants the right real panel to be; without a wish, what suits the mix.
    pub wanted_model: Option<RealModel>,
    /// How often a real run is repeated.
    pub repeats: u32,
    /// The interval that all panels show; without one, all of it.
    pub window: Option<Window>,
    /// The instant that is pointed at.
    pub cursor: Option<Nanos>,
    /// Rows by core or by task.
    pub grouping: Grouping,
    /// Which of the editor's views is shown.
    pub view: EditorView,
    /// Whether the editor is shown.
    pub editor_open: bool,
    /// Where the caret has to go.
    pub caret: Option<Caret>,
    /// The dialog that is open.
    pub dialog: Option<Dialog>,
    /// What has to be said.
    pub notice: Option<Notice>,
    /// Why the text could not be kept in this browser.
    pub storage_trouble: Option<AttrValue>,
    /// Light, dark or as the system.
    pub theme: ThemeChoice,
    /// Counts the changes of the colours.
    pub theme_epoch: u32,
}

impl State {
    /// The state the page opens with.
    #[must_use]
    pub fn new(opened: Opened, capabilities: Capabilities) -> State {
        let before = opened.past.last().cloned();
        State {
            document: Document::new(opened.text, opened.past),
            source: opened.source,
            before,
            capabilities,
            simulated: Default::default(),
            attempt: 0,
            real: Default::default(),
            running: None,
            runs: 0,
            wanted_model: None,
            repeats: REPEATS,
            window: opened.window,
            cursor: opened.cursor,
            grouping: Grouping::Lanes,
            view: EditorView::Form,
            editor_open: true,
            caret: None,
            dialog: None,
            notice: opened.notice,
            storage_trouble: None,
            theme: ThemeChoice::System,
            theme_epoch: 0,
        }
    }

    /// What the right real panel runs.
    #[must_use]
    pub fn model(&self) -> RealModel {
        self.wanted_model.unwrap_or_else(|| {
            let scenario = self.document.good();
            scenario.map_or(RealModel::Processes, |scenario| {
                suggested_model(scenario, &self.capabilities)
            })
        })
    }

    /// What the right real panel shows: what is running or was run, else what would be.
    #[must_use]
    pub fn shown_model(&self) -> RealModel {
        if let Some(running) = &self.running {
            return running.models[1];
        }
        let result = self.real[1].result.as_ref();
        result
            .filter(|result| self.is_current(result))
            .map_or_else(|| self.model(), |result| result.measured.model)
    }

    /// How many cores the column of true parallelism has.
    #[must_use]
    pub fn parallel_cores(&self) -> u32 {
        let hardware = self.capabilities.hardware_concurrency;
        let scenario = self.document.good();
        scenario.map_or(2, |scenario| parallel_cores(&scenario.machine, hardware))
    }

    /// Whether a measured run is of the mix as it is now.
    #[must_use]
    pub fn is_current(&self, result: &RealResult) -> bool {
        let now = self.document.good();
        now.is_some_and(|now| *now == result.scenario || **now == *result.scenario)
    }

    /// The scenario as the text has it, or had it last when it was whole.
    #[must_use]
    pub fn scenario(&self) -> Option<&Kept<Scenario>> {
        self.document.good()
    }

    /// Whether a simulation is under way.
    #[must_use]
    pub fn is_simulating(&self) -> bool {
        let busy = |panel: &Simulated| matches!(panel.phase, Phase::Busy { .. });
        self.simulated.iter().any(busy)
    }

    fn replace(&mut self, opened: Opened) {
        let replaced = self.document.text().clone();
        if !self.document.change(opened.text, Change::Whole, 0.0) {
            self.notice = opened.notice;
            return;
        }
        self.before = Some(replaced);
        self.source = opened.source;
        self.notice = opened.notice;
        self.cursor = opened.cursor;
        self.window = opened.window;
        self.wanted_model = None;
    }

    /// After a step back or forward: the caret goes to what changed.
    fn stepped(&mut self, earlier: &str) {
        let end = change_end(earlier, self.document.text());
        self.point_caret(end..end);
        self.source = Source::Own;
    }

    fn point_caret(&mut self, span: std::ops::Range<usize>) {
        let serial = self.caret.as_ref().map_or(0, |caret| caret.serial) + 1;
        self.caret = Some(Caret { span, serial });
    }

    fn open_gallery_entry(&mut self, slug: &str) {
        self.dialog = None;
        let Some(entry) = content::gallery().iter().find(|entry| entry.slug == slug) else {
            return;
        };
        let own = self.source == Source::Own;
        self.replace(Opened {
            text: entry.text.into(),
            source: Source::Gallery(slug.to_owned()),
            past: Vec::new(),
            notice: own.then(opening::replaced_notice),
            cursor: None,
            window: None,
        });
    }

    fn start_real(&mut self) {
        let Some(scenario) = self.document.good().cloned() else {
            return;
        };
        if self.running.is_some() || self.document.is_broken() {
            return;
        }
        self.runs += 1;
        for panel in &mut self.real {
            panel.failure = Failure::None;
        }
        self.running = Some(Running {
            number: self.runs,
            models: [RealModel::Sliced, self.model()],
            column: 0,
            repeats: self.repeats,
            repeat: None,
            what: "Starting".to_owned(),
            scenario,
        });
    }

    /// Takes what the real run says. What comes from an earlier run counts for nothing.
    fn hear_real(&mut self, number: u64, column: usize, event: RealEvent) {
        let Some(running) = &mut self.running else {
            return;
        };
        if running.number != number || running.column != column {
            return;
        }
        let scenario = running.scenario.clone();
        let keep = |measured, stopped| RealResult::new(measured, scenario, stopped).map(Kept::new);
        let panel = &mut self.real[column];
        match event {
            RealEvent::Preparing { what } => {
                running.what = what;
                running.repeat = None;
                return;
            }
            RealEvent::Running { repeat } => {
                running.repeat = Some(repeat);
                return;
            }
            RealEvent::Done(measured) => {
                panel.result = keep(measured, false).or(panel.result.take());
            }
            RealEvent::Void { why } => panel.failure = Failure::Void(why),
            RealEvent::Failed { message, partial } => {
                panel.failure = Failure::Broken(message);
                panel.result = partial
                    .and_then(|partial| keep(partial, true))
                    .or(panel.result.take());
            }
            RealEvent::Stopped(partial) => {
                panel.failure = Failure::Stopped;
                panel.result = partial
                    .and_then(|partial| keep(partial, true))
                    .or(panel.result.take());
                self.running = None;
                return;
            }
        }
        if column == 0 {
            running.column = 1;
            running.repeat = None;
            running.what = "Starting".to_owned();
        } else {
            self.running = None;
        }
    }
}

impl Reducible for State {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut next = Rc::unwrap_or_clone(self);
        next.apply(action);
        Rc::new(next)
    }
}

#[cfg(test)]
mod tests;
