//! A refusal in the server's words (RFC 9457), and what to do about it.

use serde::Deserialize;

use crate::exit::Exit;

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Problem {
    pub title: String,
    #[serde(default)]
    pub status: u16,
    #[serde(default)]
    pub detail: Option<String>,
    pub code: String,
    #[serde(default)]
    pub field: Option<String>,
    #[serde(default)]
    pub retryable: bool,
    #[serde(default)]
    pub retry_after_s: Option<u64>,
    #[serde(default)]
    pub decision: Option<Judgement>,
}

/// As much of a decision as is told. What a newer server adds does not make a refusal unreadable.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Judgement {
    #[serde(default)]
    pub reasons: Vec<Reason>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Reason {
    pub code: String,
    pub message: String,
}

impl Problem {
    /// Reads the body of a refusal. A body that is none, from a proxy in between, is told as it is.
    pub(crate) fn read(status: u16, body: &str) -> Self {
        if let Ok(problem) = serde_json::from_str::<Self>(body) {
            return Self { status, ..problem };
        }
        let first: String = body
            .lines()
            .next()
            .unwrap_or_default()
            .chars()
            .take(200)
            .collect();
        Self {
            title: format!("server answered HTTP {status}"),
            status,
            detail: Some(first).filter(|text| !text.trim().is_empty()),
            code: format!("http_{status}"),
            field: None,
            retryable: status >= 500,
            retry_after_s: None,
            decision: None,
        }
    }

    pub(crate) fn exit(&self) -> Exit {
        match self.status {
            401 | 403 => Exit::Denied,
            404 => Exit::NotFound,
            409 => Exit::Conflict,
            400 | 413 | 415 | 422 => Exit::Usage,
            _ if self.decision.is_some() => Exit::Denied,
            _ => Exit::Failed,
        }
    }

    /// The server's own sentence; the title says no more than the status does.
    pub(crate) fn what(&self) -> String {
        match (&self.field, &self.detail) {
            (Some(field), Some(detail)) if !detail.starts_with(field.as_str()) => {
                format!("{field}: {detail}")
            }
            (_, Some(detail)) => detail.clone(),
            (_, None) => self.title.clone(),
        }
    }

    /// The reasons of a decision, or the code that stands for the rest.
    pub(crate) fn why(&self) -> String {
        let what = self.what();
        let reasons = self.decision.iter().flat_map(|decision| &decision.reasons);
        let new: Vec<String> = reasons
            .filter(|reason| !what.contains(reason.message.as_str()))
            .map(|reason| format!("{}: {}", reason.code, reason.message))
            .collect();
        if new.is_empty() {
            self.code.clone()
        } else {
            new.join("\n")
        }
    }

    pub(crate) fn next(&self) -> Option<String> {
        if let Some(seconds) = self.retry_after_s.filter(|_| self.retryable) {
            return Some(format!("the same command again in {seconds} s"));
        }
        let text = format!(
            "{} {}",
            self.title,
            self.detail.as_deref().unwrap_or_default()
        );
        let names = |word: &str| text.split_whitespace().any(|part| part == word);
        let next = match self.code.as_str() {
            "unauthenticated" => "vaultpilot doctor   # and check --key-file or VAULTPILOT_KEY",
            "forbidden" | "insufficient_scope" => {
                "the same command with --key-file of a person whose role allows it"
            }
            "not_found" if names("wallet") => "vaultpilot wallet list",
            "not_found" if names("policy") => "vaultpilot policy list",
            "not_found" if names("approval") => "vaultpilot approval list",
            "not_found" if names("transaction") => "vaultpilot transaction list",
            "not_found" if names("key") => "vaultpilot key list",
            "frozen" => "vaultpilot wallet thaw <wallet>",
            "internal" => "vaultpilot doctor",
            _ if self.decision.is_some() => "vaultpilot wallet budget <wallet>",
            _ if self.status >= 500 => "vaultpilot doctor",
            _ => return None,
        };
        Some(next.to_owned())
    }
}

#[cfg(test)]
mod tests;
