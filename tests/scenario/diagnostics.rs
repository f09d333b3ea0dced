//! What is said about texts with something wrong in them: the code, and the place it points at.

use timeslice::scenario::text::{Parsed, parse};
use timeslice::scenario::{Severity, limits};

const PROCESS: &str = "\n[[process]]\nname = \"a\"\nprogram = \"compute 5ms\"\n";

/// Reads the text and gives, for each complaint, its code and the text it points at.
fn complaints(text: &str) -> Vec<(&'static str, String)> {
    let parsed = parse(text);
    for diagnostic in &parsed.diagnostics {
        assert!(!diagnostic.message.is_empty());
        assert!(diagnostic.line >= 1 && diagnostic.column >= 1);
    }
    parsed
        .diagnostics
        .iter()
        .map(|diagnostic| (diagnostic.code, text[diagnostic.span.clone()].to_owned()))
        .collect()
}

/// Asserts that these are the complaints, and no others.
#[track_caller]
fn check(text: &str, expected: &[(&str, &str)]) {
    let found = complaints(text);
    let found: Vec<(&str, &str)> = found
        .iter()
        .map(|(code, at)| (*code, at.as_str()))
        .collect();
    assert_eq!(found, expected, "{text}\n{:#?}", parse(text).diagnostics);
}

/// The same, with the text in front of a process that is in order.
#[track_caller]
fn check_head(head: &str, expected: &[(&str, &str)]) {
    check(&format!("format = 1\n{head}{PROCESS}"), expected);
}

/// The same, for a program.
#[track_caller]
fn check_program(program: &str, expected: &[(&str, &str)]) {
    let text = format!("format = 1\n[[process]]\nname = \"a\"\nprogram = '''\n{program}'''\n");
    check(&text, expected);
}

fn first_hint(parsed: &Parsed) -> &str {
    parsed.diagnostics[0].hint.as_deref().unwrap_or("")
}

#[test]
fn text_that_is_not_toml() {
    for (broken, at) in [
        ("quantum = 10ms", "10ms"),
        ("policy = round-robin", "round-robin"),
        ("title = \"abc", "c"),
        ("a = 1\na = 2", "a"),
        ("cores", "s"),
        ("cores =", "="),
        ("[machine\ncores = 1", "e"),
        ("program = \"\"\"\ncompute 5ms\n", "\"\"\""),
        ("{\"format\": 1}", "{"),
        ("seed = 1 title = 2", "= 2"),
    ] {
        let found = complaints(broken);
        let syntax = found.iter().find(|(code, _)| *code == "toml-syntax");
        assert_eq!(syntax.map(|(_, at)| at.as_str()), Some(at), "{broken}");
    }
    let parsed = parse("format = 1\n[scheduler]\nquantum = 10ms\n");
    assert_eq!(parsed.diagnostics[0].line, 3);
    assert_eq!(parsed.diagnostics[0].column, 11);
    assert_eq!(first_hint(&parsed), "write `quantum = \"10ms\"`");
}

#[test]
fn what_stands_above_broken_toml_is_kept() {
    let parsed = parse("format = 1\ntitle = \"kept\"\n[machine]\ncores = 3\nsmt = oops\n");
    assert!(parsed.has_errors());
    assert_eq!(parsed.scenario.title, "kept");
    assert_eq!(parsed.scenario.machine.cores, 3);
}

#[test]
fn tasks_are_bound_to_hardware_threads_that_there_are() {
    let process = |key: &str| {
        format!(
            "format = 1\n[machine]\ncores = 2\n[[process]]\nname = \"a\"\n{key}\nprogram = \"compute 1ms\"\n"
        )
    };
    check(&process("affinity = [0, 1]"), &[]);
    check(&process("affinity = [0, 2]"), &[("out-of-range", "[0, 2]")]);
    check(&process("affinity = [256]"), &[("out-of-range", "256")]);
    check(&process("affinity = 1"), &[("wrong-type", "1")]);
    check(&process("affinity = [\"0\"]"), &[("wrong-type", "\"0\"")]);
}

#[test]
fn only_threads_with_a_program_have_jobs() {
    let event_loop = "[[process.thread]]\nname = \"loop\"\n[[process.thread.coroutine]]\nname = \"c\"\nprogram = \"compute 1ms\"\n";
    let text = format!("format = 1\n[[process]]\nname = \"a\"\nperiod = \"5ms\"\n{event_loop}");
    check(&text, &[("periodic-event-loop", "\"5ms\"")]);
    let text = "format = 1\nrun_as = \"hybrid\"\n[[process]]\nname = \"a\"\ndeadline = \"5ms\"\nprogram = \"compute 1ms\"\n";
    check(text, &[("periodic-event-loop", "\"5ms\"")]);
    let process = |key: &str| {
        format!("format = 1\n[[process]]\nname = \"a\"\n{key}\nprogram = \"compute 1ms\"\n")
    };
    check(&process("period = \"5ms\"\njobs = 3"), &[]);
    check(&process("period = \"5ns\""), &[("out-of-range", "\"5ns\"")]);
    check(&process("jobs = 0"), &[("out-of-range", "0")]);
    check(&process("jobs = 50001"), &[("out-of-range", "50001")]);
}

#[test]
fn keys_and_values() {
    check_head("[machine]\ncorse = 2", &[("unknown-key", "corse")]);
    check_head("quantum = \"1ms\"", &[("unknown-key", "quantum")]);
    check_head("[machine]\ncores = 0", &[("out-of-range", "0")]);
    check_head("[machine]\ncores = 65", &[("out-of-range", "65")]);
    check_head("[machine]\ncores = \"two\"", &[("wrong-type", "\"two\"")]);
    check_head("[machine]\nsmt = 3", &[("out-of-range", "3")]);
    check_head("[machine]\nsmt = 2\nsmt_throughput = 2.0", &[]);
    check_head(
        "[machine]\nsmt = 2\nsmt_throughput = 2.001",
        &[("out-of-range", "2.001")],
    );
    check_head(
        "[scheduler]\naging = \"5us\"",
        &[("out-of-range", "\"5us\"")],
    );
    check_head("[scheduler]\nlevels = 65", &[("out-of-range", "65")]);
    check_head("[scheduler]\npreemptive = 1", &[("wrong-type", "1")]);
    check_head(
        "[scheduler]\nquanta = \"8ms\"",
        &[("wrong-type", "\"8ms\"")],
    );
    check_head(
        "[scheduler]\nquanta = [\"8ms\", 16, \"1\", true]",
        &[
            ("missing-unit", "16"),
            ("missing-unit", "\"1\""),
            ("wrong-type", "true"),
        ],
    );
    let many = format!("[{}]", vec!["\"1ms\""; 65].join(", "));
    check_head(
        &format!("[scheduler]\nquanta = {many}"),
        &[("out-of-range", &many)],
    );
    check_head(
        "[machine]\nsmt_throughput = 9.5",
        &[("out-of-range", "9.5")],
    );
    check_head(
        "[machine]\nsmt_throughput = 1.23456",
        &[("bad-number", "1.23456")],
    );
    check_head(
        "[machine]\nsmt_throughput = nan",
        &[("out-of-range", "nan")],
    );
    check_head("[machine]\nmemory = \"8\"", &[("missing-unit", "\"8\"")]);
    check_head("[machine]\nmemory = 8", &[("missing-unit", "8")]);
    check_head("[machine]\nmemory = \"8GB\"", &[("bad-size", "\"8GB\"")]);
    check_head(
        "[scheduler]\nquantum = \"10\"",
        &[("missing-unit", "\"10\"")],
    );
    check_head("[scheduler]\nquantum = 10", &[("missing-unit", "10")]);
    check_head(
        "[scheduler]\nquantum = \"0ms\"",
        &[("out-of-range", "\"0ms\"")],
    );
    check_head(
        "[scheduler]\nquantum = \"2 days\"",
        &[("bad-duration", "\"2 days\"")],
    );
    check_head("[scheduler]\nquantum = \"48000s\"", &[]);
    check_head(
        "[scheduler]\nquantum = \"100000s\"",
        &[("out-of-range", "\"100000s\"")],
    );
    check_head(
        "[scheduler]\npolicy = \"roundrobin\"",
        &[("unknown-word", "\"roundrobin\"")],
    );
    check_head("seed = -1", &[("out-of-range", "-1")]);
    check_head("title = 3", &[("wrong-type", "3")]);
    check_head("machine = 3", &[("wrong-type", "3")]);
    check_head("[[machine]]\ncores = 2", &[("wrong-type", "[[machine]]")]);
    check_head(
        "[[device]]\nname = \"disk\"\nchannels = 0",
        &[("out-of-range", "0")],
    );
    check_head(
        "[[barrier]]\nname = \"b\"",
        &[("missing-key", "[[barrier]]")],
    );
    check_head(
        "[[semaphore]]\ncount = 1",
        &[("missing-key", "[[semaphore]]")],
    );
    check_head(
        "[[semaphore]]\nname = \"s\"\n[[semaphore]]\nname = \"s\"",
        &[("duplicate-name", "\"s\"")],
    );
    let long = "x".repeat(limits::NAME_CHARS + 1);
    check_head(
        &format!("[[mutex]]\nname = \"{long}\""),
        &[("too-long", &format!("\"{long}\""))],
    );
    check_head("[[mutex]]\nname = \"a b\"", &[("bad-name", "\"a b\"")]);
    check_head("[[mutex]]\nname = \"\"", &[("bad-name", "\"\"")]);
}

#[test]
fn a_missing_unit_comes_with_what_to_write() {
    let parsed = parse(&format!("format = 1\n[scheduler]\nquantum = 10{PROCESS}"));
    let hint = first_hint(&parsed);
    assert!(hint.starts_with("write `\"10ms\"`"), "{hint}");
    let parsed = parse(&format!("format = 1\n[machine]\ncorse = 2{PROCESS}"));
    assert_eq!(first_hint(&parsed), "did you mean `cores`?");
}

#[test]
fn formats() {
    check(PROCESS, &[("format-missing", "")]);
    assert!(!parse(PROCESS).has_errors(), "it is only a note");
    check(&format!("format = 2{PROCESS}"), &[("format-unknown", "2")]);
    check(&format!("format = 0{PROCESS}"), &[("format-unknown", "0")]);
    check(
        &format!("format = \"1\"{PROCESS}"),
        &[("format-unknown", "\"1\"")],
    );
}

#[test]
fn processes_and_their_parts() {
    check("format = 1\n", &[("empty-scenario", "")]);
    check("", &[("format-missing", ""), ("empty-scenario", "")]);
    check(
        "format = 1\n[[process]]\nname = \"a\"\n",
        &[("missing-body", "[[process]]")],
    );
    check(
        "format = 1\n[[process]]\nname = \"a\"\nprogram = \"exit\"\n[[process.thread]]\nname = \"t\"\nprogram = \"exit\"\n",
        &[("two-bodies", "\"exit\"")],
    );
    check(
        "format = 1\n[process]\nname = \"a\"\nprogram = \"exit\"\n",
        &[("wrong-type", "[process]")],
    );
    check(
        &format!("format = 1\n{PROCESS}{PROCESS}"),
        &[("duplicate-name", "\"a\"")],
    );
    check(
        "format = 1\n[[process]]\nname = \"a\"\nprogram = \"\"\n",
        &[("does-nothing", "\"\"")],
    );
    check(
        "format = 1\n[[process]]\nname = \"a\"\ncount = 0\nprogram = \"exit\"\n",
        &[("nothing-starts", "[[process]]"), ("never-started", "0")],
    );
    check(
        "format = 1\n[[process]]\nname = \"a\"\ngil = true\nprogram = \"exit\"\n",
        &[],
    );
    check(
        "format = 1\n[[process]]\nname = \"a\"\ngil = true\ngil_interval = \"10ns\"\nprogram = \"exit\"\n",
        &[("out-of-range", "\"10ns\"")],
    );
}

#[test]
fn templates_and_what_spawns_them() {
    let with_child = |count: &str, child: &str| {
        format!(
            "format = 1\n[[process]]\nname = \"a\"\n[[process.thread]]\nname = \"t\"\nprogram = \"spawn {child}; join\"\n[[process.thread]]\nname = \"child\"\n{count}program = \"compute 1ms\"\n"
        )
    };
    check(&with_child("count = 0\n", "child"), &[]);
    check(
        &with_child("", "child"),
        &[("started-and-spawned", "[[process.thread]]")],
    );
    check(
        &with_child("count = 0\n", "chlid"),
        &[("unknown-name", "spawn chlid"), ("never-started", "0")],
    );
    // A task that makes more of its own kind is meant to.
    check_program("spawn a", &[]);
}

#[test]
fn too_many_tasks_after_counting_out() {
    let text = "format = 1\n[[process]]\nname = \"a\"\ncount = 4294967295\n[[process.thread]]\nname = \"t\"\ncount = 4294967295\n[[process.thread.coroutine]]\nname = \"c\"\ncount = 4294967295\nprogram = \"exit\"\n";
    check(
        text,
        &[
            ("too-many-threads", "4294967295"),
            ("too-many-coroutines", "4294967295"),
        ],
    );
    check(
        "format = 1\n[[process]]\nname = \"a\"\ncount = 2000\nprogram = \"exit\"\n",
        &[],
    );
    check(
        "format = 1\n[[process]]\nname = \"a\"\ncount = 2001\nprogram = \"exit\"\n",
        &[("too-many-threads", "2001")],
    );
}

#[test]
fn programs() {
    check_program("compute 5", &[("missing-unit", "5")]);
    check_program("compute 5 ms", &[("missing-unit", "5")]);
    check_program("compute", &[("missing-argument", "e")]);
    check_program("compute 5ms 6ms", &[("unexpected-text", "6ms")]);
    check_program(
        "compute 5ms io disk 3ms",
        &[("unexpected-text", "io disk 3ms")],
    );
    check_program("compute -5ms", &[("bad-duration", "-5ms")]);
    check_program("compute 2days", &[("bad-duration", "2days")]);
    check_program("io 5ms", &[("missing-argument", "5ms")]);
    check_program("io disk", &[("missing-argument", "k")]);
    check_program("comptue 5ms; exit", &[("unknown-statement", "comptue")]);
    check_program("compute(5ms)", &[("unknown-statement", "compute(5ms)")]);
    check_program("repeat 5 {\n  compute 1ms\n", &[("unclosed-block", "{")]);
    check_program("compute 1ms\n}\nexit", &[("unopened-block", "}")]);
    check_program("{ compute 1ms }", &[("unexpected-text", "{")]);
    check_program("repeat { compute 1ms }", &[("missing-argument", " ")]);
    check_program("repeat 5", &[("missing-argument", "5")]);
    check_program("repeat x { compute 1ms }", &[("bad-number", "x")]);
    check_program(
        "repeat 1000000000 { compute 1ms }",
        &[("out-of-range", "1000000000")],
    );
    check_program("repeat 1000000 { compute 1ms }", &[]);
    check_program("repeat 2 { }", &[("does-nothing", "repeat 2")]);
    check_program("exit\ncompute 1ms", &[("unreachable", "compute 1ms")]);
    check_program("await net 1ms", &[("await-in-thread", "await net 1ms")]);
    check_program("lock a; unlock a", &[]);
    check_program("atomic x = 3", &[("missing-argument", " ")]);
    check_program("log", &[("missing-argument", "g")]);
    check_program("wait slots", &[("unknown-name", "wait slots")]);
    check_program("spawn nobody", &[("unknown-name", "spawn nobody")]);
}

#[test]
fn an_unclosed_brace_points_at_the_brace_that_opens() {
    let text = "format = 1\n[[process]]\nname = \"a\"\nprogram = \"\"\"\nrepeat 2 {\n  repeat 3 {\n    compute 1ms\n}\n\"\"\"\n";
    let parsed = parse(text);
    assert_eq!(parsed.diagnostics.len(), 1);
    let unclosed = &parsed.diagnostics[0];
    assert_eq!(
        (unclosed.code, unclosed.line, unclosed.column),
        ("unclosed-block", 5, 10)
    );
}

#[test]
fn nesting_and_length_are_bounded() {
    let nested = |depth: usize| {
        format!(
            "{}compute 1ms{}",
            "repeat 2 { ".repeat(depth),
            " }".repeat(depth)
        )
    };
    check_program(&nested(limits::PROGRAM_DEPTH), &[]);
    check_program(&nested(limits::PROGRAM_DEPTH + 1), &[("too-deep", "{")]);
    check_program(&nested(10_000), &[("too-deep", "{")]);
    let long = "yield\n".repeat(limits::PROGRAM_STATEMENTS);
    check_program(&long, &[]);
    check_program(&format!("{long}yield"), &[("too-many-statements", "yield")]);
    let text = format!("# {}", "x".repeat(limits::TEXT_BYTES));
    let parsed = parse(&text);
    assert_eq!(parsed.diagnostics[0].code, "text-too-long");
    let many = "[[mutex]]\nname = \"m\"\n".repeat(limits::DECLARATIONS + 1);
    let parsed = parse(&format!("format = 1\n{many}{PROCESS}"));
    assert!(
        parsed
            .diagnostics
            .iter()
            .any(|it| it.code == "too-many-declarations")
    );
    assert_eq!(
        parsed.diagnostics.len(),
        limits::DIAGNOSTICS + 1,
        "the rest is counted"
    );
    assert_eq!(
        parsed.diagnostics.last().map(|it| it.severity),
        Some(Severity::Error)
    );
}

#[test]
fn a_slip_in_a_name_that_is_implied_is_noticed() {
    check(
        "format = 1\n[[device]]\nname = \"disk\"\n[[process]]\nname = \"a\"\nprogram = \"io dsik 5ms; io network 1ms\"\n",
        &[("similar-name", "io dsik 5ms")],
    );
}

#[test]
fn thousands_of_slips_are_not_compared_with_thousands_of_names() {
    use std::fmt::Write;
    let mut text = "format = 1\n".to_owned();
    for device in 0..2_000 {
        write!(text, "[[device]]\nname = \"device{device}\"\n").unwrap();
    }
    text.push_str("[[process]]\nname = \"a\"\nprogram = \"\"\"\n");
    for slip in 0..9_000 {
        writeln!(text, "io dev{slip}x 1s").unwrap();
    }
    text.push_str("\"\"\"\n");
    // Eighteen million comparisons would take minutes in this build; ten lists of names are enough.
    let parsed = parse(&text);
    assert!(!parsed.has_errors());
    assert!(
        parsed.diagnostics.len() <= 10,
        "{}",
        parsed.diagnostics.len()
    );
}

#[test]
fn a_thread_that_hides_a_process_of_its_name_is_noted() {
    let text = |name: &str| {
        format!(
            "format = 1\n[[process]]\nname = \"main\"\nprogram = \"spawn {name}\"\n[[process]]\nname = \"hand\"\ncount = 0\nprogram = \"exit\"\n"
        )
    };
    check(
        &text("main"),
        &[("nearest-name", "spawn main"), ("never-started", "0")],
    );
    check(&text("hand"), &[]);
}
