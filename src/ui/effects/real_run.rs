//! Carries out the real run that the state asks for: first the slicer, then the other stand-in.
//! Nothing here starts one by itself; only `Action::RunForReal` does, and only a button sends it.

use std::rc::Rc;

use yew::prelude::*;

use crate::exec::{self, RealModel, RealRequest, RealRun};
use crate::ui::state::{Action, State};

/// Runs what `state.running` says. The callback it returns stops the run.
#[hook]
pub fn use_real_run(state: &UseReducerHandle<State>) -> Callback<()> {
    let under_way = use_mut_ref(|| None::<RealRun>);
    let part = state
        .running
        .as_ref()
        .map(|running| (running.number, running.column));
    {
        let (state, under_way) = (state.clone(), under_way.clone());
        use_effect_with(part, move |part| {
            // What ran before is over, or has been told to stop.
            let before = under_way.borrow_mut().take();
            drop(before);
            let (Some((number, column)), Some(running)) = (*part, &state.running) else {
                return;
            };
            let dispatcher = state.dispatcher();
            let request = RealRequest {
                scenario: (*running.scenario).clone(),
                model: running.models[column],
                workers: workers(running.models[column], &state),
                repeats: running.repeats,
            };
            let run = exec::run_real(request, move |event| {
                dispatcher.dispatch(Action::Real {
                    number,
                    column,
                    event,
                });
            });
            *under_way.borrow_mut() = Some(run);
        });
    }
    let stop = Rc::clone(&under_way);
    use_callback((), move |(), ()| {
        if let Some(run) = stop.borrow_mut().as_mut() {
            run.stop();
        }
    })
}

/// A hybrid has an event loop for each core of the panel above it. All others have a worker or a thread
/// for each task, as the plan says: who of them runs on which core is up to the operating system.
fn workers(model: RealModel, state: &State) -> Option<u32> {
    (model == RealModel::Hybrid).then(|| state.parallel_cores())
}
