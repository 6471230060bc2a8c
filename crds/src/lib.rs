#![doc = include_str!("../README.md")]
#![expect(
    unreachable_pub,
    reason = "KubeSchema copies a struct into a function, with its visibility"
)]

pub mod admission;
pub mod condition;
pub mod manifest;
pub mod name;
pub mod policy;
pub mod reference;
pub mod strategy;
pub mod tenant;
pub mod value;
pub mod wallet;

pub use condition::{
    Condition, PolicyCondition, StrategyCondition, TenantCondition, WalletCondition,
};
pub use policy::{Policy, PolicySpec, PolicyStatus};
pub use strategy::{Strategy, StrategySpec, StrategyStatus};
pub use tenant::{Tenant, TenantSpec, TenantStatus};
pub use wallet::{Wallet, WalletSpec, WalletStatus};
