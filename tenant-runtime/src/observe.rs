//! Who hears of tool calls: metrics and the live stream.

use vaultpilot_core::{Caller, TenantName, Tool};

/// One answered tool call. Holds no argument but the wallet's name, and no secret.
#[derive(Debug, Clone, Copy)]
pub struct CallRecord<'a> {
    pub tenant: &'a TenantName,
    pub caller: &'a Caller,
    pub tool: Tool,
    /// Label or id, as the caller gave it.
    pub wallet: Option<&'a str>,
    /// `allow`, `deny`, `needs_approval`, or an error code.
    pub outcome: &'a str,
    /// One sentence.
    pub detail: &'a str,
    pub micros: u64,
}

/// Contract: quick, and never blocks; the caller's answer waits for it.
pub trait CallObserver: Send + Sync {
    fn called(&self, call: &CallRecord<'_>);
}

impl<F: Fn(&CallRecord<'_>) + Send + Sync> CallObserver for F {
    fn called(&self, call: &CallRecord<'_>) {
        self(call);
    }
}
