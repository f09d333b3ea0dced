//! Places in a text: bytes as Rust counts them, and UTF-16 units as the browser's text fields do.

/// The UTF-16 unit at which a byte of `text` stands. A byte inside a character counts as its start.
#[must_use]
pub fn unit_of_byte(text: &str, byte: usize) -> u32 {
    let byte = text.floor_char_boundary(byte);
    text[..byte].encode_utf16().count() as u32
}

/// The byte at which a UTF-16 unit of `text` stands; the end where the text is shorter.
#[must_use]
pub fn byte_of_unit(text: &str, unit: u32) -> usize {
    let mut units = 0;
    for (byte, character) in text.char_indices() {
        if units >= unit {
            return byte;
        }
        units += character.len_utf16() as u32;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_agree_on_every_character() {
        let text = "aü€🧵z";
        for (byte, _) in text.char_indices() {
            assert_eq!(byte_of_unit(text, unit_of_byte(text, byte)), byte);
        }
        assert_eq!(unit_of_byte(text, text.len()), 6);
        assert_eq!(byte_of_unit(text, 99), text.len());
    }
}
