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

/// Of the work on keys, whichever task passes them.
pub const CUSTODY: &[&str] = &[
    "custody_import_opened",
    "custody_export_sealed",
    "custody_kek_rewrapped",
    "custody_keys_rewrapped",
    "custody_before_commit",
    "custody_after_commit",
    "custody_before_end",
    "custody_after_end",
];

macro_rules! failpoint {
    ($name:literal) => {
        fail::fail_point!($name)
    };
}

pub(crate) use failpoint;
