//! What becomes of a wallet's record: its key is opened here, and must be the key of its address.

use std::collections::BTreeMap;

use vaultpilot_core::{Address, ChainId, Label};
use vaultpilot_keys::material;
use vaultpilot_legacy::fernet::FernetKey;
use vaultpilot_legacy::{Found, Wallet, label_of};

use super::LegacyArgs;
use super::ground::Ground;
use super::plan::{Fate, colliding};

pub(super) struct WalletPlan {
    /// What it is called in the old store.
    pub name: String,
    pub label: Label,
    /// As it was read, if it could be.
    pub wallet: Option<Wallet>,
    pub chain: Option<ChainId>,
    /// Which of the Fernet keys opens it.
    pub opened_by: Option<usize>,
    pub fate: Fate,
}

impl WalletPlan {
    pub(super) fn address(&self) -> Option<Address> {
        self.wallet.as_ref().map(|wallet| wallet.address)
    }
}

pub(super) fn plan(
    found: Found<Wallet>,
    args: &LegacyArgs,
    ground: &Ground,
    keys: &[FernetKey],
) -> WalletPlan {
    let label = label_of(&found.name);
    let mut plan = WalletPlan {
        name: found.name,
        label,
        wallet: None,
        chain: None,
        opened_by: None,
        fate: Fate::New,
    };
    match found.record {
        Err(problem) => plan.fate = Fate::failed(problem.code(), problem.to_string()),
        Ok(wallet) => {
            plan.chain = chain(args, wallet.chain_id);
            plan.fate = judged(&mut plan, &wallet, ground, keys);
            plan.wallet = Some(wallet);
        }
    }
    plan
}

fn judged(plan: &mut WalletPlan, wallet: &Wallet, ground: &Ground, keys: &[FernetKey]) -> Fate {
    match wallet.open(keys) {
        Err(problem) => return Fate::failed(problem.code(), problem.to_string()),
        Ok((secret, by)) => {
            plan.opened_by = Some(by);
            match material::address(&secret) {
                Err(error) => return Fate::failed(error.code(), error.to_string()),
                Ok(address) if address != wallet.address => {
                    let message = format!(
                        "the key is the key of {address}, and the record says {}",
                        wallet.address
                    );
                    return Fate::failed("address_mismatch", message);
                }
                Ok(_) => {}
            }
        }
    }
    let Some(chain) = plan.chain.filter(|chain| ground.chains.contains(chain)) else {
        let id = wallet.chain_id;
        let message = format!(
            "chain {id} is not configured here; add it to vaultpilot.yml, or give --chain-map \
             {id}=<a chain that is>"
        );
        return Fate::failed("chain_not_configured", message);
    };
    known(plan, wallet, chain, ground)
}

/// Whether it is here already. A label keeps its key, and a key its label.
fn known(plan: &WalletPlan, wallet: &Wallet, chain: ChainId, ground: &Ground) -> Fate {
    let label = plan.label.as_str();
    if let Some(there) = ground.wallets.get(label) {
        return if there.address.parse() != Ok(wallet.address) {
            let message = format!(
                "wallet {label} has the key of {} already, and keeps it",
                there.address
            );
            Fate::failed("label_taken", message)
        } else if !there.chains.contains(&chain.to_string()) {
            let message = format!("wallet {label} is here already, but not on {chain}");
            Fate::failed("wallet_not_on_chain", message)
        } else {
            Fate::Unchanged
        };
    }
    match ground.label_of(wallet.address) {
        Some(other) => Fate::failed(
            "address_taken",
            format!("{} is here already, as wallet {other}", wallet.address),
        ),
        None => Fate::New,
    }
}

fn chain(args: &LegacyArgs, id: u64) -> Option<ChainId> {
    let mapped = args.chain_map.iter().find(|(old, _)| *old == id);
    match mapped {
        Some((_, chain)) => Some(*chain),
        None => format!("eip155:{id}").parse().ok(),
    }
}

/// Names that become one label, and keys that come twice, are refused with all their names.
pub(super) fn apart(plans: &mut [WalletPlan]) {
    let labels = colliding(plans.iter().map(|plan| (plan.name.as_str(), &plan.label)));
    let mut keys: BTreeMap<Address, Vec<String>> = BTreeMap::new();
    for plan in plans.iter() {
        if let Some(address) = plan.address() {
            keys.entry(address).or_default().push(plan.name.clone());
        }
    }
    for plan in plans {
        if plan.fate.is_failed() {
            continue;
        }
        if let Some(names) = labels.get(&plan.label) {
            let message = format!("{} would all be called {}", names.join(", "), plan.label);
            plan.fate = Fate::failed("label_collision", message);
        } else if let Some(names) = plan.address().and_then(|address| keys.get(&address))
            && names.len() > 1
        {
            let message = format!("{} have the same key", names.join(", "));
            plan.fate = Fate::failed("address_twice", message);
        }
    }
}
