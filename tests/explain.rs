//! Why a task waits, in exact words, for small scenarios; and that every task can be explained at
//! every instant of any scenario.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use std::collections::HashSet;

use proptest::prelude::*;

use support::{any_scenario, run};
use timeslice::analysis::explain::explain_in_words;
use timeslice::analysis::find_task;
use timeslice::base::Nanos;
use timeslice::scenario::text::parse;
use timeslice::trace::{TaskId, Trace};

/// Runs a scenario on a machine that costs nothing.
fn free(text: &str) -> Trace {
    let parsed = parse(&format!("format = 1\n[machine]\ncosts = \"free\"\n{text}"));
    assert!(!parsed.has_errors(), "{:#?}", parsed.diagnostics);
    run(&parsed.scenario)
}

#[track_caller]
fn check(trace: &Trace, task: &str, at: &str, expected: &[&str]) {
    let task = find_task(trace, task).unwrap();
    let at = Nanos::parse(at).unwrap();
    assert_eq!(explain_in_words(trace, task, at), expected);
}

const THREE: &str = r#"
[[process]]
name = "editor"
program = "compute 15ms"
[[process]]
name = "music"
program = "compute 15ms"
[[process]]
name = "late"
arrival = "7ms"
program = "compute 5ms"
"#;

#[test]
fn not_there_yet_running_ready_and_gone() {
    // editor 0-10, music 10-20, late 20-25, editor 25-30, music 30-35.
    let trace = free(THREE);
    check(
        &trace,
        "late",
        "3ms",
        &["`late` has not come yet; it comes at 7ms."],
    );
    check(
        &trace,
        "editor",
        "3ms",
        &["`editor` runs on core 0 from 0ms to 10ms."],
    );
    check(&trace, "editor", "30ms", &["`editor` has ended, at 30ms."]);
    check(
        &trace,
        "music",
        "3ms",
        &[
            "`music` is ready from 0ms to 10ms, but does not run.",
            "Core 0 runs `editor` from 0ms to 10ms.",
        ],
    );
}

#[test]
fn behind_one_that_runs_and_those_that_run_before() {
    let trace = free(THREE);
    check(
        &trace,
        "late",
        "8ms",
        &[
            "`late` is ready from 7ms to 20ms, but does not run.",
            "Core 0 runs `editor` from 0ms to 10ms.",
            "Before `late` runs `music` on core 0 from 10ms to 20ms.",
        ],
    );
    check(
        &trace,
        "editor",
        "10ms",
        &[
            "`editor` is ready from 10ms to 25ms, but does not run.",
            "Core 0 runs `music` from 10ms to 20ms.",
            "Before `editor` runs `late` on core 0 from 20ms to 25ms.",
        ],
    );
}

#[test]
fn behind_one_on_each_core() {
    let text = THREE.replace(
        "[[process]]\nname = \"editor\"",
        "[machine.cost]\nprocess_switch = \"1ms\"\n[[process]]\nname = \"editor\"",
    );
    let text = text.replacen("\n[machine.cost]", "cores = 2\n[machine.cost]", 1);
    let trace = free(&text);
    check(
        &trace,
        "late",
        "8ms",
        &[
            "`late` is ready from 7ms to 11ms, but does not run.",
            "Core 0 runs `editor` from 0ms to 10ms.",
            "Core 1 runs `music` from 0ms to 10ms.",
        ],
    );
    check(
        &trace,
        "late",
        "10ms",
        &["Core 0 is being switched to `late` from 10ms to 11ms, from another process."],
    );
}

const DISK: &str = r#"
[[device]]
name = "disk"
[[process]]
name = "a"
program = "io disk 10ms"
[[process]]
name = "b"
program = "compute 1ms; io disk 10ms"
[[process]]
name = "c"
program = "compute 1ms; io disk 10ms"
[[process]]
name = "d"
program = "sleep 5ms"
"#;

#[test]
fn a_device_and_its_queue() {
    let trace = free(DISK);
    check(
        &trace,
        "a",
        "4ms",
        &[
            "`a` waits for `disk` from 0ms to 10ms.",
            "`disk` works for `a` since 0ms.",
        ],
    );
    check(
        &trace,
        "c",
        "4ms",
        &[
            "`c` waits for `disk` from 2ms to 30ms.",
            "`disk` works for `a` since 0ms.",
            "`b` is before `c` in the queue of `disk`.",
        ],
    );
    check(
        &trace,
        "c",
        "12ms",
        &[
            "`c` waits for `disk` from 2ms to 30ms.",
            "`disk` works for `b` since 10ms.",
        ],
    );
    check(&trace, "d", "4ms", &["`d` sleeps from 2ms to 7ms."]);
}

#[test]
fn a_device_that_still_works_for_one_that_was_killed() {
    let trace = free(
        r#"
        [[device]]
        name = "disk"
        [[process]]
        name = "a"
        [[process.thread]]
        name = "reader"
        program = "io disk 10ms"
        [[process.thread]]
        name = "broken"
        program = "compute 2ms; crash"
        [[process]]
        name = "b"
        program = "io disk 1ms"
        "#,
    );
    check(
        &trace,
        "b",
        "5ms",
        &[
            "`b` waits for `disk` from 2ms to 11ms.",
            "`disk` still works for a task that was killed.",
        ],
    );
    check(
        &trace,
        "a/broken",
        "5ms",
        &["`a/broken` has crashed, at 2ms, and its process with it."],
    );
    check(
        &trace,
        "a/reader",
        "5ms",
        &["`a/reader` was killed at 2ms, when `a/broken` of its process crashed."],
    );
}

#[test]
fn children_and_the_last_of_them() {
    let trace = free(
        r#"
        [[process]]
        name = "make"
        program = "spawn cc; spawn ld; join"
        [[process]]
        name = "cc"
        count = 0
        program = "compute 2ms"
        [[process]]
        name = "ld"
        count = 0
        program = "io disk 20ms"
        "#,
    );
    check(
        &trace,
        "make",
        "1ms",
        &[
            "`make` waits for its children from 0ms to 22ms: `cc` and `ld` have not ended; `ld` is the last to end, at 22ms.",
            "`ld` is ready from 0ms to 2ms, but does not run.",
            "Core 0 runs `cc` from 0ms to 2ms.",
        ],
    );
    check(
        &trace,
        "make",
        "3ms",
        &[
            "`make` waits for its children from 0ms to 22ms: `ld` has not ended.",
            "`ld` waits for `disk` from 2ms to 22ms.",
            "`disk` works for `ld` since 2ms.",
        ],
    );
}

const LOOP: &str = r#"
[[process]]
name = "server"
[[process.thread]]
name = "loop"
[[process.thread.coroutine]]
name = "slow"
program = "compute 5ms; await network 3ms"
[[process.thread.coroutine]]
name = "quick"
program = "compute 1ms; io disk 4ms; compute 1ms"
[[process.thread.coroutine]]
name = "third"
program = "compute 1ms; await network 20ms"
"#;

#[test]
fn coroutines_and_their_event_loop() {
    // slow 0-5, quick 5-6, the thread in io 6-10, quick 10-11, third 11-12, slow again from 12.
    let trace = free(LOOP);
    check(
        &trace,
        "server/loop/third",
        "2ms",
        &[
            "`server/loop/third` is ready from 0ms to 11ms, but does not run.",
            "Its event loop `server/loop` runs `server/loop/slow` from 0ms to 5ms.",
            "Before `server/loop/third` run `server/loop/quick` on core 0 from 5ms to 6ms and `server/loop/quick` on core 0 from 10ms to 11ms.",
        ],
    );
    check(
        &trace,
        "server/loop/third",
        "7ms",
        &[
            "`server/loop/third` is ready from 0ms to 11ms, but does not run.",
            "Its event loop `server/loop` stands still, because `server/loop/quick` blocks it while it waits for `disk`.",
            "`server/loop/quick` waits for `disk` from 6ms to 10ms.",
            "`disk` works for `server/loop/quick` since 6ms.",
        ],
    );
    check(
        &trace,
        "server/loop",
        "15ms",
        &[
            "`server/loop` waits from 12ms to 32ms until one of its coroutines can go on; `server/loop/third` is the first that can.",
            "`server/loop/third` waits for `network` from 12ms to 32ms.",
            "`network` works for `server/loop/third` since 12ms.",
        ],
    );
    check(
        &trace,
        "server/loop",
        "5500us",
        &["`server/loop` runs `server/loop/quick` on core 0 from 0ms to 6ms."],
    );
}

#[test]
fn a_coroutine_whose_thread_waits_for_a_core() {
    let trace = free(&format!(
        "[[process]]\nname = \"busy\"\nprogram = \"compute 8ms\"\n{LOOP}"
    ));
    check(
        &trace,
        "server/loop/third",
        "2ms",
        &[
            "`server/loop/third` is ready from 0ms to 19ms, but does not run.",
            "`server/loop` is ready from 0ms to 8ms, but does not run.",
            "Core 0 runs `busy` from 0ms to 8ms.",
        ],
    );
}

#[test]
fn between_two_jobs() {
    let trace = free(
        "[[process]]\nname = \"sensor\"\nperiod = \"5ms\"\njobs = 3\nprogram = \"compute 2ms\"\n",
    );
    check(
        &trace,
        "sensor",
        "3ms",
        &["`sensor` waits for the release of its next job from 2ms to 5ms."],
    );
}

#[test]
fn one_that_never_comes() {
    let trace = free(
        r#"
        [[process]]
        name = "app"
        [[process.thread]]
        name = "broken"
        program = "compute 2ms; crash"
        [[process.thread]]
        name = "late"
        arrival = "5ms"
        program = "compute 2ms"
        [[process]]
        name = "other"
        program = "compute 20ms"
        "#,
    );
    check(
        &trace,
        "app/late",
        "1ms",
        &["`app/late` never comes, because `app/broken` of its process crashes at 2ms."],
    );
    check(
        &trace,
        "app/late",
        "1s",
        &[
            "The run ends at 22ms; there it is so:",
            "`app/late` never comes, because `app/broken` of its process crashes at 2ms.",
        ],
    );
}

#[test]
fn many_that_run_before_are_counted() {
    let trace = free(
        "[scheduler]\nquantum = \"1ms\"\n[[process]]\nname = \"p\"\ncount = 12\nprogram = \"compute 2ms\"\n",
    );
    check(
        &trace,
        "p 11",
        "500us",
        &[
            "`p 11` is ready from 0ms to 11ms, but does not run.",
            "Core 0 runs `p 0` from 0ms to 1ms.",
            "Before `p 11` run `p 1` on core 0 from 1ms to 2ms, `p 2` on core 0 from 2ms to 3ms, `p 3` on core 0 from 3ms to 4ms, `p 4` on core 0 from 4ms to 5ms, `p 5` on core 0 from 5ms to 6ms and 5 more.",
        ],
    );
}

#[test]
fn a_mutex_and_why_its_holder_keeps_it() {
    let trace = free(
        r#"
        [[process]]
        name = "a"
        program = "lock door; io disk 10ms; unlock door; compute 1ms"
        [[process]]
        name = "b"
        program = "compute 1ms; lock door; unlock door"
        [[process]]
        name = "c"
        program = "compute 1ms; lock door; unlock door"
        "#,
    );
    check(
        &trace,
        "c",
        "4ms",
        &[
            "`c` waits for `door` from 2ms to 11ms.",
            "`door` is held by `a` since 0ms.",
            "`b` is before `c` in the queue of `door`.",
            "`a` waits for `disk` from 0ms to 10ms.",
            "`disk` works for `a` since 0ms.",
        ],
    );
}

#[test]
fn a_deadlock_is_a_circle() {
    let trace = free(
        r#"
        [[process]]
        name = "a"
        program = "lock fork; sleep 1ms; lock knife"
        [[process]]
        name = "b"
        program = "lock knife; sleep 1ms; lock fork"
        "#,
    );
    let circle = [
        "`a` waits for `knife` since 1ms.",
        "`knife` is held by `b` since 0ms.",
        "`b` waits for `fork` since 1ms.",
        "`fork` is held by `a` since 0ms.",
        "That is where this began: a circle that leads back to `a`.",
    ];
    check(&trace, "a", "1ms", &circle);
    let mut late = vec!["The run ends at 1ms; there it is so:"];
    late.extend(circle);
    check(&trace, "a", "5s", &late);
}

#[test]
fn a_mutex_that_nobody_will_give_back() {
    let trace = free(
        r#"
        [[process]]
        name = "a"
        program = "lock door; compute 2ms; crash"
        [[process]]
        name = "b"
        program = "compute 1ms; lock door"
        "#,
    );
    check(
        &trace,
        "b",
        "20ms",
        &[
            "The run ends at 3ms; there it is so:",
            "`b` waits for `door` since 3ms.",
            "`door` is held by `a` since 0ms.",
            "`a` has ended without giving `door` back.",
        ],
    );
}

#[test]
fn semaphores_conditions_and_barriers() {
    let trace = free(
        r#"
        [[semaphore]]
        name = "slots"
        count = 0
        [[barrier]]
        name = "start"
        parties = 3
        [[process]]
        name = "s"
        program = "wait slots"
        [[process]]
        name = "t"
        program = "wait slots"
        [[process]]
        name = "early"
        program = "barrier start"
        [[process]]
        name = "early-too"
        program = "barrier start"
        [[process]]
        name = "listener"
        program = "lock m; wait news with m; unlock m"
        [[process]]
        name = "host"
        program = "sleep 4ms; barrier start; post slots; post slots; lock m; signal news; compute 1ms; unlock m"
        "#,
    );
    check(
        &trace,
        "t",
        "1ms",
        &[
            "`t` waits for `slots` from 0ms to 4ms.",
            "`s` is before `t` in the queue of `slots`.",
            "`slots` is at zero until someone posts to it.",
        ],
    );
    check(
        &trace,
        "early",
        "1ms",
        &[
            "`early` waits for `start` from 0ms to 4ms.",
            "`early-too` has come to `start`, too.",
        ],
    );
    check(
        &trace,
        "listener",
        "1ms",
        &[
            "`listener` waits for `news` from 0ms to 4ms.",
            "Nobody has signalled `news` since.",
        ],
    );
    check(
        &trace,
        "listener",
        "4500us",
        &[
            "`listener` waits for `m` from 4ms to 5ms.",
            "`m` is held by `host` since 4ms.",
            "`host` runs on core 0 from 4ms to 5ms.",
        ],
    );
}

#[test]
fn a_channel_that_is_empty_full_or_broken() {
    let trace = free(
        r#"
[[channel]]
name = "jobs"
capacity = "1KiB"
[[process]]
name = "sender"
program = "sleep 4ms; send jobs 1KiB; send jobs 1KiB"
[[process]]
name = "receiver"
program = "recv jobs; sleep 2ms; repeat 2 { recv jobs }"
[[process]]
name = "second"
arrival = "5ms"
program = "send jobs 1KiB"
"#,
    );
    check(
        &trace,
        "receiver",
        "1ms",
        &[
            "`receiver` waits for a message from `jobs` from 0ms to 4ms.",
            "`sender` sends to `jobs` at 4ms.",
            "`sender` sleeps from 0ms to 4ms.",
        ],
    );
    check(
        &trace,
        "second",
        "5ms",
        &[
            "`second` waits for room in `jobs` from 5ms to 6ms.",
            "`receiver` receives from `jobs` at 6ms, which makes room.",
            "`receiver` sleeps from 4ms to 6ms.",
        ],
    );
}

#[test]
fn nobody_left_at_the_other_end() {
    let trace = free(
        r#"
[[channel]]
name = "jobs"
[[process]]
name = "sender"
program = "sleep 4ms; crash; send jobs 1KiB"
[[process]]
name = "receiver"
program = "recv jobs"
"#,
    );
    check(
        &trace,
        "receiver",
        "1ms",
        &[
            "`receiver` waits for a message from `jobs` from 0ms to 4ms.",
            "From 4ms on, nobody is left who could send to `jobs`.",
        ],
    );
}

/// What stands between backticks.
fn quoted(sentence: &str) -> impl Iterator<Item = &str> {
    sentence.split('`').skip(1).step_by(2)
}

proptest! {
    #![proptest_config(support::cases(300))]

    /// Every task has an explanation at any instant, which names what the trace has and nothing
    /// else, and always says something of the task that was asked about.
    #[test]
    fn everything_can_be_explained(scenario in any_scenario(), pick in any::<u32>(), share in 0..=110_u64) {
        let trace = run(&scenario);
        let tasks: Vec<TaskId> = (0..trace.tasks.len() as u32).map(TaskId).collect();
        let mut known: HashSet<String> = tasks.iter().map(|task| trace.task_name(*task)).collect();
        known.extend((0..trace.resources.len() as u16).map(|it| trace.resource_name(it)));
        // Of what is waited for of a channel, the channel is named.
        known.extend(trace.resources.iter().map(|resource| resource.name.clone()));
        known.extend(trace.groups.iter().map(|group| group.process.clone()));
        let events: Vec<Nanos> = trace.events.iter().map(|event| event.at).collect();
        prop_assume!(!tasks.is_empty());
        let task = tasks[pick as usize % tasks.len()];
        let mut instants = vec![Nanos::ZERO, trace.end, Nanos(trace.end.0 / 100 * share)];
        instants.push(events[pick as usize % events.len()]);
        for at in instants {
            let words = explain_in_words(&trace, task, at);
            prop_assert!(words.iter().any(|sentence| sentence.contains(&trace.task_name(task))));
            for sentence in &words {
                prop_assert!(sentence.ends_with(['.', ':']), "{}", sentence);
                for name in quoted(sentence) {
                    prop_assert!(known.contains(name), "{} in {}", name, sentence);
                }
            }
        }
    }
}
