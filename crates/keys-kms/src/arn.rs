//! Names of keys: ARNs, which say in which region and account a key is.
//!
//! Ids and aliases alone are refused: what they mean depends on who asks, and where.

use vaultpilot_ports::keys::KeyError;

/// AWS allows 2048 characters for the name of a key.
const MAX_LENGTH: usize = 2048;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arn {
    text: String,
    /// Where `key/…` or `alias/…` begins.
    resource: usize,
    /// `arn`, partition, service, region, account.
    region: (usize, usize),
}

impl Arn {
    /// # Errors
    /// When it does not name a key or an alias in full.
    pub(crate) fn parse(text: &str) -> Result<Self, KeyError> {
        Self::read(text).ok_or_else(|| KeyError::Unsupported {
            what: "a KMS key that is not named by its ARN or the ARN of its alias".to_owned(),
        })
    }

    /// # Errors
    /// When it does not name a key in full; an alias is none.
    pub(crate) fn parse_key(text: &str) -> Result<Self, KeyError> {
        let arn = Self::parse(text)?;
        if arn.is_alias() {
            Err(KeyError::Envelope)
        } else {
            Ok(arn)
        }
    }

    fn read(text: &str) -> Option<Self> {
        if text.len() > MAX_LENGTH {
            return None;
        }
        let mut parts = text.splitn(6, ':');
        let mut next = || parts.next();
        let (arn, partition, service) = (next()?, next()?, next()?);
        let (region, account, resource) = (next()?, next()?, next()?);
        let word = |text: &str| {
            !text.is_empty()
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        };
        let name = resource
            .strip_prefix("key/")
            .or_else(|| resource.strip_prefix("alias/"))?;
        let is_alias = resource.starts_with("alias/");
        let in_name = |byte: u8| {
            byte.is_ascii_alphanumeric()
                || byte == b'-'
                || (is_alias && (byte == b'_' || byte == b'/'))
        };
        let good = arn == "arn"
            && word(partition)
            && service == "kms"
            && word(region)
            && account.len() == 12
            && account.bytes().all(|byte| byte.is_ascii_digit())
            && !name.is_empty()
            && name.bytes().all(in_name);
        let begins = arn.len() + partition.len() + service.len() + 3;
        good.then(|| Self {
            text: text.to_owned(),
            resource: text.len() - resource.len(),
            region: (begins, begins + region.len()),
        })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn region(&self) -> &str {
        &self.text[self.region.0..self.region.1]
    }

    pub(crate) fn is_alias(&self) -> bool {
        self.text[self.resource..].starts_with("alias/")
    }

    /// Whether this alias may have meant that key, or this key is it. An alias points at a key of its
    /// own region and account, never elsewhere.
    pub(crate) fn may_mean(&self, key: &Self) -> bool {
        if self.is_alias() {
            self.text[..self.resource] == key.text[..key.resource]
        } else {
            self == key
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str =
        "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

    #[test]
    fn a_key_is_named_in_full() {
        let key = Arn::parse(KEY).unwrap();
        assert_eq!(key.region(), "eu-central-1");
        assert!(!key.is_alias());
        let alias =
            Arn::parse("arn:aws-us-gov:kms:us-gov-west-1:111122223333:alias/a/b_c").unwrap();
        assert_eq!(alias.region(), "us-gov-west-1");
        assert!(alias.is_alias());
        let replica = KEY.replace("key/", "key/mrk-");
        assert!(Arn::parse(&replica).is_ok());
        for bad in [
            "",
            "1234abcd-12ab-34cd-56ef-1234567890ab",
            "alias/root",
            "arn:aws:kms:eu-central-1:111122223333:key/",
            "arn:aws:kms:eu-central-1:111122223333:grant/1",
            "arn:aws:kms::111122223333:key/1",
            "arn:aws:kms:eu-central-1:1111:key/1",
            "arn:aws:s3:eu-central-1:111122223333:key/1",
            "arn:aws:kms:eu-central-1.example.com/:111122223333:key/1",
            "arn:aws:kms:eu-central-1:111122223333:key/1 2",
            "arn:aws:kms:eu-central-1:111122223333:key/1#2",
        ] {
            assert!(
                matches!(Arn::parse(bad), Err(KeyError::Unsupported { .. })),
                "{bad}"
            );
        }
        assert!(Arn::parse(&format!("{KEY}{}", "a".repeat(MAX_LENGTH))).is_err());
    }

    #[test]
    fn an_alias_means_a_key_of_its_region_and_account() {
        let key = Arn::parse(KEY).unwrap();
        let alias = |region: &str, account: &str| {
            Arn::parse(&format!("arn:aws:kms:{region}:{account}:alias/root")).unwrap()
        };
        assert!(alias("eu-central-1", "111122223333").may_mean(&key));
        assert!(!alias("eu-west-1", "111122223333").may_mean(&key));
        assert!(!alias("eu-central-1", "444455556666").may_mean(&key));
        assert!(key.may_mean(&key));
        assert!(!key.may_mean(&Arn::parse(&KEY.replace("90ab", "90ac")).unwrap()));
    }
}
