//! The fake's envelope: two layers of XOR, each with its tag.

use alloy_primitives::{B256, keccak256};
use vaultpilot_ports::keys::KeyContext;

/// `kek` (0 for none), then five words: salt, data key, its tag, private key, its tag.
#[derive(Debug, Clone, Copy)]
pub(super) struct Envelope {
    kek: u32,
    salt: B256,
    dek: (B256, B256),
    key: (B256, B256),
}

const BYTES: usize = 4 + 5 * 32;

impl Envelope {
    /// `half` is what the data key is sealed to.
    pub(super) fn seal(
        context: &KeyContext,
        kek: Option<u32>,
        half: B256,
        secret: B256,
        random: impl Fn() -> B256,
    ) -> Self {
        let dek = random();
        let mask = key_mask(context, dek);
        let key = (secret ^ mask, tag(mask, secret ^ mask));
        let empty = Self {
            kek: 0,
            salt: B256::ZERO,
            dek: (B256::ZERO, B256::ZERO),
            key,
        };
        empty.moved(context, kek, half, dek, random())
    }

    /// The same private key, its data key sealed to something else.
    pub(super) fn moved(
        self,
        context: &KeyContext,
        kek: Option<u32>,
        half: B256,
        dek: B256,
        salt: B256,
    ) -> Self {
        let kek = kek.unwrap_or_default();
        let mask = dek_mask(context, kek, half, salt);
        Self {
            kek,
            salt,
            dek: (dek ^ mask, tag(mask, dek ^ mask)),
            ..self
        }
    }

    pub(super) const fn kek(&self) -> Option<u32> {
        match self.kek {
            0 => None,
            version => Some(version),
        }
    }

    pub(super) fn open_dek(&self, context: &KeyContext, half: B256) -> Option<B256> {
        let mask = dek_mask(context, self.kek, half, self.salt);
        (tag(mask, self.dek.0) == self.dek.1).then_some(self.dek.0 ^ mask)
    }

    pub(super) fn open_key(&self, context: &KeyContext, dek: B256) -> Option<B256> {
        let mask = key_mask(context, dek);
        (tag(mask, self.key.0) == self.key.1).then_some(self.key.0 ^ mask)
    }

    pub(super) fn to_bytes(self) -> Vec<u8> {
        let words = [self.salt, self.dek.0, self.dek.1, self.key.0, self.key.1];
        [&self.kek.to_be_bytes()[..], words.concat().as_slice()].concat()
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; BYTES] = bytes.try_into().ok()?;
        let (kek, words) = bytes.split_first_chunk::<4>()?;
        let mut words = words.chunks_exact(32).map(B256::from_slice);
        let mut word = || words.next();
        Some(Self {
            kek: u32::from_be_bytes(*kek),
            salt: word()?,
            dek: (word()?, word()?),
            key: (word()?, word()?),
        })
    }
}

fn binding(context: &KeyContext) -> B256 {
    let KeyContext {
        tenant,
        wallet,
        version,
    } = context;
    keccak256(format!("{tenant}|{wallet}|{version}"))
}

fn dek_mask(context: &KeyContext, kek: u32, half: B256, salt: B256) -> B256 {
    let bound = binding(context);
    keccak256([&kek.to_be_bytes()[..], &half[..], &bound[..], &salt[..]].concat())
}

fn key_mask(context: &KeyContext, dek: B256) -> B256 {
    keccak256([dek.as_slice(), binding(context).as_slice()].concat())
}

pub(super) fn tag(mask: B256, body: B256) -> B256 {
    keccak256([mask.as_slice(), body.as_slice()].concat())
}
