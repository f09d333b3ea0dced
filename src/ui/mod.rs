//! The page (feature `web`). Its pure parts are built without the feature too, so that native tests
//! reach them; nothing outside this room calls them.

pub mod timeline;
