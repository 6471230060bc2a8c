//! Manifests as users write them.

use vaultpilot_e2e::parts;

use crate::world::World;

/// A tenant whose pods may be called from this machine.
pub(super) fn tenant(world: &World, name: &str) -> String {
    let (rpc, host) = (world.chain.url(), parts::host());
    format!(
        r#"
apiVersion: vaultpilot.io/v1alpha1
kind: Tenant
metadata: {{ name: {name} }}
spec:
  deletionProtection: false
  keyManagement: {{ provider: Local }}
  chains:
    - {{ id: "eip155:31337", endpoints: ["{rpc}"], confirmations: 1 }}
  runtime: {{ minReplicas: 1, maxReplicas: 2 }}
  network:
    ingressFrom: [{{ cidr: {host}/32 }}]
"#
    )
}

/// Up to `most` a transaction, 5 a day.
pub(super) fn policy(tenant: &str, most: &str) -> String {
    format!(
        r#"
apiVersion: vaultpilot.io/v1alpha1
kind: Policy
metadata: {{ name: limits, namespace: vp-{tenant} }}
spec:
  selector: {{ wallets: ["*"], agents: ["*"] }}
  chains: ["eip155:31337"]
  tools: {{ allow: ["*"] }}
  assets:
    - chain: eip155:31337
      token: native
      perTx: "{most}"
      gasPerTx: "0.01"
      rolling: [{{ window: 24h, max: "5.0" }}]
  recipients: {{ newRecipient: allow }}
"#
    )
}

pub(super) fn wallet(tenant: &str, name: &str) -> String {
    format!(
        r#"
apiVersion: vaultpilot.io/v1alpha1
kind: Wallet
metadata: {{ name: {name}, namespace: vp-{tenant} }}
spec:
  deletionProtection: false
  chains: ["eip155:31337"]
  policyRefs: [{{ name: limits }}]
"#
    )
}

/// So many payments, a few seconds apart.
pub(super) fn strategy(tenant: &str, name: &str, to: &str, runs: u32) -> String {
    format!(
        r#"
apiVersion: vaultpilot.io/v1alpha1
kind: Strategy
metadata: {{ name: {name}, namespace: vp-{tenant} }}
spec:
  walletRef: {{ name: treasury }}
  type: RecurringTransfer
  recurringTransfer: {{ chain: "eip155:31337", to: "{to}", asset: native, amount: "0.002" }}
  schedule: {{ interval: 10s }}
  limits: {{ maxPerRun: "0.01", maxPerDay: "1", maxRuns: {runs} }}
"#
    )
}
