//! Reads a spec: text becomes integers and a calendar, or everything that is wrong is told.

use vaultpilot_core::{BaseUnits, Gwei, Timestamp, Token, Wei};

use crate::problem::Notes;
use crate::{ApprovalRule, Body, Calendar, FailurePolicy, Payment, Problems, Spec, When};

/// The longest memo, as payments take it.
const MAX_MEMO: usize = 200;

/// A spec that was read.
#[derive(Debug, Clone)]
pub struct Compiled {
    pub calendar: Calendar,
    pub amount: BaseUnits,
    pub max_per_run: Option<BaseUnits>,
    pub max_per_day: Option<BaseUnits>,
    pub max_total: Option<BaseUnits>,
    pub max_runs: Option<u64>,
    pub max_base_fee: Option<Wei>,
    pub min_balance: Option<BaseUnits>,
    /// Above which amount a person is asked.
    pub ask_above: Option<BaseUnits>,
}

impl Spec {
    /// Reads the spec of a strategy made at `born` that pays a token of so many decimals.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn compile(&self, decimals: u8, born: Timestamp) -> Result<Compiled, Problems> {
        let mut notes = Notes::default();
        let calendar = Calendar::read(&self.schedule, born, &mut notes);
        pace(self, &mut notes);
        let amount = payment(self.payment(), decimals, &mut notes);
        let mut limit = |text: &Option<String>, field: &'static str| {
            let most = read(text.as_deref()?, decimals, field, &mut notes)?;
            let fits = amount.is_none_or(|amount| amount <= most);
            let message = "it is below the amount of one run: nothing would ever be paid";
            notes.want(fits, "limit_below_amount", field, message);
            Some(most)
        };
        let max_per_run = limit(&self.limits.max_per_run, "limits.maxPerRun");
        let max_per_day = limit(&self.limits.max_per_day, "limits.maxPerDay");
        let max_total = limit(&self.limits.max_total, "limits.maxTotal");
        let max_base_fee = base_fee(self.gates.max_base_fee_gwei.as_deref(), &mut notes);
        let min_balance = self
            .gates
            .min_wallet_balance
            .as_deref()
            .and_then(|text| read(text, decimals, "gates.minWalletBalance", &mut notes));
        let ask_above = match &self.approval {
            ApprovalRule::AboveAmount { amount } => {
                read(amount, decimals, "approval.amount", &mut notes)
            }
            ApprovalRule::Never | ApprovalRule::FirstRun | ApprovalRule::EveryRun => None,
        };
        counts(self, &mut notes);
        let compiled = calendar.zip(amount).map(|(calendar, amount)| Compiled {
            calendar,
            amount,
            max_per_run,
            max_per_day,
            max_total,
            max_runs: self.limits.max_runs,
            max_base_fee,
            min_balance,
            ask_above,
        });
        notes.settle(compiled)
    }
}

/// Which schedule goes with which body.
fn pace(spec: &Spec, notes: &mut Notes) {
    let once = matches!(spec.schedule.when, When::At(_));
    match spec.body {
        Body::RecurringTransfer(_) => notes.want(
            !once,
            "schedule_not_recurring",
            "schedule.at",
            "a recurring transfer has cron or interval",
        ),
        Body::ScheduledSend(_) => notes.want(
            once,
            "schedule_not_once",
            "schedule",
            "a scheduled send has at, and nothing else",
        ),
    }
}

fn payment(payment: &Payment, decimals: u8, notes: &mut Notes) -> Option<BaseUnits> {
    notes.want(
        !payment.to.is_zero(),
        "address_zero",
        "to",
        "the recipient is the zero address, where coins are lost",
    );
    notes.want(
        payment.token != Token::Erc20(payment.to),
        "recipient_is_token",
        "to",
        "the recipient is the token contract itself, where tokens are lost",
    );
    let memo = payment.memo.as_deref().unwrap_or_default();
    if memo.chars().count() > MAX_MEMO {
        let message = format!("memo has more than {MAX_MEMO} characters");
        notes.tell("memo_too_long", "memo", message);
    }
    let amount = read(&payment.amount, decimals, "amount", notes)?;
    notes.want(
        !amount.is_zero(),
        "amount_zero",
        "amount",
        "amount is zero: nothing to send",
    );
    Some(amount)
}

fn counts(spec: &Spec, notes: &mut Notes) {
    notes.want(
        spec.limits.max_runs != Some(0),
        "max_runs_zero",
        "limits.maxRuns",
        "at least one run",
    );
    notes.want(
        spec.failure != FailurePolicy::SuspendAfter { failures: 0 },
        "failures_zero",
        "failurePolicy",
        "at least one failure",
    );
    notes.want(
        (1..=Spec::MAX_HISTORY).contains(&spec.run_history_limit),
        "history_out_of_range",
        "runHistoryLimit",
        "1 to 10000 runs are kept",
    );
}

fn base_fee(text: Option<&str>, notes: &mut Notes) -> Option<Wei> {
    let field = "gates.maxBaseFeeGwei";
    let most = read(text?, Gwei::DECIMALS, field, notes)?;
    let most = u128::try_from(most.0).ok().map(Wei);
    if most.is_none() {
        notes.tell("amount_too_large", field, "no chain has such a fee");
    }
    most
}

fn read(text: &str, decimals: u8, field: &'static str, notes: &mut Notes) -> Option<BaseUnits> {
    match BaseUnits::parse(text, decimals) {
        Ok(amount) => Some(amount),
        Err(error) => {
            notes.tell(error.code(), field, error.to_string());
            None
        }
    }
}
