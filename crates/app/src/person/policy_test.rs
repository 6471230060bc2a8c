//! What would today's policies, or a draft in their place, say to a payment?

use vaultpilot_core::{Caller, CallerKind, KeyId, Label, Permission, Role, Scope, Tool};
use vaultpilot_policy::{Decision, Document, Policy, PolicySet};
use vaultpilot_ports::Fault;
use vaultpilot_ports::control_plane::TransferRequest;

use super::allowed;
use super::policy_apply::compile;
use crate::App;
use crate::error::OrFault;
use crate::judge::{Case, judge};

#[derive(Debug, Clone)]
pub struct PolicyTest {
    pub request: TransferRequest,
    /// The agent to be judged; `agent` when nobody is named.
    pub agent: Option<Label>,
    /// Stands in the place of the stored policy of its name, or beside the others.
    pub draft: Option<Document>,
}

impl App {
    /// Judges without reserving or recording anything.
    ///
    /// # Errors
    /// As a payment would have, short of being denied.
    pub async fn policy_test(&self, caller: &Caller, test: &PolicyTest) -> Result<Decision, Fault> {
        allowed(caller, Permission::Read)?;
        let wallet = self.wallet(caller.tenant, &test.request.wallet).await?;
        let plan = self.plan(&wallet, &test.request).await?;
        let drafted = match &test.draft {
            Some(draft) => Some(compile(draft, &self.decimals_for(draft).await?)?),
            None => None,
        };
        let set = self.policies(caller.tenant).await?;
        let set = drafted.map_or_else(|| (*set).clone(), |draft| with(&set, draft));
        let agent = self.as_agent(caller, test.agent.clone())?;
        let mut tx = self.store.read(caller.tenant).await.fault()?;
        let case = Case {
            now: self.now(),
            caller: &agent,
            tool: Tool::Transfer,
            wallet: &wallet,
            plan: &plan,
            approval: None,
            asks: None,
        };
        judge(tx.as_mut(), &set, &case).await
    }

    fn as_agent(&self, caller: &Caller, name: Option<Label>) -> Result<Caller, Fault> {
        let name = match name {
            Some(name) => name,
            None => "agent"
                .parse()
                .map_err(|_| Fault::not_found("agent", "agent"))?,
        };
        let key = KeyId::new(self.clock.as_ref(), self.entropy.as_ref());
        Ok(Caller {
            tenant: caller.tenant,
            kind: CallerKind::Agent { key, name },
            role: Role::Agent,
            scopes: Scope::ALL.to_vec(),
            ip: caller.ip,
        })
    }
}

fn with(set: &PolicySet, draft: Policy) -> PolicySet {
    let others = set
        .policies()
        .iter()
        .filter(|policy| policy.name() != draft.name())
        .cloned();
    let mut policies: Vec<Policy> = others.collect();
    policies.push(draft);
    PolicySet::new(policies)
}
