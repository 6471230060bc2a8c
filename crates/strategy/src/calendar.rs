//! The ticks of a schedule. The same schedule has the same ticks, whoever asks, and when.

use alloy_primitives::keccak256;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use vaultpilot_core::{Duration, StrategyId, Timestamp, clock};

use crate::cron::Cron;
use crate::problem::Notes;
use crate::{Schedule, Tick, When};

/// The shortest interval: a run takes a while.
const SHORTEST: Duration = Duration::from_secs(10);
const LONGEST: Duration = Duration::from_hours(24 * 366);
const LONGEST_JITTER: Duration = Duration::from_hours(24);
const SECOND: Duration = Duration::from_secs(1);

/// A schedule that was read.
#[derive(Debug, Clone)]
pub struct Calendar {
    pace: Pace,
    zone: TimeZone,
    start: Option<Timestamp>,
    end: Option<Timestamp>,
    jitter: Duration,
}

#[derive(Debug, Clone)]
enum Pace {
    Cron(Box<Cron>),
    Interval { anchor: Timestamp, every: Duration },
    Once(Timestamp),
}

impl Calendar {
    /// Intervals count from `born` when the schedule names no start.
    pub(crate) fn read(schedule: &Schedule, born: Timestamp, notes: &mut Notes) -> Option<Self> {
        let zone = zone(&schedule.time_zone, notes);
        let every = match &schedule.when {
            When::Interval(every) => Some(*every),
            When::Cron(_) | When::At(_) => None,
        };
        ends(schedule, notes);
        jitter(schedule.jitter, every, notes);
        let pace = match &schedule.when {
            When::Cron(text) => {
                cron(text, zone.as_ref()?.clone(), born, notes).map(|cron| Pace::Cron(cron.into()))
            }
            When::Interval(every) => {
                interval(*every, notes);
                Some(Pace::Interval {
                    anchor: schedule.start_at.unwrap_or(born),
                    every: *every,
                })
            }
            When::At(at) => Some(Pace::Once(*at)),
        };
        Some(Self {
            pace: pace?,
            zone: zone?,
            start: schedule.start_at,
            end: schedule.end_at,
            jitter: schedule.jitter,
        })
    }

    /// The first tick that is planned later than `from`.
    pub fn after(&self, id: StrategyId, from: Timestamp) -> Option<Tick> {
        let planned_at = self.planned_after(from)?;
        let late = clock::after(planned_at, lateness(id, planned_at, self.jitter));
        // A tick is due before the next one is planned, so that none overtakes another.
        let due_at = match self.next_if_late(planned_at) {
            Some(next) => late.min(clock::before(next, SECOND)).max(planned_at),
            None => late,
        };
        Some(Tick { planned_at, due_at })
    }

    fn next_if_late(&self, planned_at: Timestamp) -> Option<Timestamp> {
        if self.jitter.is_zero() {
            return None;
        }
        self.planned_after(planned_at)
    }

    fn planned_after(&self, from: Timestamp) -> Option<Timestamp> {
        // A start is a tick itself, where it fits.
        let from = match self.start {
            Some(start) => from.max(clock::before(start, Duration::from_nanos(1))),
            None => from,
        };
        let planned = match &self.pace {
            Pace::Cron(cron) => cron.after(from),
            Pace::Interval { anchor, every } => interval_after(*anchor, *every, from),
            Pace::Once(at) => (*at > from).then_some(*at),
        };
        planned.filter(|planned| self.end.is_none_or(|end| *planned < end))
    }

    /// When the day of the schedule's zone began that `at` belongs to.
    pub fn day(&self, at: Timestamp) -> Timestamp {
        let zoned = at.to_zoned_datetime(self.zone.clone());
        zoned.start_of_day().map_or(at, |day| day.timestamp())
    }
}

/// By how much a tick is late: the same for everybody who asks.
fn lateness(id: StrategyId, planned_at: Timestamp, jitter: Duration) -> Duration {
    let seed = keccak256(format!("jitter/{id}/{}", planned_at.as_second()));
    let mut head = [0; 8];
    head.iter_mut().zip(seed).for_each(|(to, from)| *to = from);
    let most = u64::try_from(jitter.as_millis()).unwrap_or(u64::MAX);
    let millis = u64::from_be_bytes(head).checked_rem(most.saturating_add(1));
    Duration::from_millis(millis.unwrap_or_default())
}

fn interval_after(anchor: Timestamp, every: Duration, from: Timestamp) -> Option<Timestamp> {
    if from < anchor {
        return Some(anchor);
    }
    let every = i64::try_from(every.as_secs()).ok()?;
    let passed = from.duration_since(anchor).as_secs();
    let ticks = passed.checked_div(every)?.checked_add(1)?;
    let ahead = u64::try_from(ticks.checked_mul(every)?).ok()?;
    anchor.checked_add(Duration::from_secs(ahead)).ok()
}

fn zone(name: &str, notes: &mut Notes) -> Option<TimeZone> {
    // The bundled database: a pod has no other, and everywhere the same days are the same.
    let found = TimeZoneDatabase::bundled().get(name).ok();
    let found = found.filter(|zone| !zone.is_unknown());
    if found.is_none() {
        notes.tell(
            "time_zone_unknown",
            "schedule.timeZone",
            format!("{name:?} is no IANA time zone such as Europe/Berlin"),
        );
    }
    found
}

fn cron(text: &str, zone: TimeZone, born: Timestamp, notes: &mut Notes) -> Option<Cron> {
    match Cron::parse(text, zone) {
        Ok(cron) if cron.after(born).is_some() => Some(cron),
        Ok(_) => {
            notes.tell(
                "cron_never",
                "schedule.cron",
                "no day fits all of its fields",
            );
            None
        }
        Err(why) => {
            notes.tell("cron_invalid", "schedule.cron", why);
            None
        }
    }
}

fn interval(every: Duration, notes: &mut Notes) {
    notes.want(
        (SHORTEST..=LONGEST).contains(&every),
        "interval_out_of_range",
        "schedule.interval",
        "an interval is ten seconds to 366 days",
    );
    notes.want(
        every.subsec_nanos() == 0,
        "interval_not_whole_seconds",
        "schedule.interval",
        "an interval is a number of whole seconds",
    );
}

fn jitter(jitter: Duration, every: Option<Duration>, notes: &mut Notes) {
    let most = every.map_or(LONGEST_JITTER, |every| every.min(LONGEST_JITTER));
    notes.want(
        jitter.is_zero() || (jitter <= LONGEST_JITTER && jitter < most),
        "jitter_out_of_range",
        "schedule.jitter",
        "jitter is shorter than the interval and than a day",
    );
}

fn ends(schedule: &Schedule, notes: &mut Notes) {
    let (start, end) = (schedule.start_at, schedule.end_at);
    notes.want(
        start.zip(end).is_none_or(|(start, end)| start < end),
        "start_not_before_end",
        "schedule.startAt",
        "startAt is before endAt",
    );
    let once = matches!(schedule.when, When::At(_));
    notes.want(
        !once || (start.is_none() && end.is_none()),
        "ends_not_for_once",
        "schedule.at",
        "startAt and endAt belong to cron and interval",
    );
}
