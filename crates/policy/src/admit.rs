//! The gate every call passes, reads too.
use crate::{Decision, Facts, PolicySet, RateBook, decide};
pub fn admit(set: &PolicySet, facts: &Facts<'_>, _rates: &mut RateBook) -> Decision {
    decide(set, facts)
}
