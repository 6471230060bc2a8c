//! Things of the house, said in a sentence.
//!
//! Ids are unique in the process and sort in the order they were made.

mod approval;
mod caller;
mod custody;
mod intent;
mod key;
mod policy;
mod strategy;
mod tenant;
mod wallet;

use std::sync::atomic::{AtomicI64, Ordering};

use vaultpilot_core::{
    Address, ApprovalId, AuditId, B256, BaseUnits, ChainId, Clock, Entropy, IntentId, KeyId,
    KeyTaskId, Label, PolicyId, RequestId, TenantId, Timestamp, U256, WalletId,
};

pub use approval::{ApprovalFixture, approval};
pub use caller::{CallerFixture, agent, person};
pub use custody::{kek, key_import, key_task, moved_task, next_kek, next_key};
pub use intent::{IntentFixture, reservation_of, transfer};
pub use key::{ApiKeyFixture, api_key};
pub use policy::{allowed, denied, policy};
pub use strategy::{
    RunFixture, StrategyFixture, once, recurring, run, run_id, strategy, strategy_id, tick,
};
pub use tenant::{TenantFixture, tenant};
pub use wallet::{WalletFixture, wallet, wrapped_key};

/// The development chain of the fixtures.
pub const CHAIN: ChainId = ChainId::eip155(31_337);

/// Another chain than `CHAIN`.
pub const OTHER_CHAIN: ChainId = ChainId::eip155(31_338);

/// A clock that is a millisecond further at every look, and the randomness beside it.
struct Tick(i64);

impl Tick {
    fn next() -> Self {
        static COUNT: AtomicI64 = AtomicI64::new(0);
        Self(COUNT.fetch_add(1, Ordering::Relaxed))
    }
}

impl Clock for Tick {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(1_767_225_600_000 + self.0).unwrap_or_default()
    }
}

impl Entropy for Tick {
    fn fill(&self, bytes: &mut [u8]) {
        let hash = alloy_primitives::keccak256(self.0.to_be_bytes());
        bytes
            .iter_mut()
            .zip(hash.iter().cycle())
            .for_each(|(byte, random)| *byte = *random);
    }
}

macro_rules! fresh {
    ($($name:ident = $id:ident;)*) => {$(
        pub fn $name() -> $id {
            let tick = Tick::next();
            $id::new(&tick, &tick)
        }
    )*};
}

fresh! {
    tenant_id = TenantId;
    wallet_id = WalletId;
    policy_id = PolicyId;
    key_id = KeyId;
    key_task_id = KeyTaskId;
    intent_id = IntentId;
    approval_id = ApprovalId;
    audit_id = AuditId;
}

/// A request id nobody used before.
pub fn request_id() -> RequestId {
    format!("request-{:016}", Tick::next().0)
        .parse()
        .expect("24 plain characters")
}

/// A hash nobody used before.
pub fn hash() -> B256 {
    alloy_primitives::keccak256(Tick::next().0.to_be_bytes())
}

pub fn label(text: &str) -> Label {
    text.parse().expect("the test gives a valid label")
}

/// An instant, such as `2026-01-01T00:00:00Z`.
pub fn at(text: &str) -> Timestamp {
    text.parse().expect("the test gives an RFC 3339 instant")
}

/// Midnight of 2026-01-01, plus this many seconds: where `MockClock` begins.
pub fn second(count: i64) -> Timestamp {
    Timestamp::from_second(1_767_225_600 + count).expect("the test gives an instant of this age")
}

/// The address that is this number.
pub fn address(number: u64) -> Address {
    Address::from_word(B256::from(U256::from(number)))
}

/// Whole coins of 18 decimals.
pub fn eth(coins: u64) -> BaseUnits {
    milli_eth(coins.saturating_mul(1000))
}

/// Thousandths of a coin.
pub fn milli_eth(count: u64) -> BaseUnits {
    BaseUnits::from_u128(u128::from(count) * 1_000_000_000_000_000)
}
