//! The page's entry: mounts the application. Called by the script that `index.html` loads; everything
//! else is in `timeslice::ui`.

fn main() {
    console_error_panic_hook::set_once();
    yew::Renderer::<timeslice::ui::App>::new().render();
}
