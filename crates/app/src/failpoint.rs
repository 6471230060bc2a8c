//! The named points of the money path at which a test build can die.
//!
//! Product builds compile them to nothing (feature `failpoints` is off).

/// In the order a payment passes them.
pub const ALL: &[&str] = &[
    "after_policy",
    "audit_before_commit",
    "after_reserve_commit",
    "before_sign",
    "after_sign",
    "after_raw_persist",
    "mid_broadcast",
    "after_broadcast",
    "after_receipt",
    "after_final",
];

macro_rules! failpoint {
    ($name:literal) => {
        fail::fail_point!($name)
    };
}

pub(crate) use failpoint;
