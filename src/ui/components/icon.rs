//! The page's few pictograms, drawn as strokes in the colour of the text beside them. They decorate:
//! every button that has one also has a name.

use yew::prelude::*;

/// Which pictogram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say what they show")]
pub enum Icon {
    Play,
    Stop,
    Undo,
    Redo,
    Plus,
    Copy,
    Trash,
    Close,
    Share,
    Grid,
    Panel,
    Sun,
    Moon,
    System,
    Alert,
    Check,
}

impl Icon {
    const fn path(self) -> &'static str {
        match self {
            Icon::Play => "M6 4.5v11l9-5.5z",
            Icon::Stop => "M5.5 5.5h9v9h-9z",
            Icon::Undo => "M4 8.5h8.5a3.75 3.75 0 0 1 0 7.5H8M7.5 5 4 8.5 7.5 12",
            Icon::Redo => "M16 8.5H7.5a3.75 3.75 0 0 0 0 7.5H12M12.5 5 16 8.5 12.5 12",
            Icon::Plus => "M10 4.5v11M4.5 10h11",
            Icon::Copy => "M7.5 7.5h8v8h-8zM12.5 7.5v-3h-8v8h3",
            Icon::Trash => "M4.5 6h11M8 6V4h4v2M6 6l.6 10h6.8L14 6",
            Icon::Close => "m5 5 10 10M15 5 5 15",
            Icon::Share => "M10 12V3.5M6.8 6.5 10 3.3l3.2 3.2M6 9.5H4.5v7h11v-7H14",
            Icon::Grid => "M4 4h5v5H4zM11 4h5v5h-5zM4 11h5v5H4zM11 11h5v5h-5z",
            Icon::Panel => "M3.5 4.5h13v11h-13zM8 4.5v11",
            Icon::Sun => {
                "M10 6.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7zM10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M4.3 15.7l1.1-1.1M14.6 5.4l1.1-1.1"
            }
            Icon::Moon => "M16 11.8A6.5 6.5 0 0 1 8.2 4a6.5 6.5 0 1 0 7.8 7.8z",
            Icon::System => "M3.5 4.5h13v9h-13zM7 16.5h6M10 13.5v3",
            Icon::Alert => "M10 3.5 17.5 16h-15zM10 8.3v3.4M10 13.7v.3",
            Icon::Check => "m4.5 10.5 3.7 3.7 7.3-8",
        }
    }
}

/// What a pictogram needs.
#[derive(PartialEq, Properties)]
pub struct IconProps {
    /// Which.
    pub icon: Icon,
}

/// One pictogram.
#[component]
pub fn Pictogram(props: &IconProps) -> Html {
    html! {
        <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
            <path d={props.icon.path()} />
        </svg>
    }
}
