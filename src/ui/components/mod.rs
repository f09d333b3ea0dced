//! The page's parts: what they need comes in as properties, what the visitor wishes goes out by one
//! callback of `Action`s. None keeps state that another part has to know.

pub mod bound;
pub mod choice;
pub mod comparison_table;
pub mod diagnostics_list;
pub mod editor;
pub mod editor_form;
pub mod editor_text;
pub mod figure;
pub mod gallery_dialog;
pub mod head;
pub mod header;
pub mod icon;
pub mod machine_sliders;
pub mod notice_bar;
pub mod process_card;
pub mod real_plan;
pub mod real_run_panel;
pub mod scheduler_controls;
pub mod share_dialog;
pub mod slider;
pub mod task_table;
pub mod thread_row;
pub mod tier_badge;

pub use comparison_table::ComparisonTable;
pub use editor::Editor;
pub use figure::Figure;
pub use gallery_dialog::GalleryDialog;
pub use head::Head;
pub use header::Header;
pub use notice_bar::NoticeBar;
pub use real_run_panel::RealRunPanel;
pub use share_dialog::ShareDialog;
pub use task_table::TaskTable;
