//! Random policies and calls. Small alphabets and small numbers, so that rules meet and collide.

mod call;
mod document;

use vaultpilot_core::{Address, Asset, BaseUnits, Timestamp};
use vaultpilot_policy::{Decision, Outcome};

pub(crate) use call::{Call, call};
pub(crate) use document::{document, policies};

use crate::script::token;

const WALLETS: [&str; 2] = ["treasury", "petty"];
const AGENTS: [&str; 2] = ["bot", "clerk"];

pub(crate) fn now() -> Timestamp {
    "2026-01-01T12:00:00Z".parse().unwrap()
}

pub(crate) fn people() -> [Address; 3] {
    [
        Address::repeat_byte(0x11),
        Address::repeat_byte(0x22),
        Address::repeat_byte(0x33),
    ]
}

pub(crate) fn units(whole: u32, asset: Asset) -> BaseUnits {
    let decimals = if asset == token() { 6 } else { 18 };
    BaseUnits::parse(&whole.to_string(), decimals).unwrap()
}

/// How restrictive: allow, needs approval, deny.
pub(crate) fn rank(decision: &Decision) -> u8 {
    match decision.outcome {
        Outcome::Allow => 0,
        Outcome::NeedsApproval(_) => 1,
        Outcome::Deny => 2,
    }
}
