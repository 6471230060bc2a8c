//! Secrets sealed to an age recipient, as armoured age files: what the `age` tool writes and reads.

mod write;

use age::armor::ArmoredReader;
use bech32::{Bech32, Hrp};
use secrecy::{ExposeSecret as _, SecretString};
use vaultpilot_core::Entropy;
use vaultpilot_secret::{Secret, erase};
use zeroize::Zeroizing;

use super::{MaterialError, from_hex};

const RECIPIENT: Hrp = Hrp::parse_unchecked("age");
const IDENTITY: Hrp = Hrp::parse_unchecked("age-secret-key-");

/// A key or a password sealed to one recipient has less than 1 KiB.
const MAX_SEALED: usize = 16 * 1024;
/// The longest text that is opened: a key has 66 bytes, a password is a person's.
const MAX_TEXT: usize = 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    #[error("recipient is not an X25519 recipient of age (age1…)")]
    Recipient,
    #[error("sealed text is longer than {max} bytes")]
    TooLong { max: usize },
    #[error("file is not an armoured age file")]
    NotAge,
    #[error("file is sealed for another recipient, or was altered")]
    NotOpened,
    #[error("what was sealed is not text of at most {max} bytes")]
    NotText { max: usize },
    #[error("sealing failed")]
    Failed,
}

impl SealError {
    /// The stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Recipient => "recipient_invalid",
            Self::TooLong { .. } => "sealed_too_long",
            Self::NotAge => "sealed_not_age",
            Self::NotOpened => "sealed_not_opened",
            Self::NotText { .. } => "sealed_not_text",
            Self::Failed => "seal_failed",
        }
    }
}

/// An X25519 public key as a recipient: `age1…`.
///
/// # Panics
/// Never: 32 bytes are no long bech32 text.
pub fn recipient(public: &[u8; 32]) -> String {
    bech32::encode::<Bech32>(RECIPIENT, public).expect("32 bytes are no long bech32 text")
}

/// Opens what is sealed to the recipient of this X25519 private key.
pub struct Opener(age::x25519::Identity);

impl Opener {
    /// # Panics
    /// Never: every 32 bytes are a private key of X25519.
    pub fn new(private: &Secret) -> Self {
        erase::after(|| {
            let text = bech32::encode::<Bech32>(IDENTITY, private.bytes())
                .expect("32 bytes are no long bech32 text");
            // The tools write it in upper case, and so the parser wants it.
            let text = Zeroizing::new(text);
            let upper = Zeroizing::new(text.to_ascii_uppercase());
            Self(upper.parse().expect("32 bytes under the right prefix"))
        })
    }

    pub fn recipient(&self) -> String {
        self.0.to_public().to_string()
    }
}

/// Seals a private key as 0x-hex digits. Nothing of it is left in memory.
///
/// # Errors
/// `Recipient` for what is none.
pub fn seal(secret: &Secret, recipient: &str, entropy: &dyn Entropy) -> Result<String, SealError> {
    let recipient = recipient.trim_ascii();
    parsed(recipient)?;
    let (_, public) = bech32::decode(recipient).map_err(|_| SealError::Recipient)?;
    let public = public.try_into().map_err(|_| SealError::Recipient)?;
    erase::after(|| {
        let mut digits = Zeroizing::new([0u8; 66]);
        digits[..2].copy_from_slice(b"0x");
        hex::encode_to_slice(secret.bytes(), &mut digits[2..]).map_err(|_| SealError::Failed)?;
        write::write(digits.as_mut_slice(), public, entropy)
    })
}

/// Seals a text, such as a password.
///
/// # Errors
/// `Recipient` for what is none, `TooLong` for what would not be opened.
pub fn seal_text(text: &SecretString, recipient: &str) -> Result<String, SealError> {
    let bytes = text.expose_secret().as_bytes();
    if bytes.len() > MAX_TEXT {
        return Err(SealError::TooLong { max: MAX_TEXT });
    }
    let recipient = parsed(recipient.trim_ascii())?;
    erase::after(|| age::encrypt_and_armor(&recipient, bytes).map_err(|_| SealError::Failed))
}

fn parsed(recipient: &str) -> Result<age::x25519::Recipient, SealError> {
    recipient.parse().map_err(|_| SealError::Recipient)
}

/// The private key in an armoured age file.
///
/// # Errors
/// Why there is none; never what was in it.
pub fn open(sealed: &str, opener: &Opener) -> Result<Secret, MaterialError> {
    let text = open_text(sealed, opener)?;
    from_hex(text.expose_secret())
}

/// The text in an armoured age file.
///
/// # Errors
/// Why there is none; never what was in it.
pub fn open_text(sealed: &str, opener: &Opener) -> Result<SecretString, SealError> {
    if sealed.len() > MAX_SEALED {
        return Err(SealError::TooLong { max: MAX_SEALED });
    }
    let sealed = sealed.trim_ascii();
    if !sealed.starts_with("-----BEGIN AGE ENCRYPTED FILE-----") {
        return Err(SealError::NotAge);
    }
    erase::after(|| {
        let file = age::Decryptor::new_buffered(ArmoredReader::new(sealed.as_bytes()))
            .map_err(|_| SealError::NotAge)?;
        let opener: &dyn age::Identity = &opener.0;
        let mut reader = file
            .decrypt(std::iter::once(opener))
            .map_err(|_| SealError::NotOpened)?;
        let mut text = Zeroizing::new([0u8; MAX_TEXT + 1]);
        let read = fill(&mut reader, text.as_mut_slice())?;
        let text = text.get(..read).filter(|text| text.len() <= MAX_TEXT);
        let text = text.and_then(|text| str::from_utf8(text).ok());
        text.map(SecretString::from)
            .ok_or(SealError::NotText { max: MAX_TEXT })
    })
}

/// Reads to the end, or until `into` is full.
fn fill(from: &mut impl std::io::Read, into: &mut [u8]) -> Result<usize, SealError> {
    let mut filled = 0usize;
    while let Some(rest) = into.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        let read = from.read(rest).map_err(|_| SealError::NotOpened)?;
        if read == 0 {
            break;
        }
        filled = filled.saturating_add(read);
    }
    Ok(filled)
}

#[cfg(test)]
mod tests;
