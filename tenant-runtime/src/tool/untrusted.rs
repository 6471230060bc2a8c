//! Words of strangers: what a contract says of itself is data with provenance, never more.

/// Long enough for any honest symbol or name.
const MAX_LENGTH: usize = 64;

/// The text without characters that hide, reorder or overwrite other text, cut short.
pub(super) fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| !hides(*c))
        .take(MAX_LENGTH)
        .collect()
}

fn hides(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests;
