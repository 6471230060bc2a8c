//! Instants as the cluster writes them: whole seconds, or a status would never equal what was
//! written of it.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff;
use vaultpilot_core::Timestamp;
use vaultpilot_crds::value::Moment;

pub fn time(at: Timestamp) -> Time {
    // Both are of the same years.
    Time(jiff::Timestamp::from_second(at.as_second()).unwrap_or_default())
}

pub fn moment(at: Timestamp) -> Moment {
    Moment(time(at))
}

pub fn instant(time: &Time) -> Timestamp {
    Timestamp::from_second(time.0.as_second()).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// What the control API says, RFC 3339.
pub fn read(text: &str) -> Option<Moment> {
    text.parse().ok().map(moment)
}
