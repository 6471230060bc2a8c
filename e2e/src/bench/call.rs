//! G1, G2, G10: a guarded, audited call against the bare protocol and the peers.

use std::time::Duration;

use serde_json::json;

use super::load::{Measured, Target};
use super::peer::Peer;
use super::{Effort, machine};
use crate::House;

/// As many as a tenant's agents keep open.
const CONNECTIONS: usize = 32;
/// For the memory under many connections.
const MANY: usize = 256;

/// As tight as it can be without denying: the rate is counted, but a client at full speed fits.
const POLICY: &str = r#"
apiVersion: vaultpilot.io/v1alpha1
kind: Policy
metadata: { name: devnet-guard }
spec:
  selector: { wallets: ["*"], agents: ["*"] }
  chains: ["eip155:31337"]
  tools:
    allow: ["*"]
    rateLimits: [ { tools: ["*"], maxCalls: 10000, window: 1s, per: agent } ]
  assets:
    - { chain: "eip155:31337", token: native, perTx: "1", rolling: [ {window: 24h, max: "100000"} ] }
  recipients: { newRecipient: allow }
"#;

/// One server's figures: medians over the rounds.
pub(crate) struct Row {
    pub name: &'static str,
    pub measured: Measured,
    /// Its rate divided by this server's, round by round: the median.
    pub ours_to_it: f64,
    pub resident_kib: u64,
    pub ready: Duration,
}

pub(crate) struct Calls {
    pub ours: Row,
    pub peers: Vec<Row>,
    pub resident_many_kib: u64,
}

pub(crate) async fn measure(house: &House, effort: Effort) -> Calls {
    house.apply(POLICY).await;
    let key = house.agent_key();
    let agent = house.agent(&key).await;
    agent.ok("create_wallet", json!({ "label": "bench" })).await;
    let resident_kib = machine::resident_kib(house.pid());
    machine::pin(house.pid(), machine::SERVER_CORE);
    let ours = target(house, &key);
    let answer = ours.once().await;
    assert!(answer.contains("\"bench\""), "{answer}");
    let peers = Peer::all().await;

    let mut rounds: Vec<Vec<Measured>> = vec![Vec::new(); peers.len() + 1];
    for _ in 0..effort.rounds {
        let targets = std::iter::once(&ours).chain(peers.iter().map(|peer| &peer.target));
        for (target, measured) in targets.zip(&mut rounds) {
            target.load(CONNECTIONS, Duration::from_millis(500)).await;
            measured.push(
                target
                    .load(CONNECTIONS, Duration::from_secs(effort.seconds))
                    .await,
            );
        }
    }
    ours.load(MANY, Duration::from_secs(effort.seconds)).await;
    let our_rounds = rounds[0].clone();
    let row = |name, measured: &[Measured], resident_kib, ready| Row {
        name,
        measured: middle(measured),
        ours_to_it: ratio(&our_rounds, measured),
        resident_kib,
        ready,
    };
    Calls {
        ours: row(
            "VaultPilot, guarded and audited",
            &rounds[0],
            resident_kib,
            house.ready_in(),
        ),
        peers: peers
            .iter()
            .zip(&rounds[1..])
            .map(|(peer, measured)| row(peer.name, measured, peer.resident_kib(), peer.ready))
            .collect(),
        resident_many_kib: machine::resident_kib(house.pid()),
    }
}

fn target(house: &House, key: &str) -> Target {
    let rest = house.mcp_url().trim_start_matches("http://");
    let (address, path) = rest.split_once('/').unwrap();
    Target::new(
        address,
        &format!("/{path}"),
        key,
        "get_wallet",
        r#"{"wallet":"bench"}"#,
    )
}

fn middle(measured: &[Measured]) -> Measured {
    let mut sorted = measured.to_vec();
    sorted.sort_by(|a, b| a.calls_per_s.total_cmp(&b.calls_per_s));
    sorted[sorted.len() / 2]
}

fn ratio(ours: &[Measured], theirs: &[Measured]) -> f64 {
    let pairs = ours.iter().zip(theirs);
    let mut ratios: Vec<f64> = pairs.map(|(a, b)| a.calls_per_s / b.calls_per_s).collect();
    ratios.sort_by(f64::total_cmp);
    ratios[ratios.len() / 2]
}
