//! Links: what goes in comes out, old ones are read forever, broken ones are explained.

use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;
use timeslice::base::Nanos;
use timeslice::content::gallery;
use timeslice::scenario::limits;
use timeslice::scenario::link::{LinkError, Shared, decode, encode, is_link};
use timeslice::scenario::text::print;

use crate::strategies::scenario;

fn link(text: &str) -> String {
    encode(&Shared {
        text: text.to_owned(),
        ..Shared::default()
    })
    .unwrap()
}

const TEXT: &str =
    "format = 1\n[[process]]\nname = \"a\"   # the only one\nprogram = \"compute 5ms\"\n";

#[test]
fn a_link_may_come_with_its_address_and_what_stands_around_it() {
    let fragment = link(TEXT);
    for address in [
        fragment.clone(),
        format!("#{fragment}"),
        format!("https://example.org/lecture/?x=1#{fragment}"),
        format!("  https://example.org/#theme=dark&{fragment}&x=y\n"),
        format!("https://example.org/#{fragment})."),
    ] {
        assert_eq!(decode(&address).unwrap().text, TEXT, "{address}");
    }
}

#[test]
fn every_gallery_link_is_short() {
    for entry in gallery() {
        let length = link(entry.text).len();
        assert!(length < 500, "{}: {length} characters", entry.slug);
    }
}

#[test]
fn golden_links_are_read_forever() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/links");
    let mut count = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "txt") {
            continue;
        }
        let golden = fs::read_to_string(&path).unwrap();
        let expected = fs::read_to_string(path.with_extension("toml")).unwrap();
        let shared = decode(&golden).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(shared.text, expected, "{}", path.display());
        if path.ends_with("v1-everything.txt") {
            assert_eq!(shared.cursor, Some(Nanos::from_ms(12)));
            assert_eq!(shared.window, Some((Nanos::ZERO, Nanos::from_s(1))));
            assert_eq!(shared.choices, [0, 1, 300, u32::MAX]);
        }
        count += 1;
    }
    assert!(count >= 4, "golden links are never deleted");
}

#[test]
fn what_is_no_link_is_said_to_be_none() {
    for address in [
        "",
        "mix.toml",
        "https://example.org/",
        "https://example.org/#about",
        "#s=",
        "#s=one.abc",
        "#s=0.abc",
        "#s=99999999999999999999.abc",
    ] {
        assert_eq!(decode(address), Err(LinkError::NotALink), "{address}");
        assert!(!is_link(address));
    }
    assert!(is_link("#s=1."));
}

#[test]
fn what_is_wrong_with_a_link_is_told_apart() {
    let fragment = link(&TEXT.repeat(3));
    assert_eq!(decode("#s=2.AAAA"), Err(LinkError::FutureVersion(2)));
    assert_eq!(decode("#s=7"), Err(LinkError::FutureVersion(7)));
    for cut in "s=1.".len()..fragment.len() {
        assert_eq!(
            decode(&fragment[..cut]),
            Err(LinkError::Truncated),
            "cut off after {cut} of {} characters",
            fragment.len()
        );
    }
    let mut forged = fragment.clone().into_bytes();
    forged[6] = if forged[6] == b'A' { b'B' } else { b'A' };
    let forged = String::from_utf8(forged).unwrap();
    assert_eq!(decode(&forged), Err(LinkError::Damaged), "another checksum");
    assert_eq!(decode(&format!("{fragment}AAAA")), Err(LinkError::Damaged));
    assert_eq!(
        decode(&fragment.replacen("s=1.", "s=1.%20", 1)),
        Err(LinkError::Damaged)
    );
    let long = format!("s=1.{}", "A".repeat(limits::LINK_BYTES + 1));
    assert_eq!(
        decode(&long),
        Err(LinkError::TooLong(limits::LINK_BYTES + 1))
    );
}

#[test]
fn a_bomb_is_stopped() {
    // A well-made link of zeros: deflate packs them a thousandfold, the cap stops unpacking.
    let zeros = miniz_oxide::deflate::compress_to_vec(&vec![0; 20_000_000], 10);
    let mut bytes = vec![0; 4];
    bytes.extend(zeros);
    let bomb = format!("s=1.{}", base64url(&bytes));
    assert!(bomb.len() < limits::LINK_BYTES, "{}", bomb.len());
    assert_eq!(decode(&bomb), Err(LinkError::InflatesTooFar));
}

fn base64url(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

#[test]
fn too_much_is_not_put_into_a_link() {
    let long = Shared {
        text: "x".repeat(limits::TEXT_BYTES + 1),
        ..Shared::default()
    };
    assert_eq!(
        encode(&long),
        Err(LinkError::TextTooLong(limits::TEXT_BYTES + 1))
    );
    let choices = Shared {
        choices: vec![0; limits::LINK_CHOICES + 1],
        ..Shared::default()
    };
    assert_eq!(
        encode(&choices),
        Err(LinkError::TooManyChoices(limits::LINK_CHOICES + 1))
    );
    let mut state = 1_u64;
    let noise: String = (0..60_000)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            char::from(b'!' + (state >> 58) as u8)
        })
        .collect();
    let noise = Shared {
        text: noise,
        ..Shared::default()
    };
    assert!(matches!(encode(&noise), Err(LinkError::TooLong(_))));
}

fn shared() -> impl Strategy<Value = Shared> {
    let text = prop_oneof![scenario().prop_map(|it| print(&it)), "[\\PC\n\r\t]{0,300}"];
    let window = proptest::option::of((any::<u64>(), any::<u64>()));
    (
        text,
        proptest::option::of(any::<u64>()),
        window,
        proptest::collection::vec(any::<u32>(), 0..50),
    )
        .prop_map(|(text, cursor, window, choices)| Shared {
            text,
            cursor: cursor.map(Nanos),
            window: window.map(|(from, to)| (Nanos(from), Nanos(to))),
            choices,
        })
}

proptest! {
    #[test]
    fn what_goes_in_comes_out(shared in shared()) {
        let fragment = encode(&shared).unwrap();
        prop_assert_eq!(decode(&fragment).unwrap(), shared);
    }

    #[test]
    fn any_text_is_decoded_without_a_panic(text in "[ -~é]{0,200}") {
        let _ = decode(&text);
        let _ = decode(&format!("#s=1.{text}"));
    }

    #[test]
    fn any_bytes_are_decoded_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let decoded = decode(&format!("#s=1.{}", base64url(&bytes)));
        prop_assert!(decoded.is_err(), "a right checksum by chance is one in four thousand million");
    }

    #[test]
    fn one_flipped_bit_never_goes_unnoticed(shared in shared(), at in any::<prop::sample::Index>(), bit in 0..6_u8) {
        let fragment = encode(&shared).unwrap();
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let mut bytes = fragment.into_bytes();
        let at = 4 + at.index(bytes.len() - 4);
        let value = alphabet.iter().position(|it| *it == bytes[at]).unwrap() ^ (1 << bit);
        bytes[at] = alphabet[value];
        match decode(std::str::from_utf8(&bytes).unwrap()) {
            Err(_) => {}
            // The last character has bits that stand for nothing.
            Ok(decoded) => prop_assert_eq!(decoded, shared),
        }
    }
}
