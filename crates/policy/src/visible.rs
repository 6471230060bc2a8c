//! Which tools an agent is shown: those that some wallet of its might be allowed.

use vaultpilot_core::{Tool, ToolClass};

use crate::{PolicySet, policy::Selected};

impl PolicySet {
    /// Whether any call of this tool by this agent could pass. Showing a tool promises nothing:
    /// each call is judged.
    pub fn is_visible(&self, agent: &str, tool: Tool) -> bool {
        let mut met = false;
        let mut allowed = false;
        for policy in self.policies() {
            let names_agent = match &policy.agents {
                Selected::Any => true,
                Selected::These(agents) => agents.iter().any(|name| name.as_str() == agent),
            };
            if !names_agent {
                continue;
            }
            met = true;
            allowed |= policy.tools.allows(tool);
            // A denial for every wallet hides the tool; one for some wallets does not.
            if policy.tools.denies(tool) && policy.wallets == Selected::Any {
                return false;
            }
        }
        // Nothing to guard yet: reads and the first wallet are open, as in `admit`.
        allowed || (!met && (tool.class() == ToolClass::S0 || tool == Tool::CreateWallet))
    }
}
