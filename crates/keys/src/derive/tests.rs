use super::*;

fn secret(byte: u8) -> Secret {
    let mut secret = Secret::empty();
    secret.bytes_mut().fill(byte);
    secret
}

#[test]
fn is_hkdf_expand() {
    // RFC 5869, test case 1: the first 32 bytes of its output.
    let mut prk = secret(0);
    hex::decode_to_slice(
        "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
        prk.bytes_mut(),
    )
    .unwrap();
    let info: Vec<u8> = (0xf0..=0xf9).collect();
    assert_eq!(
        hex::encode(expand(&prk, &info).bytes()),
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
    );
}

#[test]
fn every_tenant_and_root_has_its_own() {
    let [one, two]: [TenantId; 2] = [
        "tnt_01HZX3J9QK8B3V6T2N4M5P7R9S",
        "tnt_01HZX3J9QK8B3V6T2N4M5P7R9T",
    ]
    .map(|id| id.parse().unwrap());
    let keys = [
        tenant_kek(&secret(1), one),
        tenant_kek(&secret(1), two),
        tenant_kek(&secret(2), one),
        secret(1),
    ];
    for (at, key) in keys.iter().enumerate() {
        for other in &keys[..at] {
            assert_ne!(key.bytes(), other.bytes());
        }
    }
    assert_eq!(tenant_kek(&secret(1), one).bytes(), keys[0].bytes());
    assert_ne!(root_id(&secret(1)), root_id(&secret(2)));
    assert_ne!(root_id(&secret(1))[..], secret(1).bytes()[..8]);
}
