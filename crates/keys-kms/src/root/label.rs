//! Which key wrapped, and which material of it: `arn:…:key/ID`, with `#MATERIAL` where KMS tells.
//!
//! Rotating the material of a key, by the calendar or on demand, gives another label; so does an
//! alias that points at another key. Where KMS tells nothing of the material, as of keys in custom
//! stores, a rotation of it does not show, and needs nothing: KMS keeps all material of a key.

use crate::arn::Arn;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Label {
    pub(super) key: Arn,
    pub(super) material: Option<String>,
}

impl Label {
    /// `None` when this is not the ARN of a key.
    pub(super) fn new(arn: Option<&str>, material: Option<String>) -> Option<Self> {
        let key = Arn::parse_key(arn?).ok()?;
        Some(Self { key, material })
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        match text.split_once('#') {
            Some((_, "")) => None,
            Some((arn, material)) => Self::new(Some(arn), Some(material.to_owned())),
            None => Self::new(Some(text), None),
        }
    }
}

impl std::fmt::Display for Label {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.key.as_str())?;
        match &self.material {
            Some(material) => write!(f, "#{material}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_read_as_it_is_written() {
        let key = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd";
        for text in [key.to_owned(), format!("{key}#9f3a")] {
            assert_eq!(Label::parse(&text).unwrap().to_string(), text);
        }
        for bad in [
            "",
            "#9f3a",
            &format!("{key}#"),
            "arn:aws:kms:eu-central-1:111122223333:alias/root",
        ] {
            assert_eq!(Label::parse(bad), None, "{bad}");
        }
    }
}
