//! What holds for every scenario and every text, however strange.

use proptest::prelude::*;
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
    fn mutated_texts_are_read_without_a_panic(
        scenario in scenario(),
        cuts in proptest::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), "[\\PC\\n]{0,3}"), 1..6),
    ) {
        let mut text = print(&scenario);
        for (from, length, insert) in cuts {
            if text.is_empty() {
                break;
            }
            let start = text.floor_char_boundary(from.index(text.len()));
            let end = text.ceil_char_boundary((start + length.index(8)).min(text.len()));
            text.replace_range(start..end, &insert);
        }
        read_anything(&text);
    }
}
