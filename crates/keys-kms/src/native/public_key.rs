//! A public key on secp256k1, as KMS gives it and as an envelope keeps it.

use alloy_primitives::Address;
use k256::ecdsa::VerifyingKey;
use k256::elliptic_curve::sec1::ToEncodedPoint as _;

/// DER of a `SubjectPublicKeyInfo` (RFC 5480) up to the point: a public key on a curve, the curve is
/// secp256k1, and 65 bytes of a point that is not compressed follow. DER knows no other spelling.
const SPKI: [u8; 23] = [
    0x30, 0x56, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b,
    0x81, 0x04, 0x00, 0x0a, 0x03, 0x42, 0x00,
];

const UNCOMPRESSED: usize = 65;
pub(super) const COMPRESSED: usize = 33;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PublicKey(VerifyingKey);

impl PublicKey {
    /// `None` when these bytes are anything but a point on secp256k1.
    pub(super) fn from_der(der: &[u8]) -> Option<Self> {
        let point = der.strip_prefix(&SPKI)?;
        let good = point.len() == UNCOMPRESSED && point.first() == Some(&0x04);
        good.then(|| VerifyingKey::from_sec1_bytes(point).ok())?
            .map(Self)
    }

    pub(super) fn from_compressed(point: &[u8; COMPRESSED]) -> Option<Self> {
        VerifyingKey::from_sec1_bytes(point).ok().map(Self)
    }

    pub(super) fn compressed(&self) -> [u8; COMPRESSED] {
        let mut bytes = [0; COMPRESSED];
        bytes.copy_from_slice(self.0.to_encoded_point(true).as_bytes());
        bytes
    }

    pub(super) fn address(&self) -> Address {
        let point = self.0.as_affine().to_encoded_point(false);
        Address::from_raw_public_key(&point.as_bytes()[1..])
    }

    pub(super) const fn verifying(&self) -> &VerifyingKey {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The generator: the public key of the private key 1, whose address is well known.
    const GENERATOR: &str = "0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798\
                             483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8";

    fn der() -> Vec<u8> {
        [SPKI.as_slice(), &hex::decode(GENERATOR).unwrap()].concat()
    }

    #[test]
    fn the_address_is_of_the_point() {
        let key = PublicKey::from_der(&der()).unwrap();
        let expected = "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf";
        assert_eq!(key.address().to_checksum(None), expected);
        assert_eq!(PublicKey::from_compressed(&key.compressed()), Some(key));
    }

    #[test]
    fn nothing_else_is_a_public_key() {
        let der = der();
        for length in 0..der.len() {
            assert_eq!(PublicKey::from_der(&der[..length]), None, "{length} bytes");
        }
        assert_eq!(PublicKey::from_der(&[der.as_slice(), &[0]].concat()), None);
        // Any bit of it: another structure, another curve, or a point that is not on this one.
        for at in 0..der.len() {
            for bit in 0..8 {
                let mut altered = der.clone();
                altered[at] ^= 1 << bit;
                assert_eq!(PublicKey::from_der(&altered), None, "byte {at}, bit {bit}");
            }
        }
    }
}
