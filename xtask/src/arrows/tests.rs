use super::ban::{Deny, Lock};
use super::graph::{Dependency, Graph, Member};
use super::table::Table;
use cargo_metadata::DependencyKind::{self, Build, Development, Normal};
use std::collections::BTreeSet;

/// The table that CI uses, not one made for the tests.
fn table() -> Table {
    toml::from_str(include_str!("../../arrows.toml")).unwrap()
}

fn member(name: &str, dependencies: &[(&str, DependencyKind)]) -> Member {
    let dependencies = dependencies
        .iter()
        .map(|&(name, kind)| Dependency {
            name: name.to_owned(),
            kind,
        })
        .collect();
    Member {
        name: name.to_owned(),
        dependencies,
    }
}

/// A small house without fault.
fn good() -> Vec<Member> {
    vec![
        member(
            "vaultpilot-core",
            &[("serde", Normal), ("alloy-primitives", Normal)],
        ),
        member(
            "vaultpilot-policy",
            &[("vaultpilot-core", Normal), ("jiff", Normal)],
        ),
        member(
            "vaultpilot-protocol",
            &[("vaultpilot-core", Normal), ("alloy-sol-types", Normal)],
        ),
        member(
            "vaultpilot-ports",
            &[("vaultpilot-core", Normal), ("vaultpilot-policy", Normal)],
        ),
        member(
            "vaultpilot-app",
            &[
                ("vaultpilot-ports", Normal),
                ("tokio", Normal),
                ("vaultpilot-testkit", Development),
            ],
        ),
        member(
            "vaultpilot-store",
            &[("vaultpilot-ports", Normal), ("diesel", Normal)],
        ),
        member(
            "vaultpilot-keys",
            &[("vaultpilot-ports", Normal), ("k256", Normal)],
        ),
        member(
            "vaultpilot-chain",
            &[
                ("vaultpilot-ports", Normal),
                ("alloy", Normal),
                ("k256", Development),
            ],
        ),
        member("vaultpilot-config", &[("vaultpilot-policy", Normal)]),
        member(
            "vaultpilot-telemetry",
            &[("vaultpilot-ports", Normal), ("prometheus-client", Normal)],
        ),
        member(
            "vaultpilot-proto",
            &[("vaultpilot-core", Normal), ("tonic-prost-build", Build)],
        ),
        member("vaultpilot-crds", &[("kube", Normal)]),
        member("vaultpilot-operator", &[("vaultpilot-crds", Normal)]),
        member(
            "vaultpilot-control-api",
            &[("vaultpilot-app", Normal), ("axum", Normal)],
        ),
        member(
            "vaultpilot-tenant-runtime",
            &[
                ("vaultpilot-telemetry", Normal),
                ("vaultpilot-proto", Normal),
                ("rmcp", Normal),
            ],
        ),
        member(
            "vaultpilot",
            &[
                ("vaultpilot-control-api", Normal),
                ("vaultpilot-tenant-runtime", Normal),
                ("vaultpilot-store", Normal),
                ("vaultpilot-config", Normal),
            ],
        ),
        member("vaultpilot-testkit", &[("vaultpilot-ports", Normal)]),
        member(
            "vaultpilot-e2e",
            &[("vaultpilot-core", Normal), ("rmcp", Development)],
        ),
        member("xtask", &[("clap", Normal)]),
    ]
}

/// What is said when one dependency is added to the good house.
fn verdict(name: &str, dependency: &str, kind: DependencyKind) -> Vec<String> {
    let mut members = good();
    let of = members
        .iter_mut()
        .find(|member| member.name == name)
        .unwrap();
    of.dependencies.push(Dependency {
        name: dependency.to_owned(),
        kind,
    });
    table()
        .judge(&Graph { members })
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn a_good_house_passes() {
    assert_eq!(table().judge(&Graph { members: good() }), []);
}

#[test]
fn an_arrow_that_points_up_is_one_sentence() {
    assert_eq!(
        verdict("vaultpilot-ports", "vaultpilot-app", Normal),
        [
            "vaultpilot-ports (ports) names vaultpilot-app (app); it may name core, ground floor and secret."
        ]
    );
    assert_eq!(
        verdict("vaultpilot-core", "vaultpilot-policy", Normal),
        [
            "vaultpilot-core (core) names vaultpilot-policy (ground floor); it may name nothing of ours."
        ]
    );
}

#[test]
fn every_forbidden_arrow_is_found() {
    let forbidden = [
        ("vaultpilot-policy", "vaultpilot-protocol"),
        ("vaultpilot-policy", "vaultpilot-ports"),
        ("vaultpilot-app", "vaultpilot-store"),
        ("vaultpilot-app", "vaultpilot-telemetry"),
        ("vaultpilot-store", "vaultpilot-keys"),
        ("vaultpilot-store", "vaultpilot-app"),
        ("vaultpilot-store", "vaultpilot-config"),
        ("vaultpilot-telemetry", "vaultpilot-config"),
        ("vaultpilot-config", "vaultpilot-app"),
        ("vaultpilot-testkit", "vaultpilot-app"),
        ("vaultpilot-proto", "vaultpilot-app"),
        ("vaultpilot-crds", "vaultpilot-core"),
        ("vaultpilot-control-api", "vaultpilot-tenant-runtime"),
        ("vaultpilot-tenant-runtime", "vaultpilot-store"),
        ("vaultpilot-tenant-runtime", "vaultpilot-keys"),
        ("vaultpilot-operator", "vaultpilot-app"),
        ("vaultpilot-operator", "vaultpilot-keys"),
        ("vaultpilot-e2e", "vaultpilot-app"),
        ("xtask", "vaultpilot-core"),
        ("vaultpilot-keys", "vaultpilot-keys"),
    ];
    for (from, to) in forbidden {
        for kind in [Normal, Build, Development] {
            assert_eq!(
                verdict(from, to, kind).len(),
                1,
                "{from} → {to} as {kind:?}"
            );
        }
    }
}

/// The agent-facing zone is tested over the real use-cases, and built without them.
#[test]
fn tests_may_look_further_where_the_table_says_so() {
    let (runtime, app) = ("vaultpilot-tenant-runtime", "vaultpilot-app");
    assert_eq!(verdict(runtime, app, Development), [""; 0]);
    for kind in [Normal, Build] {
        assert_eq!(verdict(runtime, app, kind).len(), 1, "{kind:?}");
    }
}

#[test]
fn testkit_is_for_tests_only() {
    assert_eq!(
        verdict("vaultpilot-store", "vaultpilot-testkit", Development),
        [""; 0]
    );
    assert_eq!(
        verdict("vaultpilot-store", "vaultpilot-testkit", Normal),
        ["vaultpilot-store names vaultpilot-testkit outside its dev-dependencies."]
    );
}

#[test]
fn a_heavy_dependency_has_its_owners() {
    let strangers = [
        ("vaultpilot-app", "diesel"),
        ("vaultpilot", "diesel_migrations"),
        ("vaultpilot", "libsqlite3-sys"),
        ("vaultpilot-store", "alloy"),
        ("vaultpilot-keys", "alloy-consensus"),
        ("vaultpilot-app", "alloy-sol-types"),
        ("vaultpilot-keys", "aws-sdk-kms"),
        ("vaultpilot-chain", "hpke"),
        ("vaultpilot-app", "secp256k1"),
        ("vaultpilot-control-api", "kube-runtime"),
        ("vaultpilot", "rmcp"),
        ("vaultpilot-tenant-runtime", "tonic"),
        ("vaultpilot", "prometheus-client"),
        ("vaultpilot-app", "opentelemetry_sdk"),
        ("vaultpilot-chain", "k256"),
    ];
    for (stranger, dependency) in strangers {
        assert_eq!(
            verdict(stranger, dependency, Normal).len(),
            1,
            "{stranger}: {dependency}"
        );
        assert_eq!(
            verdict(stranger, dependency, Build).len(),
            1,
            "{stranger}: {dependency}"
        );
        assert_eq!(
            verdict(stranger, dependency, Development),
            [""; 0],
            "{stranger}: {dependency}"
        );
    }
    assert_eq!(
        verdict("vaultpilot", "rmcp", Normal),
        [
            "vaultpilot is built with rmcp, which is for vaultpilot-tenant-runtime and vaultpilot-e2e alone."
        ]
    );
    assert_eq!(
        verdict("vaultpilot-app", "alloy-primitives", Normal),
        [""; 0]
    );
}

#[test]
fn the_ground_floor_stays_pure() {
    assert_eq!(
        verdict("vaultpilot-policy", "tokio-util", Normal),
        ["vaultpilot-policy (ground floor) is built with tokio-util; that floor stays pure."]
    );
    assert_eq!(verdict("vaultpilot-core", "getrandom", Normal).len(), 1);
    assert_eq!(verdict("vaultpilot-policy", "tokio", Development), [""; 0]);
}

#[test]
fn a_crate_that_the_table_does_not_know_is_found() {
    let mut members = good();
    members.push(member("vaultpilot-common", &[("vaultpilot-core", Normal)]));
    let said: Vec<_> = table()
        .judge(&Graph { members })
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        said,
        ["vaultpilot-common stands on no floor: add it to xtask/arrows.toml."]
    );
}

#[test]
fn the_table_is_in_itself_without_fault() {
    let table = table();
    let names: BTreeSet<_> = table.floors.iter().map(|floor| &floor.name).collect();
    assert_eq!(names.len(), table.floors.len(), "two floors have one name");
    let mut crates = BTreeSet::new();
    for floor in &table.floors {
        assert!(
            floor
                .names
                .iter()
                .chain(&floor.tests_name)
                .all(|name| names.contains(name)),
            "{floor:?}"
        );
        assert!(!floor.names.contains(&floor.name), "{floor:?} names itself");
        assert!(
            floor.crates.iter().all(|name| crates.insert(name)),
            "{floor:?}: a crate twice"
        );
    }
    for owner in &table.owners {
        assert!(
            owner.crates.iter().all(|name| crates.contains(name)),
            "{owner:?}"
        );
    }
}

fn deny() -> Deny {
    toml::from_str(include_str!("../../../deny.toml")).unwrap()
}

fn lock(packages: &[(&str, &str)]) -> Lock {
    let locked = |(name, version): &(&str, &str)| {
        format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"")
    };
    let text = packages.iter().map(locked).collect::<Vec<_>>().join("\n");
    toml::from_str(&text).unwrap()
}

#[test]
fn a_banned_crate_in_the_lock_file_is_found() {
    let lock = lock(&[
        ("reqwest", "0.12.28"),
        ("reqwest", "0.13.5"),
        ("aws-lc-sys", "0.40.0"),
    ]);
    let said: Vec<_> = deny()
        .judge(&lock)
        .unwrap()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        said,
        [
            "Cargo.lock holds aws-lc-sys 0.40.0; deny.toml bans aws-lc-sys: one TLS provider: ring.",
            "Cargo.lock holds reqwest 0.12.28; deny.toml bans reqwest:<0.13: one HTTP client: reqwest 0.13.",
        ]
    );
}

#[test]
fn an_exact_ban_is_exact() {
    let deny: Deny =
        toml::from_str("[bans]\ndeny = [{ crate = \"ring@0.17.8\", reason = \"a test\" }]")
            .unwrap();
    assert_eq!(
        deny.judge(&lock(&[("ring", "0.17.9"), ("rings", "0.17.8")]))
            .unwrap(),
        []
    );
    assert_eq!(deny.judge(&lock(&[("ring", "0.17.8")])).unwrap().len(), 1);
}

#[test]
fn a_ban_that_cannot_be_read_is_an_error() {
    let deny: Deny =
        toml::from_str("[bans]\ndeny = [{ crate = \"ring:new\", reason = \"a test\" }]").unwrap();
    let error = deny
        .judge(&lock(&[("ring", "0.17.8")]))
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        "deny.toml bans `ring:new`, whose version cannot be read"
    );
}
