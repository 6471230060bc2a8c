//! Jobs: Kubernetes refuses to change one, so a changed one needs another name.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::helm::{self, Chart};
use crate::object;

const VARIANTS: [&[&str]; 8] = [
    &[],
    &["controlApi.image.tag=v9", "operator.image.tag=v9"],
    &["database.connections=11"],
    &["jobs.resources.limits.memory=80Mi"],
    &["jobs.nodeSelector.pool=x"],
    &["commonLabels.team=payments"],
    &["image.pullPolicy=Always"],
    &["clusterDomain=example.internal"],
];

fn jobs(values: &[&str]) -> BTreeMap<String, Value> {
    let objects = object::parse(&helm::render(Chart::ControlPlane, values));
    let jobs = objects.iter().filter(|one| one.kind() == "Job");
    jobs.map(|job| (job.name().to_owned(), job.at("/spec").clone()))
        .collect()
}

#[test]
fn jobs_of_one_name_are_the_same() {
    let mut known: BTreeMap<String, Value> = BTreeMap::new();
    for values in VARIANTS {
        let jobs = jobs(values);
        assert_eq!(jobs.len(), 2, "{values:?}");
        for (name, spec) in jobs {
            let before = known.entry(name.clone()).or_insert_with(|| spec.clone());
            assert_eq!(before, &spec, "{name} is changed by {values:?}");
        }
    }
    assert!(known.len() > 8, "the variants made {} jobs", known.len());
}

/// Another version, or another database, is migrated.
#[test]
fn what_needs_a_migration_makes_one() {
    let migrate = |values: &[&str]| {
        let name = jobs(values)
            .into_keys()
            .find(|name| name.contains("-migrate-"));
        name.unwrap()
    };
    let before = migrate(&[]);
    assert_ne!(before, migrate(&["controlApi.image.tag=v9"]));
    assert_ne!(before, migrate(&["database.name=other"]));
    assert_eq!(before, migrate(&["executor.replicas=3"]));
}
