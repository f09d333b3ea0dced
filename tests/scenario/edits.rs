//! Changes of a text: the rest of it, comments and layout included, stays as it was.

use proptest::prelude::*;
use timeslice::base::Nanos;
use timeslice::scenario::edit::{self, EditError};
use timeslice::scenario::text::{parse, print};

use crate::strategies::scenario;

const TEXT: &str = r#"# A mix for the lecture
format = 1
title = "Two"   # short

[scheduler]
# the textbook's
quantum = "4ms"

# The first one
[[process]]
name = "a"
program = """
compute 5ms
"""

# The second one,
# in two lines
[[process]]
name = "b"
  [[process.thread]]
  name = "t"
  program = "compute 1ms"
  # a comment at its end
"#;

/// What `change` does to the text, as the lines taken out (`-`) and put in (`+`).
fn difference(after: &str) -> Vec<String> {
    let (old, new): (Vec<&str>, Vec<&str>) = (TEXT.lines().collect(), after.lines().collect());
    let same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let rest = (old.len() - same).min(new.len() - same);
    let tail = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take(rest)
        .take_while(|(a, b)| a == b)
        .count();
    let gone = old[same..old.len() - tail]
        .iter()
        .map(|it| format!("-{it}"));
    let come = new[same..new.len() - tail]
        .iter()
        .map(|it| format!("+{it}"));
    gone.chain(come).collect()
}

#[track_caller]
fn check(changed: Result<String, EditError>, expected: &[&str]) {
    let changed = changed.unwrap();
    let parsed = parse(&changed);
    assert!(!parsed.has_errors(), "{changed}\n{:?}", parsed.diagnostics);
    assert_eq!(difference(&changed), expected, "{changed}");
}

#[test]
fn setting_a_value_changes_nothing_else() {
    check(
        edit::set(TEXT, "scheduler.quantum", "1ms"),
        &["-quantum = \"4ms\"", "+quantum = \"1ms\""],
    );
    check(
        edit::set(TEXT, "title", "Drei"),
        &["-title = \"Two\"   # short", "+title = \"Drei\"   # short"],
    );
    check(
        edit::set(TEXT, "scheduler.policy", "fifo"),
        &["+policy = \"fifo\""],
    );
    check(edit::set(TEXT, "seed", "7"), &["+seed = 7"]);
    check(
        edit::set(TEXT, "machine.cores", "2"),
        &["+[machine]", "+cores = 2", "+"],
    );
    check(
        edit::set(TEXT, "machine.cost.thread_switch", "2us"),
        &["+[machine.cost]", "+thread_switch = \"2us\"", "+"],
    );
    check(
        edit::set(TEXT, "process.1.thread.0.count", "3"),
        &["+  count = 3"],
    );
    check(
        edit::set(TEXT, "process.b.thread.t.count", "3"),
        &["+  count = 3"],
    );
    check(
        edit::set(TEXT, "process.0.program", "compute 1ms\nexit\n"),
        &["-compute 5ms", "+compute 1ms", "+exit"],
    );
    check(edit::unset(TEXT, "title"), &["-title = \"Two\"   # short"]);
    check(edit::unset(TEXT, "machine.cores"), &[]);
}

#[test]
fn tables_may_be_written_in_other_ways() {
    let inline = "format = 1\nmachine = { cores = 2 }\nscheduler.policy = \"fifo\"\nprocess = [{ name = \"a\", program = \"exit\" }]\n";
    let changed = edit::set(inline, "machine.cores", "3").unwrap();
    assert!(changed.contains("machine = { cores = 3 }"), "{changed}");
    let changed = edit::set(inline, "scheduler.quantum", "1ms").unwrap();
    assert_eq!(
        parse(&changed).scenario.scheduler.quantum,
        Nanos::from_ms(1)
    );
    let changed = edit::set(inline, "machine.cost.thread_switch", "1us").unwrap();
    assert_eq!(
        parse(&changed).scenario.machine.cost.thread_switch,
        Some(Nanos::from_us(1)),
        "{changed}"
    );
    let changed = edit::set(inline, "process.a.count", "3").unwrap();
    assert_eq!(parse(&changed).scenario.processes[0].count, 3, "{changed}");
    assert!(matches!(
        edit::remove_process(inline, 0),
        Err(EditError::Missing { .. } | EditError::Unusual { .. })
    ));
    let only_cost = "format = 1\n[machine.cost]\nthread_switch = \"1us\"\n[[process]]\nname = \"a\"\nprogram = \"exit\"\n";
    let changed = edit::set(only_cost, "machine.cores", "3").unwrap();
    assert_eq!(parse(&changed).scenario.machine.cores, 3, "{changed}");
    assert!(!parse(&changed).has_errors(), "{changed}");
}

#[test]
fn what_is_wrong_with_a_change_is_named() {
    for (key, value, says) in [
        ("quantum", "1ms", "did you mean `scheduler.quantum`?"),
        (
            "scheduler.quantom",
            "1ms",
            "did you mean `scheduler.quantum`?",
        ),
        ("machine.core", "1", "did you mean `machine.cores`?"),
        ("elephant", "1", "no key `elephant`"),
        ("machine", "1", "such as `machine.cores`"),
        ("process.0", "1", "such as `process.0.name`"),
        ("machine.cores", "two", "must be a whole number"),
        ("machine.cores", "0", "between 1 and 64"),
        ("scheduler.quantum", "10", "without a unit; write `10ms`"),
        (
            "scheduler.policy",
            "roundrobin",
            "did you mean `round-robin`?",
        ),
        ("process.7.count", "1", "there is no `process.7`"),
        ("process.c.count", "1", "there is no `process.c`"),
        ("", "1", "no key ``"),
        ("machine.cores.x", "1", "no key `machine.cores.x`"),
    ] {
        let error = edit::set(TEXT, key, value).unwrap_err().to_string();
        assert!(error.contains(says), "{key}={value}: {error}");
    }
    let error = edit::set("a = = 1", "seed", "1").unwrap_err().to_string();
    assert!(
        error.contains("not TOML") && error.contains("line 1"),
        "{error}"
    );
}

#[test]
fn processes_come_and_go_with_their_comments() {
    let new = "[[process]]\nname = \"c\"\nprogram = \"exit\"\n";
    check(
        edit::insert_process(TEXT, Some(0), new),
        &["+[[process]]", "+name = \"c\"", "+program = \"exit\"", "+"],
    );
    check(
        edit::insert_process(TEXT, None, new),
        &["+[[process]]", "+name = \"c\"", "+program = \"exit\"", "+"],
    );
    check(
        edit::insert_process(TEXT, Some(1), new),
        &["+", "+[[process]]", "+name = \"c\"", "+program = \"exit\""],
    );
    check(
        edit::remove_process(TEXT, 0),
        &[
            "-# The first one",
            "-[[process]]",
            "-name = \"a\"",
            "-program = \"\"\"",
            "-compute 5ms",
            "-\"\"\"",
            "-",
        ],
    );
    let twice = edit::duplicate_process(TEXT, 1).unwrap();
    let twice = edit::duplicate_process(&twice, 1).unwrap();
    let names: Vec<String> = parse(&twice)
        .scenario
        .processes
        .iter()
        .map(|process| process.name.clone())
        .collect();
    assert_eq!(names, ["a", "b", "b-3", "b-2"]);
    assert!(!parse(&twice).has_errors(), "{twice}");
    assert!(matches!(
        edit::insert_process(TEXT, None, "[machine]\ncores = 2"),
        Err(EditError::BadTable { .. })
    ));
    assert!(matches!(
        edit::insert_process(TEXT, None, &format!("{new}{new}")),
        Err(EditError::BadTable { .. })
    ));
    assert!(matches!(
        edit::remove_process(TEXT, 2),
        Err(EditError::Missing { .. })
    ));
}

#[test]
fn threads_and_coroutines_make_room_for_themselves() {
    let thread = "[[process.thread]]\nname = \"u\"\nprogram = \"exit\"";
    let changed = edit::insert_thread(TEXT, 0, Some(0), thread).unwrap();
    let process = &parse(&changed).scenario.processes[0];
    let names: Vec<&str> = process.threads.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["main", "u"], "{changed}");
    assert!(!parse(&changed).has_errors());
    assert!(changed.contains("# The second one,\n# in two lines\n[[process]]\nname = \"b\""));

    let coroutine = "[[process.thread.coroutine]]\nname = \"d\"\nprogram = \"exit\"";
    let changed = edit::insert_coroutine(TEXT, (1, 0), Some(0), coroutine).unwrap();
    assert!(!parse(&changed).has_errors(), "{changed}");
    let again = edit::remove_coroutine(&changed, (1, 0), 0).unwrap();
    assert!(!parse(&again).has_errors(), "{again}");

    let two = edit::duplicate_thread(TEXT, 1, 0).unwrap();
    assert_eq!(parse(&two).scenario.processes[1].threads[1].name, "t-2");
    let one = edit::remove_thread(&two, 1, 0).unwrap();
    assert_eq!(parse(&one).scenario.processes[1].threads[0].name, "t-2");
}

#[test]
fn resources_stand_before_the_processes() {
    let changed = edit::insert_resource(TEXT, "device", "[[device]]\nname = \"disk\"").unwrap();
    assert!(
        changed.find("[[device]]") < changed.find("# The first one"),
        "{changed}"
    );
    let changed = edit::insert_resource(&changed, "device", "[[device]]\nname = \"net\"").unwrap();
    assert_eq!(parse(&changed).scenario.devices[1].name, "net");
    let changed = edit::remove_resource(&changed, "device", 0).unwrap();
    let changed = edit::remove_resource(&changed, "device", 0).unwrap();
    assert_eq!(changed, TEXT);
}

proptest! {
    #[test]
    fn edits_of_any_scenario_do_what_they_say(scenario in scenario(), cores in 1_u32..=64) {
        let text = print(&scenario);
        let changed = edit::set(&text, "machine.cores", &cores.to_string()).unwrap();
        prop_assert_eq!(parse(&changed).scenario.machine.cores, cores);
        let table = "[[process]]\nname = \"new\"\nprogram = \"exit\"";
        for at in 0..scenario.processes.len() {
            let more = edit::insert_process(&text, Some(at), table).unwrap();
            prop_assert_eq!(&parse(&more).scenario.processes[at + 1].name, "new");
            let back = edit::remove_process(&more, at + 1).unwrap();
            prop_assert_eq!(&parse(&back).scenario, &scenario);
        }
    }
}
