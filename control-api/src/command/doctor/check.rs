//! One thing that was looked at.

use serde::Serialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    Good,
    /// Works, and should be looked at.
    Warning,
    Bad,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Check {
    /// What was looked at.
    name: String,
    pub(super) state: State,
    detail: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<&'static str>,
}

impl Check {
    pub(super) fn good(name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            state: State::Good,
            detail: detail.into(),
            next: None,
        }
    }

    pub(super) fn warning(
        name: impl Into<String>,
        detail: impl Into<String>,
        next: &'static str,
    ) -> Self {
        Self {
            state: State::Warning,
            next: Some(next),
            ..Self::good(name, detail)
        }
    }

    pub(super) fn bad(
        name: impl Into<String>,
        detail: impl Into<String>,
        next: &'static str,
    ) -> Self {
        Self {
            state: State::Bad,
            next: Some(next),
            ..Self::good(name, detail)
        }
    }
}

impl std::fmt::Display for Check {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mark = match self.state {
            State::Good => "ok  ",
            State::Warning => "warn",
            State::Bad => "FAIL",
        };
        write!(f, "{mark}  {}: {}", self.name, self.detail)?;
        if let Some(next) = self.next {
            write!(f, "\n      next: {next}")?;
        }
        Ok(())
    }
}
