#![doc = include_str!("../README.md")]
#![deny(
    clippy::float_arithmetic,
    clippy::arithmetic_side_effects,
    clippy::as_conversions
)]

mod decode;
mod transfer;

pub use decode::decode;
pub use transfer::transfer;

alloy_sol_types::sol! {
    /// The part of ERC-20 (EIP-20) that moves value.
    interface Erc20 {
        function transfer(address to, uint256 amount) external returns (bool);
        function approve(address spender, uint256 amount) external returns (bool);
        function transferFrom(address from, address to, uint256 amount) external returns (bool);
    }
}

#[cfg(test)]
mod tests;
