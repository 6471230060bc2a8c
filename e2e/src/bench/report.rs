//! The report: a table for people, JSON for machines, a page for the documentation.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::Effort;
use super::call::{Calls, Row};
use super::path::Path;
use super::signing::Signing;

pub(crate) struct Report {
    pub machine: String,
    pub effort: Effort,
    pub calls: Calls,
    pub path: Path,
    pub signing: Signing,
}

impl Report {
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        let effort = self.effort;
        let _ = writeln!(text, "{}", self.machine);
        let _ = writeln!(
            text,
            "{} interleaved rounds of {} s, 32 connections, medians\n",
            effort.rounds, effort.seconds
        );
        let _ = writeln!(
            text,
            "{:<34}{:>10}{:>10}{:>10}{:>14}{:>10}{:>10}",
            "server", "calls/s", "p50 ms", "p99 ms", "VaultPilot ÷", "RSS MiB", "ready ms"
        );
        for row in self.rows() {
            let _ = writeln!(
                text,
                "{:<34}{:>10.0}{:>10.2}{:>10.2}{:>14.2}{:>10.1}{:>10.0}",
                row.name,
                row.measured.calls_per_s,
                row.measured.p50.as_secs_f64() * 1e3,
                row.measured.p99.as_secs_f64() * 1e3,
                row.ours_to_it,
                mib(row.resident_kib),
                row.ready.as_secs_f64() * 1e3,
            );
        }
        text.push('\n');
        for (goal, wanted, found) in self.goals() {
            let _ = writeln!(text, "{goal:<5}{wanted:<62}{found}");
        }
        text
    }

    fn rows(&self) -> impl Iterator<Item = &Row> {
        std::iter::once(&self.calls.ours).chain(&self.calls.peers)
    }

    /// Goal, what is wanted, what was found.
    fn goals(&self) -> Vec<(&'static str, &'static str, String)> {
        let ours = &self.calls.ours;
        let peer = |name: &str| {
            let found = self
                .calls
                .peers
                .iter()
                .find(|row| row.name.starts_with(name));
            found.unwrap_or_else(|| panic!("no peer {name}"))
        };
        let floor = peer("rmcp");
        let tail = ours.measured.p99.as_secs_f64() / floor.measured.p99.as_secs_f64();
        let ms = |time: std::time::Duration| time.as_secs_f64() * 1e3;
        vec![
            (
                "G1",
                "guarded and audited call ÷ bare rmcp ≥ 0.60",
                format!("{:.2}", floor.ours_to_it),
            ),
            (
                "G1",
                "its p99 ÷ bare rmcp's p99 ≤ 2.5",
                format!("{tail:.2}"),
            ),
            (
                "G2",
                "÷ Python mcp ≥ 4",
                format!("{:.1}", peer("Python").ours_to_it),
            ),
            (
                "G2",
                "÷ FastMCP ≥ 10",
                format!("{:.1}", peer("FastMCP").ours_to_it),
            ),
            (
                "G2",
                "÷ TypeScript SDK ≥ 10",
                format!("{:.1}", peer("TypeScript").ours_to_it),
            ),
            (
                "G6",
                "accept → broadcast p50 ≤ 10 ms",
                format!("{:.1} ms", ms(self.path.p50)),
            ),
            (
                "G6",
                "accept → broadcast p99 ≤ 50 ms",
                format!("{:.1} ms", ms(self.path.p99)),
            ),
            (
                "G7",
                "checked, unwrapped, signed ÷ bare libsecp256k1 ≥ 0.80",
                format!("{:.2}", self.signing.vaultpilot_to_libsecp256k1),
            ),
            (
                "G7",
                "signatures a second: ours · libsecp256k1 · k256",
                format!(
                    "{:.0} · {:.0} · {:.0}",
                    self.signing.vaultpilot_per_s,
                    self.signing.libsecp256k1_per_s,
                    self.signing.k256_per_s
                ),
            ),
            (
                "G10",
                "`vaultpilot up` ready ≤ 500 ms",
                format!("{:.0} ms", ms(ours.ready)),
            ),
            (
                "G10",
                "whole house idle (a pod's goal is ≤ 32 MiB)",
                format!("{:.1} MiB", mib(ours.resident_kib)),
            ),
            (
                "G10",
                "after 256 loaded connections (a pod's goal is ≤ 64 MiB)",
                format!("{:.1} MiB", mib(self.calls.resident_many_kib)),
            ),
        ]
    }

    pub(crate) fn json(&self) -> Value {
        let rows: Vec<Value> = self
            .rows()
            .map(|row| {
                json!({
                    "server": row.name,
                    "calls_per_s": row.measured.calls_per_s,
                    "p50_us": micros(row.measured.p50),
                    "p99_us": micros(row.measured.p99),
                    "vaultpilot_to_it": row.ours_to_it,
                    "resident_kib": row.resident_kib,
                    "ready_us": micros(row.ready),
                })
            })
            .collect();
        json!({
            "machine": self.machine,
            "rounds": self.effort.rounds,
            "seconds": self.effort.seconds,
            "calls": rows,
            "resident_many_kib": self.calls.resident_many_kib,
            "accept_to_broadcast": {
                "payments": self.path.payments,
                "p50_us": micros(self.path.p50),
                "p99_us": micros(self.path.p99),
            },
            "signing": self.signing,
        })
    }

    pub(crate) fn page(&self) -> String {
        format!(
            "# Benchmarks\n\nWritten by `cargo xtask bench --write`; every number is measured in \
             one run. The guarded call is `get_wallet`: authenticated, scope, freeze, tool and rate \
             limits judged, and its audit entry durable (`fsync`) in the hash chain before the \
             answer. The peers answer `hello world`, unguarded and unaudited. Each server has one \
             core to itself; load and chain share the other. A signature of ours is everything \
             between an intent on record and its signature; the bare libraries sign with a key that \
             lies open. Read the ratios: the machine is \
             shared.\n\n```\n{}```\n",
            self.text()
        )
    }
}

fn micros(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "kibibytes of one process are far below 2^52"
)]
fn mib(kib: u64) -> f64 {
    kib as f64 / 1024.0
}
