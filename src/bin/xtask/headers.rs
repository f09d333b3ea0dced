//! Reads `static/_headers`, the one place where the hosting headers are written.
//!
//! The format is that of static hosts: a line with a path, then indented `Name: value` lines; `*` at the
//! end of a path stands for anything, `#` starts a comment. `serve` sends these headers, and a native
//! test holds `Trunk.toml` against them.

/// One block: a path and its headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    /// The path, perhaps ending in `*`.
    pub(crate) path: String,
    /// Names and values in the order of the file.
    pub(crate) headers: Vec<(String, String)>,
}

impl Rule {
    /// Whether the rule is for this path of a request.
    pub(crate) fn matches(&self, path: &str) -> bool {
        match self.path.strip_suffix('*') {
            Some(start) => path.starts_with(start),
            None => path == self.path,
        }
    }
}

/// Reads the file's text.
///
/// # Errors
/// With the number of the line that is neither a path nor a header under one.
pub(crate) fn parse(text: &str) -> Result<Vec<Rule>, String> {
    let mut rules: Vec<Rule> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let content = line.trim();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        if !line.starts_with([' ', '\t']) {
            rules.push(Rule {
                path: content.to_owned(),
                headers: Vec::new(),
            });
            continue;
        }
        let header = content
            .split_once(':')
            .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()));
        match (rules.last_mut(), header) {
            (Some(rule), Some(header)) => rule.headers.push(header),
            _ => {
                return Err(format!(
                    "line {} is neither a path nor a header under one",
                    index + 1
                ));
            }
        }
    }
    Ok(rules)
}

/// The headers that make a page cross-origin isolated, in lower case: what `--no-isolation` leaves out.
pub(crate) const ISOLATION: [&str; 4] = [
    "cross-origin-opener-policy",
    "cross-origin-embedder-policy",
    "cross-origin-resource-policy",
    "document-isolation-policy",
];
