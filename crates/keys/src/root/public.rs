//! The public half of a local root: what seals seeds to it, and opens none.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::RootId;
use crate::hybrid;

const VERSION: u32 = 2;

/// As it lies in a file or on the wire. Nothing in it is secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PublicRoot {
    pub(super) id: RootId,
    pub(super) seals: [u8; hybrid::PUBLIC],
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    version: u32,
    root: String,
    #[serde(with = "hex::serde")]
    seals: [u8; hybrid::PUBLIC],
    /// A mistyped digit would be another public half, of which nobody has the private one.
    #[serde(with = "hex::serde")]
    check: [u8; 4],
}

impl PublicRoot {
    pub(super) fn to_text(self) -> String {
        let form = Form {
            version: VERSION,
            root: self.id.to_string(),
            seals: self.seals,
            check: self.check(),
        };
        let text = serde_json::to_string(&form).expect("text and integers always serialise");
        format!("{text}\n")
    }

    /// `None` when the text is anything else.
    pub(super) fn read(text: &[u8]) -> Option<Self> {
        let form: Form = serde_json::from_slice(text).ok()?;
        let public = Self {
            id: form.root.parse().ok()?,
            seals: form.seals,
        };
        (form.version == VERSION && form.check == public.check()).then_some(public)
    }

    fn check(&self) -> [u8; 4] {
        let text = format!("{}|{}", self.id, hex::encode(self.seals));
        let hash: [u8; 32] = Sha256::digest(text).into();
        [hash[0], hash[1], hash[2], hash[3]]
    }
}
