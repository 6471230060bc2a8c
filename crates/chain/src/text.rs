//! Words of strangers: tokens and nodes. Cut to a length and freed of characters that change how
//! the rest is shown.

/// What is left of `text` when it is one plain line of at most `limit` characters.
pub(crate) fn plain(text: &str, limit: usize) -> String {
    let kept: String = text
        .chars()
        .filter(|c| !is_hidden(*c))
        .take(limit)
        .collect();
    kept.trim().to_owned()
}

/// Control characters, and the format characters that hide, join or turn text around.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests;
