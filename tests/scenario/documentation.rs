//! `docs/scenario-format.md` says what the code does: its examples are in order, and no key, word,
//! statement, code or limit is missing from it.

use timeslice::scenario::limits::{self, RunLimits};
use timeslice::scenario::text::parse;
use timeslice::scenario::text::schema::{Kind, ROOT, Schema};
use timeslice::scenario::{STATEMENTS, code};

const DOCUMENT: &str = include_str!("../../docs/scenario-format.md");

/// The code blocks of this language.
fn blocks(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    DOCUMENT
        .split(fence.as_str())
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .collect()
}

/// The part under this heading.
fn section(heading: &str) -> &'static str {
    let start = DOCUMENT.find(&format!("\n## {heading}\n")).expect(heading);
    let rest = &DOCUMENT[start + 1..];
    &rest[..rest[1..].find("\n## ").map_or(rest.len(), |end| end + 1)]
}

#[test]
fn the_examples_are_in_order() {
    let examples = blocks("toml");
    assert!(examples.len() >= 5);
    for example in examples {
        let parsed = parse(example);
        let wrong = &parsed.diagnostics;
        assert!(wrong.is_empty(), "{example}\n{wrong:#?}");
    }
}

#[test]
fn every_key_and_word_is_there() {
    fn check(schema: &Schema) {
        for key in schema.keys {
            let mut wanted = vec![key.name];
            match key.kind {
                Kind::Table(inner) => {
                    wanted = vec![inner.label];
                    check(inner);
                }
                Kind::Tables(inner) => {
                    wanted = vec![inner.label];
                    check(inner);
                }
                Kind::Word(words) => wanted.extend(words),
                _ => {}
            }
            for word in wanted {
                let there = [
                    format!("`{word}`"),
                    format!("`\"{word}\"`"),
                    format!("`{word} "),
                ];
                assert!(
                    there.iter().any(|form| DOCUMENT.contains(form)),
                    "{}: {word}",
                    schema.label
                );
            }
        }
    }
    check(&ROOT);
}

#[test]
fn every_statement_is_there() {
    let table = section("Statements");
    for (word, example) in STATEMENTS {
        let row = [format!("| `{word}` "), format!("| `{word} ")];
        assert!(row.iter().any(|row| table.contains(row)), "{word}");
        assert!(example.starts_with(word));
    }
}

#[test]
fn every_code_is_there_with_its_meaning() {
    let table = section("What can be wrong");
    for (code, meaning) in code::ALL {
        let row = format!("| `{code}` | {meaning}");
        assert!(table.contains(&row), "{row}");
    }
    let rows = table.lines().filter(|line| line.starts_with("| `")).count();
    assert_eq!(rows, code::ALL.len(), "and no others");
}

#[test]
fn the_limits_are_those_of_the_code() {
    let table = section("Limits");
    for (row, number) in [
        (
            "| threads after `count`, in the page |",
            RunLimits::PAGE.threads,
        ),
        (
            "| coroutines after `count`, in the page |",
            RunLimits::PAGE.coroutines,
        ),
        (
            "| threads, and coroutines, on the command line |",
            RunLimits::COMMAND_LINE.threads,
        ),
        (
            "| trace events of a run, in the page |",
            RunLimits::PAGE.events,
        ),
        (
            "| trace events of a run, on the command line |",
            RunLimits::COMMAND_LINE.events,
        ),
        (
            "| processes, threads, coroutines, or",
            limits::DECLARATIONS as u64,
        ),
        (
            "| statements in a program",
            limits::PROGRAM_STATEMENTS as u64,
        ),
        ("| statements in a program", limits::PROGRAM_DEPTH as u64),
        ("| times in a list", limits::ARRIVALS as u64),
        ("| `repeat` |", u64::from(limits::REPEAT_TIMES)),
        (
            "| statements of a task",
            u64::from(limits::STATEMENTS_AT_ONE_INSTANT),
        ),
        ("| cores;", u64::from(limits::CORES)),
        ("| cores;", u64::from(limits::SMT)),
        ("| name; title;", limits::NAME_CHARS as u64),
        ("| name; title;", limits::TITLE_CHARS as u64),
        ("| name; title;", limits::DESCRIPTION_CHARS as u64),
        ("| name; title;", limits::LOG_CHARS as u64),
        ("| diagnostics listed |", limits::DIAGNOSTICS as u64),
        ("| text |", limits::TEXT_BYTES as u64 / 1024),
        ("| link;", limits::LINK_BYTES as u64 / 1024),
        ("| link;", limits::LINK_HEAD_BYTES as u64 / 1024),
        ("| recorded choices", limits::LINK_CHOICES as u64),
        ("| real workers;", u64::from(limits::REAL_WORKERS)),
        ("| real workers;", limits::REAL_TIME.0 / 1_000_000_000),
    ] {
        let row = table.lines().find(|line| line.starts_with(row)).expect(row);
        let numbers: Vec<&str> = row.split(|it: char| !it.is_ascii_digit()).collect();
        assert!(
            numbers.contains(&number.to_string().as_str()),
            "{number}: {row}"
        );
    }
    let quantum = format!("at least {}", limits::MIN_QUANTUM);
    assert!(table.contains(&quantum), "{quantum}");
    assert_eq!(limits::DURATION.0, 86_400_000_000_000, "a day");
}

/// Every statement's example can be run.
#[test]
fn the_examples_of_statements_are_in_order() {
    for (word, example) in STATEMENTS {
        let text = format!(
            "format = 1\n[[process]]\nname = \"worker\"\nprogram = \"{example}\"\n[[semaphore]]\nname = \"slots\"\n[[barrier]]\nname = \"start\"\nparties = 1\n[[channel]]\nname = \"jobs\"\n[[rwlock]]\nname = \"table\"\n"
        );
        let parsed = parse(&text);
        assert_eq!(parsed.errors().next(), None, "the example of `{word}`");
    }
}
