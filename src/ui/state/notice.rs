//! What the page has to say above everything else: something went wrong, or something was kept.
//! Every notice has a way on.

use yew::AttrValue;

/// A button of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Go one step back.
    Undo,
    /// Show the gallery.
    OpenGallery,
    /// Simulate again.
    SimulateAgain,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    trouble: bool,
    /// What it is about, in a few words.
    pub title: AttrValue,
    /// What happened and what follows from it.
    pub text: AttrValue,
    /// The ways on, besides closing it.
    pub remedies: Vec<Remedy>,
}

impl Notice {
    /// Something went wrong.
    #[must_use]
    pub fn trouble(title: impl Into<AttrValue>, text: impl Into<AttrValue>) -> Notice {
        Notice {
            trouble: true,
            title: title.into(),
            text: text.into(),
            remedies: Vec::new(),
        }
    }

    /// Something is good to know.
    #[must_use]
    pub fn news(title: impl Into<AttrValue>, text: impl Into<AttrValue>) -> Notice {
        Notice {
            trouble: false,
            ..Notice::trouble(title, text)
        }
    }

    /// The same with one more way on.
    #[must_use]
    pub fn with(mut self, remedy: Remedy) -> Notice {
        self.remedies.push(remedy);
        self
    }

    /// Whether something went wrong.
    #[must_use]
    pub fn is_trouble(&self) -> bool {
        self.trouble
    }
}
