//! Changes of a text that keep its comments and layout: the form of the page and `--set` of the
//! command line are made of these. A change is checked for itself; whether the text as a whole is
//! in order is for `text::parse` to say afterwards.

mod blocks;
mod lists;
mod values;

pub use lists::{
    duplicate_process, duplicate_thread, insert_coroutine, insert_process, insert_resource,
    insert_thread, remove_coroutine, remove_process, remove_resource, remove_thread,
};
pub use values::{set, unset};

/// Why a text cannot be changed like this.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The text is not TOML, so that nothing in it can be found.
    #[error("the text is not TOML, so nothing in it can be changed; {problem}")]
    Broken {
        /// What the complaint about it says.
        problem: String,
    },
    /// The format has no such key.
    #[error("the format has no key `{key}`{}", meant.as_ref().map_or_else(String::new, |near| format!("; did you mean `{near}`?")))]
    UnknownKey {
        /// The key.
        key: String,
        /// The key that was probably meant.
        meant: Option<String>,
    },
    /// The key stands for a table, not for a value.
    #[error("`{key}` is not one value; name a key in it, such as `{example}`")]
    NotAValue {
        /// The key.
        key: String,
        /// A key that has a value.
        example: String,
    },
    /// The value is not one that the key takes.
    #[error("`{key}` {problem}{}", hint.as_ref().map_or_else(String::new, |hint| format!("; {hint}")))]
    BadValue {
        /// The key.
        key: String,
        /// What is wrong.
        problem: String,
        /// What to write instead.
        hint: Option<String>,
    },
    /// There is no such process, thread, coroutine or resource in the text.
    #[error("there is no `{what}` in the text")]
    Missing {
        /// What was looked for.
        what: String,
    },
    /// The text writes it in a way that cannot be changed piece by piece.
    #[error("`{what}` is written inline or in pieces; change it in the text")]
    Unusual {
        /// What was to be changed.
        what: String,
    },
    /// What was to be put in is not one table of the right kind.
    #[error("what is to be put in is not one `{wanted}`")]
    BadTable {
        /// The kind of table that was wanted.
        wanted: String,
    },
}
