//! What holds for every scenario and every text, however strange.

use proptest::prelude::*;
use timeslice::scenario::edit;
use timeslice::scenario::text::{parse, print};

use crate::strategies::scenario;

/// Reading these bytes gives complaints that all point into the text.
fn read_anything(text: &str) {
    for diagnostic in parse(text).diagnostics {
        let span = diagnostic.span.clone();
        let pointed = text.get(span.clone());
        assert!(pointed.is_some(), "{diagnostic:?} in {text:?}");
        let before = &text[..span.start];
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|it| *it != '\n').count() + 1;
        assert_eq!(
            (diagnostic.line as usize, diagnostic.column as usize),
            (line, column)
        );
    }
}

/// A scenario's text with pieces cut out and put in.
fn mutated() -> impl Strategy<Value = String> {
    let cut = (
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
        "[\\PC\\n]{0,3}",
    );
    (scenario(), proptest::collection::vec(cut, 0..6)).prop_map(|(scenario, cuts)| {
        let mut text = print(&scenario);
        for (from, length, insert) in cuts {
            if text.is_empty() {
                break;
            }
            let start = text.floor_char_boundary(from.index(text.len()));
            let end = text.ceil_char_boundary((start + length.index(8)).min(text.len()));
            text.replace_range(start..end, &insert);
        }
        text
    })
}

proptest! {
    #[test]
    fn what_is_printed_is_read_back(scenario in scenario()) {
        let text = print(&scenario);
        let parsed = parse(&text);
        prop_assert_eq!(&parsed.scenario, &scenario, "{}\n{:#?}", text, parsed.diagnostics);
        prop_assert_eq!(print(&parsed.scenario), text);
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        read_anything(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn toml_like_noise_is_read_without_a_panic(text in "([a-z]{1,8}|[\\[\\]{}=\"'\\\\.#,;\\n\\r\\t ]|[0-9]{1,3}|é|\"\"\"|\\[\\[process\\]\\]\\n|name = |program = |compute |repeat 3 \\{){0,60}") {
        read_anything(&text);
    }

    #[test]
    fn mutated_texts_are_read_without_a_panic(text in mutated()) {
        read_anything(&text);
    }

    #[test]
    fn mutated_texts_are_edited_without_a_panic(text in mutated(), at in 0..3_usize) {
        let keys = [
            "title", "machine.cores", "machine.cost.thread_switch", "scheduler.quantum",
            "process.0.count", "process.1.thread.0.program", "process.a.name", "device.0.channels",
        ];
        for key in keys {
            for value in ["1", "2us", "exit"] {
                let _ = edit::set(&text, key, value);
            }
            let _ = edit::unset(&text, key);
        }
        let table = |label: &str| format!("{label}\nname = \"new\"\nprogram = \"exit\"");
        let _ = edit::insert_process(&text, Some(at), &table("[[process]]"));
        let _ = edit::insert_thread(&text, at, None, &table("[[process.thread]]"));
        let _ = edit::insert_coroutine(&text, (at, 0), None, &table("[[process.thread.coroutine]]"));
        let _ = edit::insert_resource(&text, "device", "[[device]]\nname = \"new\"");
        let _ = edit::duplicate_process(&text, at);
        let _ = edit::remove_process(&text, at);
        let _ = edit::remove_thread(&text, at, 0);
        let _ = edit::remove_coroutine(&text, (at, 0), 0);
    }
}
