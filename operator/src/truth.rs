//! What was found about an object, one finding a condition, and what follows from all of them.

use std::borrow::Cow;

use vaultpilot_core::Timestamp;
use vaultpilot_crds::Condition;

use crate::moment;
use crate::reason::Reason;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Truth {
    True,
    False,
    Unknown,
}

impl Truth {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::True => "True",
            Self::False => "False",
            Self::Unknown => "Unknown",
        }
    }
}

/// What a finding means for the object as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// `Ready` needs it to be true; it may become so by itself.
    Needed,
    /// `Ready` needs it to be true, and somebody has to change something before it is.
    Stalls,
    /// `Ready` needs it not to be true.
    Blocks,
    /// It is only told.
    Told,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub condition: &'static str,
    pub truth: Truth,
    pub reason: Cow<'static, str>,
    pub message: String,
    pub weight: Weight,
}

/// In the order in which people read them; the first that fails is the reason of `Ready`.
#[derive(Debug, Clone, Default)]
pub struct Findings(Vec<Finding>);

impl Findings {
    /// It holds, as it should.
    pub fn holds(&mut self, condition: &'static str, message: impl Into<String>) {
        self.push(
            condition,
            Truth::True,
            Reason::AsAsked,
            message,
            Weight::Needed,
        );
    }

    /// It does not hold yet.
    pub fn fails(&mut self, condition: &'static str, reason: Reason, message: impl Into<String>) {
        self.push(condition, Truth::False, reason, message, Weight::Needed);
    }

    /// It does not hold, and nothing but a change by somebody heals it.
    pub fn stalls(&mut self, condition: &'static str, reason: Reason, message: impl Into<String>) {
        self.push(condition, Truth::False, reason, message, Weight::Stalls);
    }

    /// Nobody can say.
    pub fn unknown(&mut self, condition: &'static str, reason: Reason, message: impl Into<String>) {
        self.push(condition, Truth::Unknown, reason, message, Weight::Needed);
    }

    /// It is so, and `Ready` does not depend on it.
    pub fn tells(
        &mut self,
        condition: &'static str,
        truth: bool,
        reason: Reason,
        message: impl Into<String>,
    ) {
        let truth = if truth { Truth::True } else { Truth::False };
        self.push(condition, truth, reason, message, Weight::Told);
    }

    pub fn add(&mut self, finding: Finding) {
        self.0.retain(|known| known.condition != finding.condition);
        self.0.push(finding);
    }

    fn push(
        &mut self,
        condition: &'static str,
        truth: Truth,
        reason: Reason,
        message: impl Into<String>,
        weight: Weight,
    ) {
        self.add(Finding {
            condition,
            truth,
            reason: reason.as_str().into(),
            message: message.into(),
            weight,
        });
    }

    pub fn iter(&self) -> impl Iterator<Item = &Finding> {
        self.0.iter()
    }

    /// The first that keeps the object from being ready.
    pub fn first_failing(&self) -> Option<&Finding> {
        let failing = |finding: &&Finding| match finding.weight {
            Weight::Told => false,
            Weight::Blocks => finding.truth == Truth::True,
            Weight::Needed | Weight::Stalls => finding.truth != Truth::True,
        };
        // What needs a person is told before what heals by itself.
        let stalling = self.0.iter().filter(failing);
        stalling
            .clone()
            .find(|finding| finding.weight == Weight::Stalls)
            .or_else(|| stalling.clone().next())
    }

    pub fn is_ready(&self) -> bool {
        self.first_failing().is_none()
    }

    pub fn is_stalled(&self) -> bool {
        self.first_failing()
            .is_some_and(|finding| finding.weight == Weight::Stalls)
    }

    /// With `Ready`, `Reconciling` and `Stalled` in front, as kstatus reads them.
    pub fn conditions(
        &self,
        before: &[Condition],
        generation: Option<i64>,
        now: Timestamp,
    ) -> Vec<Condition> {
        let failing = self.first_failing();
        let summary = |condition, truth: Truth, of: Option<&Finding>| Finding {
            condition,
            truth,
            reason: of.map_or(Reason::AsAsked.as_str().into(), |of| of.reason.clone()),
            message: of.map_or_else(String::new, |of| of.message.clone()),
            weight: Weight::Told,
        };
        let stalled = failing.filter(|_| self.is_stalled());
        let working = failing.filter(|_| !self.is_stalled());
        let as_truth = |found: Option<&Finding>| {
            if found.is_some() {
                Truth::True
            } else {
                Truth::False
            }
        };
        let ready = match failing {
            None => Truth::True,
            Some(finding) if finding.truth == Truth::Unknown => Truth::Unknown,
            Some(_) => Truth::False,
        };
        let mut all = vec![
            summary("Ready", ready, failing),
            summary("Reconciling", as_truth(working), working),
            summary("Stalled", as_truth(stalled), stalled),
        ];
        all.extend(self.0.iter().cloned());
        all.into_iter()
            .map(|finding| condition(finding, before, generation, now))
            .collect()
    }
}

fn condition(
    finding: Finding,
    before: &[Condition],
    generation: Option<i64>,
    now: Timestamp,
) -> Condition {
    let known = before.iter().find(|known| known.type_ == finding.condition);
    let status = finding.truth.as_str().to_owned();
    Condition {
        // The time of the last change of the status, not of the words about it.
        last_transition_time: known.filter(|known| known.status == status).map_or_else(
            || moment::time(now),
            |known| known.last_transition_time.clone(),
        ),
        type_: finding.condition.to_owned(),
        status,
        reason: finding.reason.into_owned(),
        message: sentence(&finding.message),
        observed_generation: generation,
    }
}

/// One line that fits: what others say may be long, or have line breaks.
pub fn sentence(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(1000)
        .collect();
    line.trim().to_owned()
}

#[cfg(test)]
mod tests;
