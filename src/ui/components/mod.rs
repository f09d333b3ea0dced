//! The page's parts: what they need comes in as properties, what the visitor wishes goes out by one
//! callback of `Action`s. None keeps state that another part has to know.

mod bound;
mod choice;
mod diagnostics_list;
mod editor;
mod editor_form;
mod editor_text;
mod figure;
mod gallery_dialog;
mod head;
mod header;
mod icon;
mod machine_sliders;
mod notice_bar;
mod process_card;
mod real_plan;
mod real_run_panel;
mod scheduler_controls;
mod share_dialog;
mod slider;
mod task_table;
mod thread_row;
mod tier_badge;

pub use editor::Editor;
pub use figure::Figure;
pub use gallery_dialog::GalleryDialog;
pub use head::Head;
pub use header::Header;
pub use notice_bar::NoticeBar;
pub use real_run_panel::RealRunPanel;
pub use share_dialog::ShareDialog;
pub use task_table::TaskTable;
