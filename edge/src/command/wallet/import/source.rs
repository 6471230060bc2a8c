//! Where a key comes from. Never an argument or a variable: others can read those.

use std::path::{Path, PathBuf};

use clap::Args;
use secrecy::SecretString;
use vaultpilot_keys::material::{self, DEFAULT_PATH};
use vaultpilot_secret::Secret;
use zeroize::Zeroizing;

use super::{ImportError, secret_text};
use crate::screen::Screen;

#[derive(Debug, Args)]
pub struct KeySource {
    #[command(flatten)]
    form: Form,
    /// Which key of the mnemonic (BIP-32) [default: m/44'/60'/0'/0/0]
    #[arg(long, value_name = "PATH", requires = "mnemonic_file")]
    path: Option<String>,
    /// File with the mnemonic's passphrase, if it has one
    #[arg(long, value_name = "FILE", requires = "mnemonic_file")]
    passphrase_file: Option<PathBuf>,
    /// File with the keystore's password
    #[arg(long, value_name = "FILE", requires = "keystore")]
    password_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Form {
    /// File with 64 hexadecimal digits; `-` is standard input
    #[arg(long, value_name = "FILE")]
    private_key_file: Option<PathBuf>,
    /// File with the words of a BIP-39 mnemonic; `-` is standard input
    #[arg(long, value_name = "FILE")]
    mnemonic_file: Option<PathBuf>,
    /// V3 keystore, as geth, foundry and ethers write it
    #[arg(long, value_name = "FILE", requires = "password_file")]
    keystore: Option<PathBuf>,
    /// The key as digits, sealed elsewhere to the import recipient with the tool `age -a`
    #[arg(long, value_name = "FILE")]
    sealed: Option<PathBuf>,
}

impl KeySource {
    /// The text of what was sealed elsewhere, if that is where the key comes from.
    pub(super) fn sealed(&self) -> Result<Option<String>, ImportError> {
        let text = self.form.sealed.as_deref().map(secret_text).transpose()?;
        Ok(text.map(|text| text.as_str().to_owned()))
    }

    /// The key itself.
    pub(super) fn read(&self, screen: &Screen) -> Result<Secret, ImportError> {
        self.one_input()?;
        if let Some(file) = &self.form.private_key_file {
            return material::from_hex(&secret_text(file)?).map_err(ImportError::Key);
        }
        if let Some(file) = &self.form.mnemonic_file {
            let words = secret_text(file)?;
            let passphrase = match &self.passphrase_file {
                Some(file) => line(file)?,
                None => Zeroizing::default(),
            };
            let path = self.path.as_deref().unwrap_or(DEFAULT_PATH);
            return material::from_mnemonic(&words, &passphrase, path).map_err(ImportError::Key);
        }
        let (Some(file), Some(password)) = (&self.form.keystore, &self.password_file) else {
            // The command line asks for one of them.
            return Err(ImportError::Key(material::MaterialError::NotHex));
        };
        let keystore = secret_text(file)?;
        let password = SecretString::from(line(password)?.as_str());
        screen.talk("opening the keystore; that takes a moment");
        material::keystore::read(&keystore, &password).map_err(ImportError::Key)
    }

    fn one_input(&self) -> Result<(), ImportError> {
        let given = [
            &self.form.private_key_file,
            &self.form.mnemonic_file,
            &self.form.keystore,
            &self.passphrase_file,
            &self.password_file,
        ];
        let inputs = given
            .iter()
            .filter(|path| path.as_deref() == Some(Path::new("-")));
        if inputs.count() > 1 {
            return Err(ImportError::TwoInputs);
        }
        Ok(())
    }
}

/// A password as it was written: without the end of its line, with every space.
fn line(file: &Path) -> Result<Zeroizing<String>, ImportError> {
    let mut text = secret_text(file)?;
    let length = text.trim_end_matches(['\r', '\n']).len();
    text.truncate(length);
    Ok(text)
}
