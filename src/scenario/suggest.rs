//! "Did you mean …": the nearest of the words that would have been right. Called by whatever
//! complains about an unknown word.

use super::limits;

/// The known word nearest to `word`, if one is near enough to be meant.
pub(crate) fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    if word.len() > 4 * limits::NAME_CHARS {
        return None;
    }
    let word = word.to_lowercase();
    let same_letters =
        |known: &str| known.replace(['-', '_', '.'], "") == word.replace(['-', '_', '.', ' '], "");
    known
        .into_iter()
        .filter_map(|known| {
            let distance = if same_letters(&known.to_lowercase()) {
                0
            } else {
                strsim::osa_distance(&word, &known.to_lowercase())
            };
            // A third of the word may be wrong; of two letters, one.
            let allowed = (known.chars().count() / 3).clamp(1, 3);
            (distance <= allowed).then_some((distance, known))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

/// A hint that names the nearest known word, or else all of them if they are few.
pub(crate) fn did_you_mean(word: &str, known: &[&str]) -> Option<String> {
    if let Some(near) = nearest(word, known.iter().copied()) {
        return Some(format!("did you mean `{near}`?"));
    }
    match known {
        [] => None,
        [only] => Some(format!("the only one there is: `{only}`")),
        _ if known.len() <= 16 => Some(format!("one of {}", list(known))),
        _ => None,
    }
}

/// `a`, `b` and `c`.
pub(crate) fn list(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_found_and_far_ones_are_not() {
        let known = ["cores", "costs", "memory", "round-robin", "smt"];
        for (word, near) in [
            ("core", Some("cores")),
            ("croes", Some("cores")),
            ("Memory", Some("memory")),
            ("roundrobin", Some("round-robin")),
            ("round_robin", Some("round-robin")),
            ("elephant", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, known), near, "{word}");
        }
        assert_eq!(list(&["a", "b", "c"]), "`a`, `b` and `c`");
    }
}
