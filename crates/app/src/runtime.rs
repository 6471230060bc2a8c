//! What a tenant's runtime asks for itself, beside the calls of the agents it serves: whether a
//! caller still holds, what a caller may read, and what it served from that.

use vaultpilot_audit::Outcome;
use vaultpilot_core::tenant::TenantState;
use vaultpilot_core::{Caller, TenantId, Timestamp, Tool, ToolClass, Wallet, WalletId};
use vaultpilot_policy::{Facts, PolicySet, RateBook, admit};
use vaultpilot_ports::Fault;
use vaultpilot_ports::control_plane::{BudgetQuery, BudgetView, PolicyView, WalletRef, WalletView};
use vaultpilot_ports::store::Page;

use crate::admit::freeze_of;
use crate::error::OrFault;
use crate::feed::Version;
use crate::{App, view};

/// Wallets of one snapshot: what a runtime goes on with for minutes, not a copy of the record.
const WALLETS: u32 = 50;
/// Reads written down in one call.
pub const MAX_READS: usize = 1000;

/// What one caller may read, as the calls of the same names would answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    pub tools: Vec<Tool>,
    pub wallets: Vec<WalletView>,
    pub policies: Vec<PolicyView>,
    pub budgets: Vec<BudgetView>,
    /// Whether all wallets are in it.
    pub complete: bool,
    /// The reading tools that would be let in about each wallet, and about none; but for their rate.
    pub admissions: Vec<(Option<WalletId>, Vec<Tool>)>,
}

/// One call that a runtime answered from what it had seen before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServedRead {
    /// Made by the runtime; tells a read that is told twice.
    pub id: String,
    pub caller: Caller,
    pub tool: Tool,
    pub wallet: Option<WalletId>,
    pub served_at: Timestamp,
    /// When what was served was true.
    pub as_of: Timestamp,
    /// Why it was refused, if it was.
    pub refused: Option<String>,
}

/// Equal as long as nothing is known to have changed that a tenant's callers may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pulse(Option<Version>);

impl Pulse {
    /// Whether nothing is heard of changes: then only looking tells.
    pub const fn is_deaf(self) -> bool {
        self.0.is_none()
    }
}

impl App {
    /// A value that moves on with every change of the tenant's policies, wallets and keys.
    pub fn pulse(&self, tenant: TenantId) -> Pulse {
        Pulse(self.feed.version(tenant))
    }

    /// `active`, `frozen` or `archived`.
    ///
    /// # Errors
    /// `NotFound` when there is no such tenant.
    pub async fn tenant_state(&self, tenant: TenantId) -> Result<&'static str, Fault> {
        let mut tx = self.store.read(tenant).await.fault()?;
        let found = tx.tenant_fetch().await.fault()?;
        match found.map(|tenant| tenant.state) {
            Some(TenantState::Active) => Ok("active"),
            Some(TenantState::Frozen { .. }) => Ok("frozen"),
            Some(TenantState::Archived { .. }) => Ok("archived"),
            None => Err(Fault::not_found("tenant", tenant)),
        }
    }

    /// What this caller may read, all at once. Nothing is audited here: a runtime tells what it
    /// served of it ([`App::reads_record`]).
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn seen_by(&self, caller: &Caller) -> Result<Seen, Fault> {
        let set = self.policies(caller.tenant).await?;
        let mut seen = Seen {
            tools: visible(&set, caller),
            wallets: Vec::new(),
            policies: Vec::new(),
            budgets: Vec::new(),
            complete: true,
            admissions: vec![(None, self.readable(&set, caller, None))],
        };
        let may = |tool: Tool, wallet: Option<&Wallet>| {
            seen.tools.contains(&tool) && self.would_enter(&set, caller, tool, wallet)
        };
        let lists = may(Tool::ListWallets, None);
        let mut tx = self.store.read(caller.tenant).await.fault()?;
        let wallets = tx.wallet_list(Page::first(WALLETS)).await.fault()?;
        drop(tx);
        seen.complete = wallets.len() < usize::try_from(WALLETS).unwrap_or(usize::MAX);
        let mut views = Vec::new();
        let (mut policies, mut budgets) = (Vec::new(), Vec::new());
        let mut admissions = Vec::new();
        for wallet in &wallets {
            admissions.push((Some(wallet.id), self.readable(&set, caller, Some(wallet))));
            if lists || may(Tool::GetWallet, Some(wallet)) {
                views.push(view::wallet(wallet));
            }
            let named = WalletRef::Id(wallet.id);
            if may(Tool::GetPolicy, Some(wallet)) {
                policies.push(self.policy_read(caller, &named).await?);
            }
            if may(Tool::GetBudget, Some(wallet)) {
                let query = BudgetQuery {
                    wallet: named,
                    chain: None,
                    token: None,
                };
                budgets.push(self.budget_read(caller, &query).await?);
            }
        }
        (seen.wallets, seen.policies, seen.budgets) = (views, policies, budgets);
        seen.admissions.extend(admissions);
        Ok(seen)
    }

    /// The reading tools that `enter` would let in.
    fn readable(&self, set: &PolicySet, caller: &Caller, wallet: Option<&Wallet>) -> Vec<Tool> {
        let mut tools = visible(set, caller);
        tools.retain(|tool| {
            tool.class() == ToolClass::S0 && self.would_enter(set, caller, *tool, wallet)
        });
        tools
    }

    /// Whether `enter` would let the call in, as far as anything but its rate says.
    fn would_enter(
        &self,
        set: &PolicySet,
        caller: &Caller,
        tool: Tool,
        wallet: Option<&Wallet>,
    ) -> bool {
        let mut facts = Facts::new(self.now(), caller, tool);
        facts.wallet = wallet.map(|wallet| &wallet.label);
        facts.freeze = freeze_of(wallet);
        !admit(set, &facts, &mut RateBook::new()).is_deny()
    }

    /// Writes down what a runtime served while it could not ask.
    ///
    /// # Errors
    /// `Invalid` when there are too many; when they cannot all be written, none is.
    pub async fn reads_record(&self, tenant: TenantId, reads: &[ServedRead]) -> Result<(), Fault> {
        if reads.len() > MAX_READS {
            let message = format!("more than {MAX_READS} reads");
            return Err(Fault::invalid("too_many_reads", "reads", message));
        }
        if reads.is_empty() {
            return Ok(());
        }
        // A runtime is believed about reads that its callers may make, and about nothing else.
        let is_read = |read: &ServedRead| {
            let (caller, tool) = (&read.caller, read.tool);
            let allowed = caller.role.may_call(tool) && caller.has(tool.scope());
            tool.class() == ToolClass::S0 && (allowed || read.refused.is_some())
        };
        if !reads.iter().all(is_read) {
            return Err(Fault::invalid(
                "not_a_read",
                "reads",
                "only reads that their callers may make are written down afterwards",
            ));
        }
        let drafts = reads.iter().map(|read| {
            let outcome = match read.refused {
                None => Outcome::Allowed,
                Some(_) => Outcome::Denied,
            };
            let mut draft = self
                .tool_draft(&read.caller, read.tool, outcome)
                .fact("served_from", "snapshot")
                .fact("read", &read.id)
                .fact("served_at", read.served_at)
                .fact("as_of", read.as_of);
            draft.wallet = read.wallet;
            match &read.refused {
                Some(reason) => draft.fact("reason", reason),
                None => draft,
            }
        });
        let drafts = drafts.collect();
        let mut tx = self.store.begin(tenant).await.fault()?;
        tx.audit_append(drafts).await.fault()?;
        tx.commit().await.fault()
    }
}

/// The tools a caller may see: scope, role and policy.
pub(crate) fn visible(set: &PolicySet, caller: &Caller) -> Vec<Tool> {
    let visible = |tool: &Tool| {
        caller.role.may_call(*tool)
            && caller.has(tool.scope())
            && set.is_visible(caller.name(), *tool)
    };
    Tool::ALL.iter().copied().filter(visible).collect()
}
