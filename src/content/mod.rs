//! What the page and the command line come with: the gallery of scenarios, each with what it is
//! there to show. Texts only; what happens in them is the kernel's word.

mod gallery;

pub use gallery::{GalleryEntry, gallery, opening};
