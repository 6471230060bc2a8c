//! The small language of the transcripts: one strategy, a clock, and what it answers.

use std::time::Duration;

use vaultpilot_core::{Address, BaseUnits, ChainId, IntentId, StrategyId, Timestamp, Token};
use vaultpilot_strategy::{
    ApprovalRule, Body, Booking, CatchUp, Command, Compiled, End, Event, Failure, FailurePolicy,
    Gates, Limits, Payment, Progress, Schedule, Spec, State, Strategy, Suspension, When, step,
};

const DECIMALS: u8 = 18;

pub(crate) fn id() -> StrategyId {
    "str_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap()
}

fn intent() -> IntentId {
    "txn_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap()
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// `90s`, `5m`, `24h`, `7d`
fn span(text: &str) -> Duration {
    let (count, unit) = text.split_at(text.len() - 1);
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => panic!("no span: {text}"),
    };
    Duration::from_secs(count.parse::<u64>().unwrap() * seconds)
}

pub(crate) fn spec(when: When) -> Spec {
    let payment = Payment {
        chain: ChainId::eip155(31_337),
        to: Address::repeat_byte(9),
        token: Token::Native,
        amount: "1".to_owned(),
        memo: None,
    };
    Spec {
        body: match when {
            When::At(_) => Body::ScheduledSend(payment),
            When::Cron(_) | When::Interval(_) => Body::RecurringTransfer(payment),
        },
        schedule: Schedule::new(when),
        limits: Limits::default(),
        gates: Gates::default(),
        approval: ApprovalRule::Never,
        failure: FailurePolicy::Continue,
        dry_run: false,
        run_history_limit: Spec::DEFAULT_HISTORY,
    }
}

/// A new strategy, active from its first tick on.
pub(crate) fn make(spec: Spec, now: Timestamp) -> Strategy {
    let compiled = spec.compile(DECIMALS, now).unwrap();
    let next = compiled.calendar.after(id(), now).unwrap();
    Strategy {
        id: id(),
        tenant: "tnt_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap(),
        name: "payroll".parse().unwrap(),
        wallet: "wal_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap(),
        spec,
        decimals: DECIMALS,
        state: State::Active { next },
        progress: Progress::default(),
        revision: 1,
        managed: None,
        created_at: now,
    }
}

pub(crate) fn compiled(strategy: &Strategy) -> Compiled {
    strategy
        .spec
        .compile(strategy.decimals, strategy.created_at)
        .unwrap()
}

pub(crate) fn end(word: &str, amount: BaseUnits) -> End {
    let failed = |how| End::Failed {
        how,
        intent: Some(intent()),
        code: "because".to_owned(),
        message: "because".to_owned(),
    };
    match word {
        "paid" => End::Paid {
            intent: intent(),
            amount,
        },
        "simulated" => End::Simulated { amount },
        "denied" => failed(Failure::Denied),
        "unapproved" => failed(Failure::NotApproved),
        "reverted" => failed(Failure::Reverted),
        "failed" => failed(Failure::Unable),
        "cancelled" => End::Cancelled {
            intent: Some(intent()),
        },
        _ => panic!("no end: {word}"),
    }
}

pub(crate) struct World {
    now: Timestamp,
    strategy: Option<Strategy>,
    /// The tick whose run was opened last.
    opened: Option<Timestamp>,
    booked: Option<Booking>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            now: at("2026-01-01T00:00:00Z"),
            strategy: None,
            opened: None,
            booked: None,
        }
    }

    pub(crate) fn run(&mut self, command: &str, input: &[&str]) -> Vec<String> {
        let (verb, rest) = command.split_once(' ').unwrap_or((command, ""));
        match verb {
            "at" => self.now = at(rest),
            "wait" => self.now += span(rest),
            "make" | "edit" => return self.written(verb, input),
            "ticks" => return self.ticks(rest.parse().unwrap()),
            "show" => return self.show(),
            "look" => {
                let busy = rest == "busy";
                return self.step(Event::Looked { busy });
            }
            "begin" => {
                let planned_at = self.opened.expect("a run was opened");
                return self.step(Event::Begun { planned_at });
            }
            "end" => {
                let booked = self.booked.take();
                let amount = booked.map_or(BaseUnits::ZERO, |booked| booked.amount);
                let end = end(rest, amount);
                return self.step(Event::Ended { booked, end });
            }
            "suspend" => {
                let reason = rest.to_owned();
                return self.step(Event::Suspended { reason });
            }
            "resume" => return self.step(Event::Resumed),
            "detach" => return self.step(Event::Detached),
            "clear" => return self.step(Event::Cleared),
            _ => panic!("no command: {command}"),
        }
        Vec::new()
    }

    fn written(&mut self, verb: &str, input: &[&str]) -> Vec<String> {
        let spec = read(input);
        let born = self.strategy.as_ref().map(|strategy| strategy.created_at);
        let born = born.filter(|_| verb == "edit").unwrap_or(self.now);
        let compiled = match spec.compile(DECIMALS, born) {
            Ok(compiled) => compiled,
            Err(problems) => return problems.all().iter().map(ToString::to_string).collect(),
        };
        if verb == "make" {
            self.strategy = match compiled.calendar.after(id(), self.now) {
                Some(_) => Some(make(spec, self.now)),
                None => return vec!["no tick is left".to_owned()],
            };
            return self.state();
        }
        let strategy = self.strategy.clone().expect("a strategy was made");
        let edit = Event::Edited {
            spec: Box::new(spec),
            decimals: DECIMALS,
        };
        match step(strategy, &compiled, edit, self.now) {
            Ok((next, _)) => {
                self.strategy = Some(next);
                self.state()
            }
            Err(error) => vec![format!("error: {error}")],
        }
    }

    fn step(&mut self, event: Event) -> Vec<String> {
        let strategy = self.strategy.clone().expect("a strategy was made");
        let seen = strategy.revision;
        let compiled = compiled(&strategy);
        let (next, commands) = match step(strategy, &compiled, event, self.now) {
            Ok(stepped) => stepped,
            Err(error) => return vec![format!("error: {error}")],
        };
        let mut told: Vec<String> = commands.iter().map(|it| self.command(it)).collect();
        let moved = next.revision != seen;
        self.strategy = Some(next);
        if moved {
            told.extend(self.state());
        }
        if told.is_empty() {
            told.push("nothing".to_owned());
        }
        told
    }

    fn command(&mut self, command: &Command) -> String {
        let amount = |amount: BaseUnits| amount.format(DECIMALS);
        match command {
            Command::Open { planned_at } => {
                self.opened = Some(*planned_at);
                format!("- open {planned_at}")
            }
            Command::Skip { planned_at, why } => format!("- skip {planned_at}: {}", why.as_str()),
            Command::Pay { booking } => {
                self.booked = Some(*booking);
                format!(
                    "- pay {} on the day of {}",
                    amount(booking.amount),
                    booking.day
                )
            }
            Command::Simulate { amount: of } => format!("- simulate {}", amount(*of)),
            Command::Drop { why } => format!("- drop: {}", why.as_str()),
            Command::CancelOpen => "- cancel what is open".to_owned(),
        }
    }

    fn state(&self) -> Vec<String> {
        let strategy = self.strategy.as_ref().expect("a strategy was made");
        vec![match &strategy.state {
            State::Active { next } if next.due_at == next.planned_at => {
                format!("active, next {}", next.planned_at)
            }
            State::Active { next } => {
                format!("active, next {}, due {}", next.planned_at, next.due_at)
            }
            State::Suspended {
                why: Suspension::Requested { reason },
                ..
            } => format!("suspended: {reason}"),
            State::Suspended {
                why: Suspension::Failures { count },
                ..
            } => format!("suspended: {count} failures"),
            State::Finished { why, .. } => format!("finished: {}", why.as_str()),
            State::Detaching { .. } => "detaching".to_owned(),
            State::Detached { .. } => "detached".to_owned(),
        }]
    }

    fn show(&self) -> Vec<String> {
        let progress = &self.strategy.as_ref().expect("made").progress;
        let today = progress
            .today
            .map(|today| format!(", {} of it today", today.spent.format(DECIMALS)));
        vec![format!(
            "begun {}, succeeded {}, denied {}, failed {} ({} in a row), skipped {}, spent {}{}",
            progress.begun,
            progress.succeeded,
            progress.denied,
            progress.failed,
            progress.consecutive_failures,
            progress.skipped,
            progress.spent.format(DECIMALS),
            today.unwrap_or_default(),
        )]
    }

    fn ticks(&self, count: usize) -> Vec<String> {
        let strategy = self.strategy.as_ref().expect("a strategy was made");
        let calendar = compiled(strategy).calendar;
        let mut from = self.now;
        let mut told = Vec::new();
        for _ in 0..count {
            let Some(tick) = calendar.after(strategy.id, from) else {
                told.push("no more".to_owned());
                break;
            };
            from = tick.planned_at;
            let late = tick.due_at.duration_since(tick.planned_at);
            let late = match late.as_millis() {
                0 => String::new(),
                millis => format!(" + {millis} ms"),
            };
            told.push(format!("{}{late}", tick.planned_at));
        }
        told
    }
}

/// A spec from lines such as `cron 0 9 * * *`.
fn read(lines: &[&str]) -> Spec {
    let word = |name: &str| {
        let line = lines.iter().find_map(|line| line.strip_prefix(name));
        line.and_then(|rest| rest.strip_prefix(' '))
            .map(str::to_owned)
    };
    let when = match (word("cron"), word("every"), word("once")) {
        (Some(cron), None, None) => When::Cron(cron),
        (None, Some(every), None) => When::Interval(match every.strip_suffix("ms") {
            Some(millis) => Duration::from_millis(millis.parse().unwrap()),
            None => span(&every),
        }),
        (None, None, Some(once)) => When::At(at(&once)),
        _ => panic!("one of cron, every, once"),
    };
    let mut spec = spec(when);
    let mut payment = spec.payment().clone();
    payment.amount = word("amount").unwrap_or_else(|| "1".to_owned());
    payment.memo = word("memo");
    if let Some(to) = word("to") {
        payment.to = to.parse().unwrap();
    }
    if let Some(token) = word("token") {
        payment.token = token.parse().unwrap();
    }
    let once = matches!(spec.schedule.when, When::At(_));
    spec.body = match word("type").as_deref() {
        Some("send") => Body::ScheduledSend(payment),
        Some("transfer") => Body::RecurringTransfer(payment),
        _ if once => Body::ScheduledSend(payment),
        _ => Body::RecurringTransfer(payment),
    };
    let schedule = &mut spec.schedule;
    schedule.time_zone = word("zone").unwrap_or_else(|| Schedule::UTC.to_owned());
    schedule.start_at = word("start").as_deref().map(at);
    schedule.end_at = word("end").as_deref().map(at);
    schedule.jitter = word("jitter").as_deref().map_or(Duration::ZERO, span);
    if word("catch-up").as_deref() == Some("run-once") {
        schedule.catch_up = CatchUp::RunOnce;
    }
    spec.limits = Limits {
        max_per_run: word("max-per-run"),
        max_per_day: word("max-per-day"),
        max_total: word("max-total"),
        max_runs: word("max-runs").map(|runs| runs.parse().unwrap()),
    };
    spec.gates = Gates {
        max_base_fee_gwei: word("max-base-fee"),
        min_wallet_balance: word("min-balance"),
    };
    if let Some(amount) = word("ask-above") {
        spec.approval = ApprovalRule::AboveAmount { amount };
    }
    if let Some(failures) = word("suspend-after") {
        let failures = failures.parse().unwrap();
        spec.failure = FailurePolicy::SuspendAfter { failures };
    }
    spec.dry_run = word("dry-run").is_some();
    if let Some(history) = word("history") {
        spec.run_history_limit = history.parse().unwrap();
    }
    spec
}
