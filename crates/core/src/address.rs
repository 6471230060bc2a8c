//! EVM addresses from people and agents: EIP-55 checksums are honoured, never guessed.

use alloy_primitives::Address;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    #[error("address is not 0x followed by 40 hexadecimal digits")]
    Malformed,
    #[error("address checksum (EIP-55) does not match: a digit may be mistyped")]
    Checksum,
    #[error("address is the zero address, where coins are lost")]
    Zero,
}

impl AddressError {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "address_malformed",
            Self::Checksum => "address_checksum",
            Self::Zero => "address_zero",
        }
    }
}

/// Reads an address. All lower or all upper case carries no checksum and is taken as it is; mixed
/// case must match EIP-55.
///
/// # Errors
/// When it is malformed, its checksum is wrong, or it is the zero address.
pub fn parse_address(text: &str) -> Result<Address, AddressError> {
    let digits = text.strip_prefix("0x").ok_or(AddressError::Malformed)?;
    if digits.len() != 40 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(AddressError::Malformed);
    }
    let address: Address = text.parse().map_err(|_| AddressError::Malformed)?;
    let upper = digits.bytes().any(|b| b.is_ascii_uppercase());
    let lower = digits.bytes().any(|b| b.is_ascii_lowercase());
    if upper && lower && address.to_checksum(None) != text {
        return Err(AddressError::Checksum);
    }
    if address.is_zero() {
        Err(AddressError::Zero)
    } else {
        Ok(address)
    }
}

#[cfg(test)]
mod tests;
