//! What this browser, at this address, can do for real. Decided by `crossOriginIsolated`, never by
//! trying: a shared memory can be made without isolation, and only fails when it is posted.

/// How much of a real run is possible, from most to least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Threads over shared memory, and everything below.
    Threads,
    /// Processes, coroutines and the slicer.
    Processes,
    /// Nothing for real.
    Simulation,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Whether the page is cross-origin isolated.
    pub isolated: bool,
    /// How many hardware threads the browser says there are.
    pub hardware_concurrency: u32,
    /// What follows from that.
    pub tier: Tier,
    /// One or two sentences for a person.
    pub why: String,
}

impl Capabilities {
    /// What follows from what a browser says of itself.
    #[must_use]
    pub fn from_facts(
        isolated: bool,
        has_workers: bool,
        hardware_concurrency: u32,
    ) -> Capabilities {
        let hardware_concurrency = hardware_concurrency.max(1);
        let (tier, why) = if !has_workers {
            (
                Tier::Simulation,
                "This browser has no module workers here, so nothing can run for real. The simulation is whole."
                    .to_owned(),
            )
        } else if isolated {
            (
                Tier::Threads,
                format!("Everything can run for real, on {hardware_concurrency} hardware threads."),
            )
        } else {
            (
                Tier::Processes,
                "Threads need shared memory, which this page may not have: it was served without the headers for cross-origin isolation. Processes and coroutines run for real; the clock is coarser."
                    .to_owned(),
            )
        };
        Capabilities {
            isolated,
            hardware_concurrency,
            tier,
            why,
        }
    }
}

/// Asks the browser.
#[cfg(feature = "web")]
#[must_use]
pub fn capabilities() -> Capabilities {
    use wasm_bindgen::JsValue;

    let global = js_sys::global();
    let get = |name: &str| js_sys::Reflect::get(&global, &JsValue::from_str(name)).ok();
    let isolated = get("crossOriginIsolated").and_then(|value| value.as_bool()) == Some(true);
    let has_workers = get("Worker").is_some_and(|value| value.is_function());
    let concurrency =
        web_sys::window().map_or(1.0, |window| window.navigator().hardware_concurrency());
    // A browser that hides the number says 0 or nothing.
    Capabilities::from_facts(
        isolated,
        has_workers,
        concurrency.clamp(1.0, 1_024.0) as u32,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn isolation_decides_the_tier() {
        assert_eq!(Capabilities::from_facts(true, true, 8).tier, Tier::Threads);
        assert_eq!(
            Capabilities::from_facts(false, true, 8).tier,
            Tier::Processes
        );
        assert_eq!(
            Capabilities::from_facts(true, false, 8).tier,
            Tier::Simulation
        );
        assert_eq!(
            Capabilities::from_facts(false, true, 0).hardware_concurrency,
            1
        );
    }
}
