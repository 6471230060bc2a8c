//! What wraps a tenant's keys, and where a wallet's key comes from.

use vaultpilot_core::KeyManagement;
use vaultpilot_ports::resource_plane::WalletKeySource;

use super::{Wire, WireError, standard};
use crate::pb;

impl Wire<KeyManagement> for pb::KeyManagement {
    fn write(value: KeyManagement) -> Self {
        use pb::key_management::Provider;
        let provider = match value {
            KeyManagement::Local => Provider::Local(pb::LocalRoot {}),
            KeyManagement::Vault { mount, key, role } => {
                Provider::Vault(pb::VaultTransit { mount, key, role })
            }
            KeyManagement::AwsKms { key_arn } => Provider::AwsKms(pb::AwsKms { key_arn }),
        };
        Self {
            provider: Some(provider),
        }
    }

    fn read(self) -> Result<KeyManagement, WireError> {
        use pb::key_management::Provider;
        match self.provider {
            Some(Provider::Local(pb::LocalRoot {})) => Ok(KeyManagement::Local),
            Some(Provider::Vault(pb::VaultTransit { mount, key, role })) => {
                Ok(KeyManagement::Vault { mount, key, role })
            }
            Some(Provider::AwsKms(pb::AwsKms { key_arn })) => Ok(KeyManagement::AwsKms { key_arn }),
            None => Err(WireError::missing().within("provider")),
        }
    }
}

standard!(KeyManagement as pb::KeyManagement);

impl Wire<WalletKeySource> for pb::WalletKeySource {
    fn write(value: WalletKeySource) -> Self {
        use pb::wallet_key_source::Source;
        let source = match value {
            WalletKeySource::Generate => Source::Generate(pb::GenerateKey {}),
            WalletKeySource::External { id } => Source::External(pb::ExternalKey { id }),
        };
        Self {
            source: Some(source),
        }
    }

    fn read(self) -> Result<WalletKeySource, WireError> {
        use pb::wallet_key_source::Source;
        match self.source {
            Some(Source::Generate(pb::GenerateKey {})) => Ok(WalletKeySource::Generate),
            Some(Source::External(pb::ExternalKey { id })) => Ok(WalletKeySource::External { id }),
            None => Err(WireError::missing().within("source")),
        }
    }
}

standard!(WalletKeySource as pb::WalletKeySource);
