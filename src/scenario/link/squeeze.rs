//! Raw deflate with a preset dictionary: compressing short scenario texts to a third, and
//! unpacking hostile input without ever holding more than the cap.

use miniz_oxide::deflate::core::{
    CompressorOxide, TDEFLFlush, TDEFLStatus, compress, create_comp_flags_from_zip_params,
};
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};

use super::LinkError;

/// What texts are likely to have in them, the likeliest last. Frozen: it is part of version 1 of
/// the link, and not a byte of it may ever change.
pub(super) const DICTIONARY: &[u8] = include_bytes!("dictionary-v1.txt");

/// How much more room is made each time the output does not fit.
const STEP_BYTES: usize = 16 * 1024;

/// Deflates `content` as if the dictionary had come before it.
pub(super) fn deflate(content: &[u8]) -> Vec<u8> {
    let best = create_comp_flags_from_zip_params(10, 0, 0);
    let mut compressor = CompressorOxide::new(best);
    // The dictionary goes through the compressor, and what comes out is thrown away. The flush ends
    // on a whole byte, so that what follows stands for itself.
    run(&mut compressor, DICTIONARY, TDEFLFlush::Sync);
    run(&mut compressor, content, TDEFLFlush::Finish)
}

fn run(compressor: &mut CompressorOxide, mut input: &[u8], flush: TDEFLFlush) -> Vec<u8> {
    let mut output = Vec::new();
    loop {
        let start = output.len();
        output.resize(start + STEP_BYTES, 0);
        let (status, read, written) = compress(compressor, input, &mut output[start..], flush);
        assert!(
            matches!(status, TDEFLStatus::Okay | TDEFLStatus::Done),
            "compressing memory into memory does not fail"
        );
        input = &input[read..];
        output.truncate(start + written);
        // A flush that fills all the room may have more to say.
        if status == TDEFLStatus::Done || (input.is_empty() && written < STEP_BYTES) {
            return output;
        }
    }
}

/// Inflates what [`deflate`] made, to at most `cap` bytes.
pub(super) fn inflate(deflated: &[u8], cap: usize) -> Result<Vec<u8>, LinkError> {
    let mut decompressor = DecompressorOxide::new();
    let mut output = DICTIONARY.to_vec();
    let most = DICTIONARY.len() + cap;
    let mut input = deflated;
    let mut end = output.len();
    loop {
        output.resize((end + STEP_BYTES).min(most), 0);
        let (status, read, written) = decompress(
            &mut decompressor,
            input,
            &mut output,
            end,
            inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
        );
        input = &input[read..];
        end += written;
        match status {
            TINFLStatus::Done if input.is_empty() => {
                output.truncate(end);
                output.drain(..DICTIONARY.len());
                return Ok(output);
            }
            TINFLStatus::HasMoreOutput if end < most => {}
            TINFLStatus::HasMoreOutput => return Err(LinkError::InflatesTooFar),
            TINFLStatus::FailedCannotMakeProgress | TINFLStatus::NeedsMoreInput => {
                return Err(LinkError::Truncated);
            }
            _ => return Err(LinkError::Damaged),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_deflated_inflates_to_the_same() {
        let long = "compute 5ms\nio disk 3ms\n".repeat(9_000);
        for content in ["", "a", "[[process]]\nname = \"browser\"\n", &long] {
            let deflated = deflate(content.as_bytes());
            assert_eq!(inflate(&deflated, 256 * 1024).unwrap(), content.as_bytes());
        }
    }

    #[test]
    fn the_dictionary_is_used() {
        let text = b"format = 1\n\n[machine]\ncores = 2\n\n[[process]]\nname = \"browser\"\n";
        let without = miniz_oxide::deflate::compress_to_vec(text, 10);
        assert!(deflate(text).len() < without.len() / 2);
    }

    #[test]
    fn the_dictionary_is_frozen() {
        let sum = super::super::checksum(DICTIONARY);
        assert_eq!(
            (DICTIONARY.len(), sum),
            (3_363, 216_003_131),
            "links of version 1 would break"
        );
    }

    #[test]
    fn a_bomb_goes_off_at_the_cap() {
        let bomb = deflate(&vec![b'x'; 50_000_000]);
        assert!(bomb.len() < 100_000);
        assert_eq!(inflate(&bomb, 256 * 1024), Err(LinkError::InflatesTooFar));
    }

    #[test]
    fn exactly_the_cap_is_allowed() {
        let content = vec![b'x'; 100_000];
        let deflated = deflate(&content);
        assert!(inflate(&deflated, 100_000).is_ok());
        assert_eq!(inflate(&deflated, 99_999), Err(LinkError::InflatesTooFar));
    }
}
