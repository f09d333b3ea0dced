//! Links: everything a run needs, in the fragment of an address, which no server ever sees.
//!
//! Version 1 is `s=1.` and base64url without padding of: four bytes of checksum, then raw deflate
//! (primed with [`squeeze`]'s frozen dictionary) of a small head and the scenario's text. The text
//! is carried as it is, comments and layout included; text format 1 is the stable thing. Every
//! version ever released decodes forever: `tests/golden/links` holds examples that are never
//! deleted.

mod squeeze;

use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};
use serde::{Deserialize, Serialize};

use super::limits;
use crate::base::Nanos;

/// What a link carries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shared {
    /// The scenario's text, as its author left it.
    pub text: String,
    /// The instant under the cursor.
    pub cursor: Option<Nanos>,
    /// The interval that is shown, from and to.
    pub window: Option<(Nanos, Nanos)>,
    /// The free decisions of the kernel that were recorded, in their order.
    pub choices: Vec<u32>,
}

/// Why a link cannot be made or read. Each has a sentence that says what happened to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// There is no scenario in the address.
    #[error("this is not a Timeslice link: it has no `#s=1.…` in it")]
    NotALink,
    /// The link was made by a later version.
    #[error("this link is of version {0}, made by a newer Timeslice; this one reads version 1")]
    FutureVersion(u32),
    /// The end of the link is missing.
    #[error("this link is cut off: its end is missing; copy the whole of it")]
    Truncated,
    /// The link is not as it was made.
    #[error("this link is damaged: some of its characters are not as they were made")]
    Damaged,
    /// The link is longer than any that Timeslice makes.
    #[error(
        "this link is too long: it has {0} characters, and {max} are allowed",
        max = limits::LINK_BYTES
    )]
    TooLong(usize),
    /// The link unpacks to more than a scenario may be.
    #[error(
        "this link unpacks to more than {max} KiB, which no scenario has",
        max = limits::TEXT_BYTES / 1024
    )]
    InflatesTooFar,
    /// The text to be shared is longer than a scenario may be.
    #[error(
        "the text has {0} bytes, and a link carries {max}",
        max = limits::TEXT_BYTES
    )]
    TextTooLong(usize),
    /// There are more recorded choices than a link carries.
    #[error(
        "{0} choices are recorded, and a link carries {max}",
        max = limits::LINK_CHOICES
    )]
    TooManyChoices(usize),
}

/// What stands before the text.
#[derive(Serialize, Deserialize)]
struct Head {
    cursor: Option<Nanos>,
    window: Option<(Nanos, Nanos)>,
    choices: Vec<u32>,
}

const CHECKSUM_BYTES: usize = 4;

/// Without padding; leftover bits are let through, because a link that was cut off has some, and
/// "cut off" is the better complaint.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    NO_PAD.with_decode_allow_trailing_bits(true),
);

/// The fragment of a link, `s=1.…`, without the `#`.
///
/// # Errors
/// Where there is more of something than a link carries.
pub fn encode(shared: &Shared) -> Result<String, LinkError> {
    if shared.text.len() > limits::TEXT_BYTES {
        return Err(LinkError::TextTooLong(shared.text.len()));
    }
    if shared.choices.len() > limits::LINK_CHOICES {
        return Err(LinkError::TooManyChoices(shared.choices.len()));
    }
    let head = Head {
        cursor: shared.cursor,
        window: shared.window,
        choices: shared.choices.clone(),
    };
    let Ok(mut content) = postcard::to_allocvec(&head) else {
        unreachable!("plain data of a known size is written into memory");
    };
    content.extend_from_slice(shared.text.as_bytes());
    let mut bytes = checksum(&content).to_le_bytes().to_vec();
    bytes.extend(squeeze::deflate(&content));
    let fragment = format!("s=1.{}", BASE64.encode(bytes));
    if fragment.len() > limits::LINK_BYTES {
        return Err(LinkError::TooLong(fragment.len()));
    }
    Ok(fragment)
}

/// What a link carries, from a whole address or from its fragment, with or without the `#`.
///
/// # Errors
/// Says what is wrong with the link; see [`LinkError`].
pub fn decode(address: &str) -> Result<Shared, LinkError> {
    let (version, payload) = find(address)?;
    if version != 1 {
        return Err(LinkError::FutureVersion(version));
    }
    if payload.len() > limits::LINK_BYTES {
        return Err(LinkError::TooLong(payload.len()));
    }
    // Four characters are three bytes; a single one left over is half of the next that is missing.
    let whole = payload.len() - usize::from(payload.len() % 4 == 1);
    let bytes = BASE64
        .decode(payload.as_bytes().get(..whole).unwrap_or_default())
        .map_err(|_| LinkError::Damaged)?;
    let Some((sum, deflated)) = bytes.split_first_chunk::<CHECKSUM_BYTES>() else {
        return Err(LinkError::Truncated);
    };
    let content = squeeze::inflate(deflated, limits::TEXT_BYTES + limits::LINK_HEAD_BYTES)?;
    if checksum(&content).to_le_bytes() != *sum || whole != payload.len() {
        return Err(LinkError::Damaged);
    }
    let (head, text) =
        postcard::take_from_bytes::<Head>(&content).map_err(|_| LinkError::Damaged)?;
    let text = std::str::from_utf8(text).map_err(|_| LinkError::Damaged)?;
    if text.len() > limits::TEXT_BYTES {
        return Err(LinkError::InflatesTooFar);
    }
    if head.choices.len() > limits::LINK_CHOICES {
        return Err(LinkError::TooManyChoices(head.choices.len()));
    }
    Ok(Shared {
        text: text.to_owned(),
        cursor: head.cursor,
        window: head.window,
        choices: head.choices,
    })
}

/// Whether this looks like a link, well or not, and not like the name of a file.
#[must_use]
pub fn is_link(address: &str) -> bool {
    find(address).is_ok()
}

/// The version and the payload of the link in an address.
fn find(address: &str) -> Result<(u32, &str), LinkError> {
    let address = address.trim();
    let fragment = address.split_once('#').map_or(address, |(_, after)| after);
    let shared = fragment
        .split('&')
        .find_map(|part| part.strip_prefix("s="))
        .ok_or(LinkError::NotALink)?;
    let (version, payload) = shared.split_once('.').unwrap_or((shared, ""));
    if version.is_empty() || version.len() > 9 {
        return Err(LinkError::NotALink);
    }
    let version = version.parse().map_err(|_| LinkError::NotALink)?;
    // A link at the end of a sentence drags the sentence's punctuation along.
    let payload = payload.trim_end_matches(|letter: char| {
        letter.is_whitespace() || ".,;:!?)]}>'\"".contains(letter)
    });
    match version {
        0 => Err(LinkError::NotALink),
        version => Ok((version, payload)),
    }
}

/// FNV-1a in 32 bits: tells damage, not malice. Whoever makes a right checksum has made a link.
fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |sum: u32, byte| {
        (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    })
}
