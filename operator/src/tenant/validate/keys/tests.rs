use serde_json::json;

use super::*;

fn spec(spec: serde_json::Value) -> Spec {
    serde_json::from_value(spec).unwrap()
}

fn read(text: serde_json::Value) -> Result<KeyManagement, Invalid> {
    key_management(&spec(text))
}

#[test]
fn every_provider_is_what_the_control_plane_calls_it() {
    let vault = json!({
        "provider": "Vault",
        "vault": { "transitMount": "/teams/transit", "keyName": "acme", "role": "acme-signer" }
    });
    assert_eq!(
        read(vault).unwrap(),
        KeyManagement::Vault {
            mount: "teams/transit".to_owned(),
            key: "acme".to_owned(),
            role: "acme-signer".to_owned(),
        }
    );
    let key_arn = "arn:aws:kms:eu-central-1:111122223333:key/acme";
    let kms = json!({ "provider": "AwsKms", "awsKms": { "keyArn": key_arn } });
    let key_arn = key_arn.to_owned();
    assert_eq!(read(kms).unwrap(), KeyManagement::AwsKms { key_arn });
    let local = read(json!({ "provider": "Local" })).unwrap();
    assert_eq!(local, KeyManagement::Local);
}

#[test]
fn a_provider_without_its_part_is_refused() {
    for provider in ["Vault", "AwsKms"] {
        let refused = read(json!({ "provider": provider })).unwrap_err();
        assert!(matches!(refused, Invalid::Spec { .. }), "{refused:?}");
    }
}
