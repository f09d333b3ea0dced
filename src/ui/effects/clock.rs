//! The page's clock.

/// Milliseconds since the page was opened; zero where there is no clock.
#[must_use]
pub fn now_ms() -> f64 {
    web_sys::window()
        .and_then(|window| window.performance())
        .map_or(0.0, |performance| performance.now())
}
