//! The gallery: scenarios to begin with. Each is a file of `static/gallery`, built in; what each
//! is said to show is checked against the kernel in `tests/gallery.rs`.

/// One scenario of the gallery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GalleryEntry {
    /// Its name in addresses and on the command line.
    pub slug: &'static str,
    /// Its title, the same as in its text.
    pub title: &'static str,
    /// What it shows, in one line.
    pub lesson: &'static str,
    /// What it is about, for finding it.
    pub topics: &'static [&'static str],
    /// Its text.
    pub text: &'static str,
}

macro_rules! gallery {
    ($($slug:literal, $title:literal, $lesson:literal, [$($topic:literal),*];)*) => {
        static GALLERY: &[GalleryEntry] = &[$(GalleryEntry {
            slug: $slug,
            title: $title,
            lesson: $lesson,
            topics: &[$($topic),*],
            text: include_str!(concat!("../../static/gallery/", $slug, ".toml")),
        }),*];
    };
}

gallery! {
    "desktop", "Writing, with a browser, music and a download",
        "Slices on one core, true parallelism on two.", ["desktop", "cores"];
    "game-update", "A game update in the background",
        "Programs that mostly wait share one core without noticing.", ["desktop", "waiting"];
    "virus-scan", "Coding during a virus scan",
        "Programs that compute make the one that types wait.", ["desktop", "quantum"];
    "many-tabs", "Many tabs",
        "More cores help with the computing, not with the waiting.", ["desktop", "cores"];
    "batch", "Four jobs on one to four cores",
        "Computing gets faster with cores, up to as many as there are jobs.", ["cores"];
    "wait-processes", "Three processes that wait three seconds",
        "Waiting overlaps: three waits take as long as one.", ["processes", "waiting"];
    "wait-threads", "Three threads that wait three seconds",
        "The same, within one process.", ["threads", "waiting"];
    "wait-coroutines", "Three coroutines that wait three seconds",
        "The same, within one thread.", ["coroutines", "waiting"];
    "tab-crash", "A tab crashes, the browser lives",
        "A crash ends its process and no other.", ["processes", "crash"];
    "thread-crash", "A thread crashes, and all with it",
        "Threads share a memory, and its end.", ["threads", "crash"];
    "helpers", "What a helper costs to start",
        "A process is dear to make, a thread cheap.", ["processes", "costs"];
    "event-loop", "A hundred requests, one thread",
        "An event loop overlaps waiting, not computing.", ["coroutines", "servers"];
    "blocked-loop", "One long handler blocks the event loop",
        "A coroutine that computes for long holds up all others.", ["coroutines", "servers"];
    "quantum", "How long should a slice be?",
        "Short slices answer sooner and switch more.", ["scheduling", "quantum"];
    "run-queues", "One run queue for each core",
        "Where a ready thread queues decides whether it moves.", ["scheduling", "cores"];
    "textbook", "Round robin, as in the textbook",
        "The book's numbers, to the millisecond.", ["scheduling", "textbook"];
    "convoy", "Short jobs behind a long one",
        "First come, first served is unfair to the short.", ["scheduling", "textbook"];
}

/// All of it, in the order it is shown in.
#[must_use]
pub fn gallery() -> &'static [GalleryEntry] {
    GALLERY
}

/// The scenario that is shown when there is no link.
#[must_use]
pub fn opening() -> &'static GalleryEntry {
    &GALLERY[0]
}
