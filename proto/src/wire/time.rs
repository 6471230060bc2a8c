//! Instants and lengths of time.

use prost_types::{Duration as PbDuration, Timestamp as PbTimestamp};
use vaultpilot_core::{Duration, Timestamp};

use super::{Wire, WireError};

const BILLION: i32 = 1_000_000_000;

impl Wire<Timestamp> for PbTimestamp {
    fn write(value: Timestamp) -> Self {
        let (seconds, nanos) = (value.as_second(), value.subsec_nanosecond());
        // Protobuf counts the fraction upwards, also before 1970.
        if nanos < 0 {
            Self {
                seconds: seconds.saturating_sub(1),
                nanos: nanos.saturating_add(BILLION),
            }
        } else {
            Self { seconds, nanos }
        }
    }

    fn read(self) -> Result<Timestamp, WireError> {
        if !(0..BILLION).contains(&self.nanos) {
            return Err(WireError::new("nanos are not 0 to 999999999"));
        }
        Timestamp::new(self.seconds, self.nanos).map_err(|_| WireError::new("is out of range"))
    }
}

impl Wire<Duration> for PbDuration {
    fn write(value: Duration) -> Self {
        Self {
            seconds: i64::try_from(value.as_secs()).unwrap_or(i64::MAX),
            nanos: i32::try_from(value.subsec_nanos()).unwrap_or_default(),
        }
    }

    fn read(self) -> Result<Duration, WireError> {
        let nanos = u32::try_from(self.nanos)
            .ok()
            .filter(|nanos| i64::from(*nanos) < i64::from(BILLION));
        match (u64::try_from(self.seconds), nanos) {
            (Ok(seconds), Some(nanos)) => Ok(Duration::new(seconds, nanos)),
            _ => Err(WireError::new("is not a length of time")),
        }
    }
}
