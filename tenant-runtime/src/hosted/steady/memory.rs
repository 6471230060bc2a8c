//! Reads from memory: the admission that was told, an entry owed to the audit log, and the answer,
//! in that order. Whatever is missing or in doubt, the answer is that there is nobody to ask.

use vaultpilot_core::{AuditId, Caller, Tool, ToolClass};
use vaultpilot_ports::Fault;
use vaultpilot_ports::control_plane::{
    BudgetLine, BudgetQuery, BudgetView, ListQuery, Listed, WalletRef, WalletView,
};
use vaultpilot_proto::fault::CONTROL_PLANE_UNAVAILABLE;
use vaultpilot_proto::wire::{Read, Seen};

use super::Steady;
use super::away;
use crate::as_of;
use crate::hosted::known::Memory;

/// Why a call is not let in from memory, as the audit log is told.
const NOT_ADMITTED: &str = "tool_not_allowed";
const TOO_OFTEN: &str = "rate_limited";

impl Steady {
    /// Answers a call from memory, if it may be.
    pub(super) fn remember<T>(
        &self,
        caller: &Caller,
        tool: Tool,
        wallet: Option<&WalletRef>,
        read: impl FnOnce(&Seen, Option<&WalletView>) -> Option<T>,
    ) -> Result<T, Fault> {
        let memory = self.known.memory_of(caller).ok_or_else(away::fault)?;
        let seen = memory.seen().ok_or_else(away::fault)?;
        let named = match wallet {
            None => None,
            Some(wallet) => Some(find(seen, wallet).ok_or_else(away::fault)?),
        };
        if !admits(seen, tool, named) {
            return Err(self.refuse(&memory, tool, named, NOT_ADMITTED));
        }
        if !self.pace.admits(caller) {
            return Err(self.refuse(&memory, tool, named, TOO_OFTEN));
        }
        let answer = read(seen, named).ok_or_else(away::fault)?;
        self.owe(&memory, tool, named, "")?;
        as_of::mark(memory.as_of);
        self.metrics.read_stale(tool);
        Ok(answer)
    }

    fn refuse(&self, memory: &Memory, tool: Tool, wallet: Option<&WalletView>, why: &str) -> Fault {
        match self.owe(memory, tool, wallet, why) {
            Ok(()) => away::fault(),
            Err(fault) => fault,
        }
    }

    /// Without an entry there is no answer.
    fn owe(
        &self,
        memory: &Memory,
        tool: Tool,
        wallet: Option<&WalletView>,
        refused: &str,
    ) -> Result<(), Fault> {
        let seen = memory.seen().ok_or_else(away::fault)?;
        let id = AuditId::new(&*self.clock, &*self.entropy).to_string();
        let served_at = self.clock.now();
        // Should this process die before the entry is delivered, the log still has it.
        tracing::info!(
            read.id = id,
            tool = tool.name(),
            caller.name = seen.caller.name(),
            wallet.id = wallet.map(|wallet| wallet.id.as_str()),
            as_of = %memory.as_of,
            refused,
            "call was answered from memory"
        );
        let read = Read {
            id,
            context: seen.context.clone(),
            tool,
            wallet: wallet.and_then(|wallet| wallet.id.parse().ok()),
            served_at,
            as_of: memory.as_of,
            refused: refused.to_owned(),
        };
        self.owed.push(read).map_err(|_| {
            Fault::unavailable(
                CONTROL_PLANE_UNAVAILABLE,
                "the control plane is away, and the audit log is owed as many entries as may be",
            )
        })
    }
}

fn find<'a>(seen: &'a Seen, wanted: &WalletRef) -> Option<&'a WalletView> {
    let named = wanted.to_string();
    seen.wallets.iter().find(|wallet| match wanted {
        WalletRef::Id(_) => wallet.id == named,
        WalletRef::Label(_) => wallet.label == named,
    })
}

/// What the control plane would have let in, when it was last heard.
fn admits(seen: &Seen, tool: Tool, wallet: Option<&WalletView>) -> bool {
    let about = wallet.map(|wallet| wallet.id.as_str());
    let told = seen
        .admissions
        .iter()
        .find(|admission| admission.wallet.map(|id| id.to_string()).as_deref() == about);
    tool.class() == ToolClass::S0
        && seen.tools.contains(&tool)
        && told.is_some_and(|admission| admission.tools.contains(&tool))
}

/// All of them or nothing: pages are the control plane's.
pub(super) fn wallets(seen: &Seen, query: &ListQuery) -> Option<Listed<WalletView>> {
    let count = u32::try_from(seen.wallets.len()).ok()?;
    let fits = query.limit.is_none_or(|limit| count <= limit);
    (seen.complete && query.cursor.is_none() && fits).then(|| Listed {
        items: seen.wallets.clone(),
        next_cursor: None,
    })
}

pub(super) fn budget(seen: &Seen, wallet: &WalletView, query: &BudgetQuery) -> Option<BudgetView> {
    let mut budgets = seen.budgets.iter();
    let mut budget = budgets
        .find(|budget| budget.wallet == wallet.label)?
        .clone();
    let chain = query.chain.map(|chain| chain.to_string());
    let token = query.token.map(|token| token.to_string());
    let asked = |line: &BudgetLine| {
        chain.as_ref().is_none_or(|chain| *chain == line.chain)
            && token.as_ref().is_none_or(|token| *token == line.asset)
    };
    budget.lines.retain(asked);
    Some(budget)
}

#[cfg(test)]
mod tests;
