//! What the page calls things that have no name of their own in the scenario's text.

use crate::exec::RealModel;

/// The models that the right real panel can have: the word that stands for each in the page, and its name.
pub const MODELS: [(RealModel, &str, &str); 4] = [
    (RealModel::Processes, "processes", "Processes"),
    (RealModel::Threads, "threads", "Threads"),
    (RealModel::Coroutines, "coroutines", "Coroutines"),
    (RealModel::Hybrid, "hybrid", "Hybrid"),
];

/// What a model is called.
#[must_use]
pub fn model_name(model: RealModel) -> &'static str {
    let mut all = MODELS.iter();
    all.find(|(listed, _, _)| *listed == model)
        .map_or("Time slicing", |(_, _, name)| name)
}
