//! The label an old name gets.

use sha2::{Digest as _, Sha256};
use vaultpilot_core::Label;

const MAX: usize = 63;
/// Digits of the hash of the whole name, where the label does not say all of it.
const DIGITS: usize = 8;

/// The label of an agent's id or a strategy's name: lower case, with one hyphen for every run of other
/// characters. What would be too long, or has no letter and no digit, is told apart by a hash. The same
/// name always gets the same label; two names may get one, and who imports them must see to that.
///
/// # Panics
/// Never: what it makes is a label.
pub fn label_of(name: &str) -> Label {
    if let Ok(label) = name.parse() {
        return label;
    }
    let mut text = String::with_capacity(name.len().min(MAX));
    for c in name.chars() {
        match c.to_ascii_lowercase() {
            c @ ('a'..='z' | '0'..='9') => text.push(c),
            _ if text.is_empty() || text.ends_with('-') => {}
            _ => text.push('-'),
        }
    }
    let text = text.trim_end_matches('-');
    let label = match text.len() {
        0 => format!("legacy-{}", digest(name)),
        1..=MAX => text.to_owned(),
        _ => {
            let head = text.get(..MAX - DIGITS - 1).unwrap_or_default();
            format!("{}-{}", head.trim_end_matches('-'), digest(name))
        }
    };
    label
        .parse()
        .expect("lower-case letters, digits and inner hyphens, at most 63")
}

fn digest(name: &str) -> String {
    let digest = hex::encode(Sha256::digest(name));
    digest.chars().take(DIGITS).collect()
}

#[cfg(test)]
mod tests;
