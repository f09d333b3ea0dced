//! The command line, as a shell sees it: what it prints, where, and its exit code.

#![cfg(not(target_arch = "wasm32"))]

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use timeslice::content::gallery;

struct Run {
    code: i32,
    out: String,
    err: String,
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_timeslice"));
    command.args(arguments);
    command
}

fn done(output: Output) -> Run {
    Run {
        code: output.status.code().expect("it ends by itself"),
        out: String::from_utf8(output.stdout).expect("it prints UTF-8"),
        err: String::from_utf8(output.stderr).expect("it prints UTF-8"),
    }
}

fn timeslice(arguments: &[&str]) -> Run {
    done(command(arguments).output().expect("it starts"))
}

/// With a text on standard input.
fn with_input(arguments: &[&str], text: &[u8]) -> Run {
    let mut child = command(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut input = child.stdin.take().expect("it was piped");
    // A child that has seen enough closes the pipe; what it says then is what is tested.
    let _ = input.write_all(text);
    drop(input);
    done(child.wait_with_output().expect("it ends"))
}

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}: {}", run.out))
}

const MINIMAL: &str = "format = 1\n[[process]]\nname = \"a\"\nprogram = \"compute 5ms\"\n";

#[test]
fn help_and_version() {
    for arguments in [
        &["--help"][..],
        &["-h"],
        &["help"],
        &[],
        &["run", "--help"],
        &["help", "run"],
        &["check", "--help"],
        &["link", "--help"],
        &["open", "--help"],
        &["trace", "--help"],
        &["explain", "--help"],
        &["compare", "--help"],
        &["export", "--help"],
    ] {
        let run = timeslice(arguments);
        assert_eq!(run.code, 0, "{arguments:?}");
        assert!(run.out.contains("usage: timeslice"), "{arguments:?}");
        let widest = run.out.lines().map(str::len).max();
        assert!(widest <= Some(100), "{arguments:?} fits a terminal");
    }
    assert!(timeslice(&["--version"]).out.starts_with("timeslice "));
}

#[test]
fn wrong_usage() {
    for (arguments, says) in [
        (&["rnu", "mix.toml"][..], "no command `rnu`"),
        (&["run"], "the file is missing"),
        (&["run", "a", "b"], "one file"),
        (&["run", "no-such-file.toml"], "cannot be read"),
        (&["run", "gallery:nothing"], "it has desktop"),
        (&["run", "gallery:textbook", "--jason"], "--jason"),
        (&["open", "gallery:textbook", "--json"], "--json"),
        (&["run", "gallery:textbook", "--set"], "--set"),
        (&["run", "gallery:textbook", "--set", "cores"], "has no `=`"),
        (
            &["run", "gallery:textbook", "--set", "quantum=1ms"],
            "did you mean `scheduler.quantum`?",
        ),
        (
            &["run", "gallery:textbook", "--set", "machine.cores=0"],
            "between 1 and 64",
        ),
        (
            &["run", "gallery:textbook", "--set", "scheduler.quantum=10"],
            "write `10ms`",
        ),
        (&["run", "gallery:textbook", "--max-events", "many"], "many"),
        (&["explain", "gallery:textbook"], "--task NAME"),
        (
            &["explain", "gallery:textbook", "--task", "p2"],
            "did you mean `P2`?",
        ),
        (
            &["explain", "gallery:textbook", "--task", "P2", "--at", "3"],
            "write `--at 12ms`",
        ),
        (&["compare", "gallery:textbook"], "--by policy"),
        (&["compare", "gallery:textbook", "--by", "colour"], "colour"),
        (
            &[
                "compare",
                "gallery:textbook",
                "--by",
                "cores",
                "--values",
                "2,x",
            ],
            "`machine.cores` is",
        ),
        (&["export", "gallery:textbook"], "--csv tasks"),
        (&["export", "gallery:textbook", "--csv", "rows"], "rows"),
        (&["run", "gallery:textbook", "--svg"], "--svg"),
    ] {
        let run = timeslice(arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {}", run.err);
        assert!(run.err.contains(says), "{arguments:?}: {}", run.err);
        assert!(run.out.is_empty());
    }
}

#[test]
fn a_run_as_json() {
    let run = timeslice(&["run", "gallery:textbook", "--json"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let report = json(&run);
    assert_eq!(report["schema"], 1);
    assert_eq!(report["outcome"], "finished");
    assert_eq!(report["end_ns"], 30_000_000);
    // Silberschatz, Galvin and Gagne: with a quantum of 4 the three wait 6, 4 and 7.
    let waiting = [6_000_000, 4_000_000, 7_000_000];
    for (task, waiting) in report["tasks"].as_array().unwrap().iter().zip(waiting) {
        assert_eq!(task["waiting_ns"], waiting, "{task}");
        assert_eq!(task["state"], "finished");
    }
    assert_eq!(report["totals"]["makespan_ns"], 30_000_000);
    assert_eq!(report["variables"], serde_json::json!({}));
    assert_eq!(report["diagnostics"], serde_json::json!([]));
    let keys: Vec<usize> = [
        "schema",
        "outcome",
        "end_ns",
        "tasks",
        "cores",
        "totals",
        "diagnostics",
    ]
    .iter()
    .map(|key| run.out.find(&format!("\"{key}\":")).unwrap())
    .collect();
    assert!(keys.is_sorted(), "in the order of the documentation");
}

#[test]
fn a_run_to_read() {
    let run = timeslice(&["run", "gallery:desktop", "--width", "80"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    for part in [
        "Writing, with",
        "2 cores",
        "Finished after",
        "spelling",
        "core 1",
        "A writer",
    ] {
        assert!(run.out.contains(part), "{part}: {}", run.out);
    }
    let wide: Vec<&str> = run.out.lines().filter(|line| line.contains('|')).collect();
    assert_eq!(wide.len(), 2, "one row a hardware thread");
    assert!(
        wide.iter().all(|row| row.chars().count() == 80),
        "{}",
        run.out
    );
    let narrow = timeslice(&["run", "gallery:desktop", "--width", "50"]);
    let row = narrow.out.lines().find(|line| line.contains('|')).unwrap();
    assert_eq!(row.chars().count(), 50);
}

#[test]
fn many_alike_share_a_line() {
    let run = timeslice(&["run", "gallery:event-loop"]);
    assert!(run.out.contains("server/loop/request ×100"), "{}", run.out);
    assert!(run.out.lines().count() < 25);
}

#[test]
fn values_can_be_replaced() {
    let end = |arguments: &[&str]| {
        let mut all = vec!["run", "gallery:batch", "--json"];
        all.extend(arguments);
        json(&timeslice(&all))["end_ns"].as_u64().unwrap()
    };
    // Four jobs of 60 ms.
    assert_eq!(end(&[]), 60_000_000);
    assert_eq!(end(&["--set", "machine.cores=1"]), 240_000_000);
    assert_eq!(
        end(&[
            "--set",
            "machine.cores=1",
            "--set",
            "process.batch.thread.0.count=2"
        ]),
        120_000_000
    );
    assert_eq!(
        end(&[
            "--set",
            "process.0.thread.job.program=compute 1ms; compute 2ms"
        ]),
        3_000_000
    );
}

#[test]
fn limits_can_be_changed() {
    let run = timeslice(&["run", "gallery:desktop", "--json", "--max-events", "10"]);
    assert_eq!(run.code, 0, "a limit reached is a result");
    assert_eq!(json(&run)["outcome"], "limit");
    assert_eq!(json(&run)["limit"], "events");
    let run = timeslice(&["run", "gallery:many-tabs", "--max-tasks", "11"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("error[too-many-threads]"), "{}", run.err);
}

#[test]
fn a_run_that_goes_nowhere_says_so() {
    let text = MINIMAL.replace("compute 5ms", "forever { yield }");
    let run = with_input(&["run", "-"], text.as_bytes());
    assert_eq!(run.code, 0);
    assert!(run.out.contains("Livelock suspected at 0ms"), "{}", run.out);
    assert!(
        !run.out.contains("mean turnaround"),
        "nobody finished: {}",
        run.out
    );
}

#[test]
fn a_text_may_come_from_standard_input() {
    let run = with_input(&["run", "-", "--json"], MINIMAL.as_bytes());
    assert_eq!(run.code, 0);
    assert_eq!(json(&run)["end_ns"], 5_000_000);
}

/// Bad input: the code, and the place as `line:column`.
#[test]
fn bad_input_is_explained_with_its_place() {
    let program = |program: &str| {
        format!("format = 1\n[[process]]\nname = \"a\"\nprogram = \"\"\"\n{program}\n\"\"\"\n")
    };
    let head =
        |head: &str| format!("format = 1\n{head}\n[[process]]\nname = \"a\"\nprogram = \"exit\"\n");
    let cases = [
        ("format = 1\n[[process]\n".to_owned(), "toml-syntax", "2:10"),
        (head("[scheduler]\nquantum = 10ms"), "toml-syntax", "3:11"),
        (head("[machine]\ncorse = 2"), "unknown-key", "3:1"),
        (
            head("[scheduler]\nquantum = \"10\""),
            "missing-unit",
            "3:11",
        ),
        (head("[machine]\ncores = 0"), "out-of-range", "3:9"),
        (head("[machine]\ncores = 1000"), "out-of-range", "3:9"),
        (
            program("repeat 5 {\n  compute 5ms"),
            "unclosed-block",
            "5:10",
        ),
        (program("compute 5"), "missing-unit", "5:9"),
        (
            program("compute 5ms\nrepeat 1000000000 { yield }"),
            "out-of-range",
            "6:8",
        ),
        (program("frobnicate 5ms"), "unknown-statement", "5:1"),
        (
            "format = 9\n[[process]]\nname = \"a\"\nprogram = \"exit\"\n".to_owned(),
            "format-unknown",
            "1:10",
        ),
        ("format = 1\n".to_owned(), "empty-scenario", "1:11"),
    ];
    for (text, code, place) in cases {
        let run = with_input(&["run", "-"], text.as_bytes());
        assert_eq!(run.code, 1, "{text}");
        assert!(run.out.is_empty(), "nothing is run: {}", run.out);
        assert!(
            run.err.contains(&format!("error[{code}]")),
            "{text}\n{}",
            run.err
        );
        assert!(
            run.err.contains(&format!("<standard input>:{place}")),
            "{text}\n{}",
            run.err
        );
        assert!(!run.err.contains('\u{1b}'), "no colour in a pipe");
    }
    let huge = with_input(&["check", "-"], "#".repeat(300_000).as_bytes());
    assert_eq!(huge.code, 1);
    assert!(huge.err.contains("256 KiB"), "{}", huge.err);
    let binary = with_input(&["check", "-"], b"format = 1\n\xff\xfe");
    assert_eq!(binary.code, 1);
    assert!(
        binary.err.contains("not UTF-8 text: line 2"),
        "{}",
        binary.err
    );
}

#[test]
fn warnings_do_not_keep_it_from_running() {
    let text = MINIMAL.replace("compute 5ms", "exit; compute 5ms");
    let run = with_input(&["run", "-"], text.as_bytes());
    assert_eq!(run.code, 0);
    assert!(run.err.contains("warning[unreachable]"), "{}", run.err);
    assert!(run.out.contains("Finished"));
    let run = with_input(&["run", "-", "--json"], text.as_bytes());
    assert_eq!(json(&run)["diagnostics"][0]["code"], "unreachable");
}

#[test]
fn several_files_are_checked_one_by_one() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let (good, bad) = (folder.join("good.toml"), folder.join("bad.toml"));
    std::fs::write(&good, MINIMAL).unwrap();
    std::fs::write(&bad, "format = 1\n[machine]\ncores = 0\n").unwrap();
    let (good, bad) = (good.to_str().unwrap(), bad.to_str().unwrap());
    let run = timeslice(&["check", bad, good]);
    assert_eq!(run.code, 1);
    assert!(run.out.contains(&format!("{bad}: 2 errors")), "{}", run.out);
    assert!(
        run.out.contains(&format!("{good}: in order")),
        "{}",
        run.out
    );
    assert!(run.err.contains(&format!("{bad}:3:9")), "{}", run.err);
    let run = timeslice(&["check", good, "--json"]);
    assert_eq!(
        (run.code, json(&run)["diagnostics"].clone()),
        (0, serde_json::json!([]))
    );
}

#[test]
fn the_whole_gallery_is_in_order() {
    let names: Vec<String> = gallery()
        .iter()
        .map(|entry| format!("gallery:{}", entry.slug))
        .collect();
    let mut arguments = vec!["check"];
    arguments.extend(names.iter().map(String::as_str));
    let run = timeslice(&arguments);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert!(
        run.out.lines().all(|line| line.ends_with(": in order")),
        "{}",
        run.out
    );
}

#[test]
fn links_there_and_back() {
    let text = format!("# a comment\n{MINIMAL}");
    let run = with_input(&["link", "-"], text.as_bytes());
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let fragment = run.out.trim_end();
    assert!(fragment.starts_with("s=1."));
    assert_eq!(timeslice(&["open", fragment]).out, text);
    let run = with_input(
        &["link", "-", "--base", "https://example.org/x/"],
        text.as_bytes(),
    );
    let address = run.out.trim_end();
    assert_eq!(address, format!("https://example.org/x/#{fragment}"));
    assert_eq!(timeslice(&["open", address]).out, text);
    let run = timeslice(&["run", address, "--json", "--set", "machine.cores=2"]);
    assert_eq!(json(&run)["cores"].as_array().unwrap().len(), 2);
}

#[test]
fn broken_links_are_told_apart() {
    let fragment = timeslice(&["link", "gallery:desktop"]).out;
    let fragment = fragment.trim_end();
    let mut forged = fragment.to_owned();
    forged.replace_range(5..6, if &forged[5..6] == "A" { "B" } else { "A" });
    for (link, says) in [
        (fragment[..fragment.len() / 2].to_owned(), "cut off"),
        (forged, "damaged"),
        ("#s=2.abcdef".to_owned(), "newer Timeslice"),
        (format!("s=1.{}", "A".repeat(40_000)), "too long"),
        ("https://example.org/".to_owned(), "not a Timeslice link"),
    ] {
        for command in ["open", "run"] {
            let run = timeslice(&[command, &link]);
            assert_eq!(run.code, 1, "{command} {link}");
            assert!(run.err.contains(says), "{command}: {}", run.err);
            assert!(run.out.is_empty());
        }
    }
}

#[test]
fn a_trace_is_json_with_a_track_for_everything() {
    let run = timeslice(&["trace", "gallery:tab-crash"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let trace = json(&run);
    let events = trace["traceEvents"].as_array().unwrap();
    let names: Vec<&str> = events
        .iter()
        .filter(|event| event["ph"] == "M")
        .filter_map(|event| event["args"]["name"].as_str())
        .collect();
    for name in [
        "cores",
        "core 0",
        "core 1",
        "window",
        "broken",
        "news/script",
    ] {
        assert!(names.contains(&name), "{name}: {names:?}");
    }
    // Every span of a core is a whole number of nanoseconds, inside the run.
    let on_cores: f64 = events
        .iter()
        .filter(|event| event["ph"] == "X" && event["pid"] == 1 && event["cat"] == "run")
        .map(|event| event["dur"].as_f64().unwrap())
        .sum();
    // Window 24 ms, news 24 and 40, the broken script 20; its renderer never got to compute.
    assert!((on_cores - 108_000.0).abs() < 0.001, "{on_cores}");
    assert!(events.iter().any(|event| event["name"] == "crashed"));

    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("trace.json");
    let run = timeslice(&["trace", "gallery:tab-crash", "-o", path.to_str().unwrap()]);
    assert_eq!((run.code, run.out.as_str()), (0, ""));
    let written: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(written, trace);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = command(&["trace", "gallery:desktop"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    drop(child.stdout.take());
    let run = done(child.wait_with_output().expect("it ends"));
    assert_eq!((run.code, run.err.as_str()), (0, ""));
}

#[test]
fn explanations_are_sentences() {
    let run = timeslice(&["explain", "gallery:textbook", "--task", "P2", "--at", "3ms"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert_eq!(
        run.out,
        "`P2` is ready from 0ms to 4ms, but does not run.\nCore 0 runs `P1` from 0ms to 4ms.\n"
    );
    let run = timeslice(&["explain", "gallery:textbook", "--task", "P3"]);
    assert_eq!(run.code, 0);
    assert_eq!(
        run.out,
        "`P3` was ready for 7ms without running. Meanwhile ran:\n       4.000 ms  P1\n       3.000 ms  P2\n"
    );
}

#[test]
fn comparisons_stand_side_by_side() {
    let wait = "format = 1\n[machine]\ncosts = \"free\"\n[[process]]\nname = \"task\"\ncount = 3\nprogram = \"io network 3s\"\n";
    let run = with_input(
        &["compare", "-", "--by", "model", "--json"],
        wait.as_bytes(),
    );
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let whole = json(&run);
    assert_eq!(
        (&whole["schema"], &whole["by"]),
        (&1.into(), &"model".into())
    );
    let rows = whole["rows"].as_array().unwrap();
    let values: Vec<&str> = rows
        .iter()
        .filter_map(|row| row["value"].as_str())
        .collect();
    assert_eq!(
        values,
        ["as-written", "processes", "threads", "coroutines", "hybrid"]
    );
    for row in rows {
        assert_eq!(row["outcome"], "finished");
        assert_eq!(row["totals"]["makespan_ns"], 3_000_000_000_u64);
        assert_eq!(
            row["totals"]["percentiles"]["turnaround_ns"]["p99"],
            3_000_000_000_u64
        );
    }
    let run = timeslice(&[
        "compare",
        "gallery:textbook",
        "--by",
        "policy",
        "--values",
        "fifo, sjf",
    ]);
    let lines: Vec<&str> = run.out.lines().collect();
    assert_eq!(lines.len(), 4, "{}", run.out);
    // Bursts of 24, 3 and 3, as Silberschatz has them: waiting 17 on the average, or 3.
    assert!(lines[2].starts_with("fifo") && lines[2].contains(" 17.000"));
    assert!(lines[3].starts_with("sjf") && lines[3].contains(" 3.000"));
}

#[test]
fn a_value_that_cannot_be_run_does_not_keep_the_others_from_it() {
    let many = "format = 1\n[[process]]\nname = \"a\"\n[[process.thread]]\nname = \"l\"\n[[process.thread.coroutine]]\nname = \"c\"\ncount = 20\nprogram = \"exit\"\n";
    let arguments = ["compare", "-", "--by", "model", "--max-tasks", "10"];
    let refused = with_input(&arguments, many.as_bytes());
    assert_eq!(refused.code, 1, "as written there are too many");
    // As coroutines there may be more of them than threads.
    let run = with_input(&["compare", "-", "--by", "model"], many.as_bytes());
    assert_eq!(run.code, 0);
    let spawns = format!(
        "format = 1\n[[process]]\nname = \"s\"\nprogram = \"\"\"\n{}\"\"\"\n[[process]]\nname = \"t\"\ncount = 0\n{}",
        "spawn t\n".repeat(2_000),
        (0..1_000)
            .map(|it| format!("[[process.thread]]\nname = \"t{it}\"\nprogram = \"exit\"\n"))
            .collect::<String>()
    );
    let arguments = ["compare", "-", "--by", "model", "--max-events", "1000"];
    let run = with_input(&arguments, spawns.as_bytes());
    assert_eq!(run.code, 0, "{}", run.err);
    let refused = run.out.lines().filter(|line| line.contains("not run: "));
    assert_eq!(refused.count(), 4, "{}", run.out);
    assert!(run.out.contains("  limit\n"), "{}", run.out);
}

#[test]
fn tables_for_a_spreadsheet() {
    let run = timeslice(&["export", "gallery:tab-crash", "--csv", "tasks"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let lines: Vec<Vec<&str>> = run.out.lines().map(|it| it.split(',').collect()).collect();
    let report = json(&timeslice(&["run", "gallery:tab-crash", "--json"]));
    let tasks = report["tasks"].as_array().unwrap();
    assert_eq!(lines.len(), 1 + tasks.len());
    for (line, task) in lines[1..].iter().zip(tasks) {
        for (key, field) in lines[0].iter().zip(line) {
            let expected = match &task[*key] {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            assert_eq!(*field, expected, "{key}");
        }
    }
    let run = timeslice(&["export", "gallery:tab-crash", "--csv", "slices"]);
    let useful: u64 = run
        .out
        .lines()
        .map(|line| line.split(',').collect::<Vec<&str>>())
        .filter(|line| line[4] == "useful")
        .map(|line| line[3].parse::<u64>().unwrap() - line[2].parse::<u64>().unwrap())
        .sum();
    assert_eq!(useful, 108_000_000);
}

#[test]
fn a_picture_is_small_and_names_nothing_it_should_not() {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("timeline.svg");
    let run = timeslice(&[
        "export",
        "gallery:desktop",
        "--svg",
        "-o",
        path.to_str().unwrap(),
    ]);
    assert_eq!((run.code, run.out.as_str()), (0, ""));
    let picture = std::fs::read_to_string(&path).unwrap();
    assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"));
    for name in ["core 0", "core 1", "writer", "spelling"] {
        assert!(picture.contains(&format!(">{name}</text>")), "{name}");
    }
    // A title that would be markup, and a run of 200,000 slices.
    let text = "format = 1\ntitle = \"<script>alert('1 & 2')</script>\"\n[scheduler]\nquantum = \"1us\"\n[[process]]\nname = \"a\"\ncount = 2\nprogram = \"compute 100ms\"\n";
    let run = with_input(&["export", "-", "--svg"], text.as_bytes());
    assert_eq!(run.code, 0);
    assert!(
        run.out
            .contains("&lt;script&gt;alert(&#39;1 &amp; 2&#39;)&lt;/script&gt;")
    );
    assert!(!run.out.contains("<script"));
    assert!(run.out.len() < 1_000_000, "{} bytes", run.out.len());
}

#[test]
fn the_simulation_itself_is_timed() {
    let run = timeslice(&["bench", "gallery:textbook", "--tries", "3", "--json"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let times = json(&run);
    assert_eq!(
        (&times["outcome"], &times["tries"]),
        (&"finished".into(), &3.into())
    );
    assert_eq!(times["simulated_ns"], 30_000_000);
    let [shortest, median, longest] =
        ["shortest_ns", "median_ns", "longest_ns"].map(|key| times[key].as_u64().unwrap());
    assert!(shortest <= median && median <= longest);
    for (arguments, words) in [
        (&["bench", "--tries", "0"][..], "something has to be timed"),
        (&["bench", "--set", "machine.cores=2"], "name one"),
        (&["bench", "a.toml", "b.toml"], "it takes one file"),
    ] {
        let run = timeslice(arguments);
        assert_eq!(run.code, 2, "{arguments:?}");
        assert!(run.err.contains(words), "{}", run.err);
    }
}

#[test]
fn everything_that_can_happen_is_listed_with_a_way_there() {
    let race = "format = 1\n[[process]]\nname = \"app\"\n[[process.thread]]\nname = \"t\"\ncount = 2\n\
                program = \"load x; add 1; store x\"\n";
    let run = with_input(&["explore", "-", "--json"], race.as_bytes());
    assert_eq!(run.code, 0, "{}", run.err);
    let whole = json(&run);
    assert_eq!(whole["is_complete"], true);
    let endings = whole["endings"].as_array().unwrap();
    let values: Vec<i64> = endings
        .iter()
        .map(|ending| ending["variables"]["x"].as_i64().unwrap())
        .collect();
    assert_eq!(values, [1, 2]);
    let lost: Vec<&str> = endings[0]["schedule"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["statement"].as_str().unwrap())
        .filter(|statement| *statement != "add 1")
        .collect();
    assert_eq!(lost, ["load x", "load x", "store x", "store x"]);
    let run = with_input(&["explore", "-", "--max-states", "5"], race.as_bytes());
    assert!(run.out.starts_with("Gave up after "), "{}", run.out);
}

#[test]
fn computing_on_and_on_without_an_event_has_an_end() {
    let text = "format = 1\n[[process]]\nname = \"a\"\nprogram = \"repeat 1000000 { repeat 1000000 { compute 1ns } }\"\n";
    let run = with_input(
        &["run", "-", "--json", "--max-events", "10000"],
        text.as_bytes(),
    );
    assert_eq!(run.code, 0, "{}", run.err);
    let report = json(&run);
    assert_eq!(
        (&report["outcome"], &report["limit"]),
        (&"limit".into(), &"statements".into())
    );
}
