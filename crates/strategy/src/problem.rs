//! What is wrong with a spec. All of it is told at once.

use std::fmt;

/// One thing that is wrong, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Stable.
    pub code: &'static str,
    /// Its path in the spec, such as `schedule.cron`.
    pub field: &'static str,
    pub message: String,
}

/// Everything that is wrong with a spec; never empty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Problems(Vec<Problem>);

impl Problems {
    pub fn all(&self) -> &[Problem] {
        &self.0
    }

    pub fn first(&self) -> Option<&Problem> {
        self.0.first()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.field, self.message, self.code)
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, problem) in self.0.iter().enumerate() {
            if number > 0 {
                f.write_str("; ")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

/// Collects what is wrong.
#[derive(Debug, Default)]
pub(crate) struct Notes(Vec<Problem>);

impl Notes {
    pub(crate) fn tell(
        &mut self,
        code: &'static str,
        field: &'static str,
        message: impl Into<String>,
    ) {
        self.0.push(Problem {
            code,
            field,
            message: message.into(),
        });
    }

    /// Tells unless it `holds`.
    pub(crate) fn want(
        &mut self,
        holds: bool,
        code: &'static str,
        field: &'static str,
        message: &str,
    ) {
        if !holds {
            self.tell(code, field, message);
        }
    }

    /// The value, if nothing at all was wrong.
    pub(crate) fn settle<T>(self, value: Option<T>) -> Result<T, Problems> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(Problems(self.0)),
        }
    }
}
