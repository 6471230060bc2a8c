//! Cron expressions in a time zone: croner searches, jiff knows the zones.
//!
//! croner reads the instants of any library through a trait, so none but the house's own jiff is
//! needed.

use std::cmp::Ordering;

use croner::errors::CronError;
use croner::parser::{CronParser, Seconds, Year};
use croner::time::{CivilDateTime, CronDateTime, Resolution, Weekday};
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, ZonedDateTime};
use vaultpilot_core::Timestamp;

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Five fields, read on the wall clock of a zone.
#[derive(Debug, Clone)]
pub(crate) struct Cron {
    fields: croner::Cron,
    zone: TimeZone,
}

impl Cron {
    /// # Errors
    /// What is wrong with the expression.
    pub(crate) fn parse(text: &str, zone: TimeZone) -> Result<Self, String> {
        // Nicknames such as `@daily` and a sixth field are not what people agreed on.
        if text.split_ascii_whitespace().count() != 5 {
            return Err("five fields: minute, hour, day of month, month, day of week".to_owned());
        }
        let parser = CronParser::builder()
            .seconds(Seconds::Disallowed)
            .year(Year::Disallowed)
            .build();
        let fields = parser.parse(text).map_err(|error| error.to_string())?;
        Ok(Self { fields, zone })
    }

    /// The first instant later than `from` that fits.
    pub(crate) fn after(&self, from: Timestamp) -> Option<Timestamp> {
        // A zone may skip a whole day, as Samoa did; that day croner finds nothing on its way.
        let past_it = from.checked_add(DAY).ok();
        self.search(from, false)
            .or_else(|| self.search(past_it?, true))
            .filter(|found| *found > from)
    }

    fn search(&self, from: Timestamp, inclusive: bool) -> Option<Timestamp> {
        let start = Instant(from.to_zoned_datetime(self.zone.clone()));
        let found = self.fields.find_next_occurrence(&start, inclusive).ok()?;
        let found = found.0.timestamp();
        (inclusive || found > from).then_some(found)
    }
}

/// An instant on the wall clock of its zone, as croner asks for it.
#[derive(Clone)]
struct Instant(ZonedDateTime);

impl CronDateTime for Instant {
    fn to_civil(&self) -> CivilDateTime {
        let at = self.0.datetime();
        let part = |part: i8| u32::try_from(part).unwrap_or_default();
        let civil = CivilDateTime::from_ymd_hms_opt(
            i32::from(at.year()),
            part(at.month()),
            part(at.day()),
            part(at.hour()),
            part(at.minute()),
            part(at.second()),
        );
        #[expect(clippy::expect_used, reason = "jiff holds dates and times that exist")]
        civil.expect("a date and time of jiff exists")
    }

    fn civil_weekday(&self) -> Weekday {
        let days = self.0.weekday().to_sunday_zero_offset();
        Weekday::from_days_from_sunday(u32::try_from(days).unwrap_or_default())
    }

    fn resolve_civil(&self, civil: CivilDateTime) -> Result<Resolution<Self>, CronError> {
        let at = datetime(civil).ok_or(CronError::InvalidDate)?;
        let ambiguous = self.0.time_zone().to_ambiguous_zoned_datetime(at);
        let invalid = |_| CronError::InvalidTime;
        Ok(match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { .. } => {
                Resolution::Single(Self(ambiguous.unambiguous().map_err(invalid)?))
            }
            AmbiguousOffset::Fold { .. } => {
                let earlier = ambiguous.clone().earlier().map_err(invalid)?;
                let later = ambiguous.later().map_err(invalid)?;
                Resolution::Ambiguous(Self(earlier), Self(later))
            }
            AmbiguousOffset::Gap { .. } => Resolution::Gap,
        })
    }

    fn checked_add_seconds(&self, seconds: i64) -> Option<Self> {
        let moved = self.0.checked_add(SignedDuration::from_secs(seconds));
        moved.ok().map(Self)
    }

    fn cmp_instant(&self, other: &Self) -> Ordering {
        self.0.timestamp().cmp(&other.0.timestamp())
    }
}

fn datetime(civil: CivilDateTime) -> Option<DateTime> {
    let part = |part: u32| i8::try_from(part).ok();
    DateTime::new(
        i16::try_from(civil.year()).ok()?,
        part(civil.month())?,
        part(civil.day())?,
        part(civil.hour())?,
        part(civil.minute())?,
        part(civil.second())?,
        0,
    )
    .ok()
}
