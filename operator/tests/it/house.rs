//! An operator with everything around it that it speaks to, in memory.

pub(crate) mod api;
pub(crate) mod plane;

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use kube::core::DeserializeGuard;
use kube::runtime::events::{Recorder, Reporter};
use serde_json::json;
use vaultpilot_core::{Clock, Timestamp};
use vaultpilot_operator::cluster::Cluster;
use vaultpilot_operator::context::Context;
use vaultpilot_operator::error::Error;
use vaultpilot_operator::pass::{Passes, Reconciled};
use vaultpilot_operator::verify::{Seen, Target, Unsound, Verify};
use vaultpilot_telemetry::OperatorMetrics;

use crate::fixture::settings;
use api::FakeApi;
use plane::FakePlane;

pub(crate) struct House {
    pub(crate) api: FakeApi,
    pub(crate) plane: Arc<FakePlane>,
    pub(crate) verifier: Arc<FakeVerifier>,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) ctx: Arc<Context>,
}

pub(crate) struct TestClock(Mutex<Timestamp>);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

impl TestClock {
    pub(crate) fn forward(&self, seconds: u64) {
        let mut now = self.0.lock().unwrap();
        *now = vaultpilot_core::clock::after(*now, std::time::Duration::from_secs(seconds));
    }
}

/// Answers what it is told to, and remembers whom it called.
#[derive(Default)]
pub(crate) struct FakeVerifier {
    pub(crate) unsound: Mutex<Option<Unsound>>,
    pub(crate) asked: Mutex<Vec<Target>>,
}

#[async_trait]
impl Verify for FakeVerifier {
    async fn verify(&self, target: &Target) -> Result<Seen, Unsound> {
        self.asked.lock().unwrap().push(target.clone());
        match &*self.unsound.lock().unwrap() {
            Some(unsound) => Err(unsound.clone()),
            None => Ok(Seen::default()),
        }
    }
}

impl House {
    pub(crate) fn new() -> Self {
        let api = FakeApi::default();
        let client = api.client();
        let plane = Arc::new(FakePlane::default());
        let verifier = Arc::new(FakeVerifier::default());
        let start = "2026-03-01T09:00:00Z".parse().unwrap();
        let clock = Arc::new(TestClock(Mutex::new(start)));
        let reporter = Reporter {
            controller: "vaultpilot-operator".to_owned(),
            instance: Some("test".to_owned()),
        };
        let ctx = Arc::new(Context {
            cluster: Cluster::new(client.clone()),
            plane: plane.clone(),
            verifier: verifier.clone(),
            settings: settings(),
            clock: clock.clone(),
            events: Recorder::new(client, reporter),
            metrics: Arc::new(OperatorMetrics::default()),
        });
        Self {
            api,
            plane,
            verifier,
            clock,
            ctx,
        }
    }

    /// `kubectl apply`
    pub(crate) fn apply(&self, yaml: &str) {
        self.api.put(serde_saphyr::from_str(yaml).unwrap());
    }

    /// One pass over the object of this name, as the watch would give it.
    pub(crate) async fn pass<K: Reconciled>(
        &self,
        namespace: &str,
        name: &str,
    ) -> Result<(), Error> {
        let Some(object) = self.api.get(&K::plural(&()), namespace, name) else {
            return Ok(());
        };
        let object: DeserializeGuard<K> = serde_json::from_value(object).unwrap();
        let passes = Passes::new(K::CONTROLLER, self.ctx.clone());
        passes.pass(&object).await.map(|_| ())
    }

    pub(crate) fn condition(
        &self,
        plural: &str,
        namespace: &str,
        name: &str,
        of: &str,
    ) -> [String; 3] {
        let object = self.api.get(plural, namespace, name).unwrap();
        let conditions = object["status"]["conditions"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let found = conditions.iter().find(|condition| condition["type"] == of);
        let found = found.cloned().unwrap_or_else(|| json!({}));
        ["status", "reason", "message"]
            .map(|key| found[key].as_str().unwrap_or_default().to_owned())
    }

    /// What the Deployment controller and the kubelet would do.
    pub(crate) fn roll_out(&self, namespace: &str) {
        self.api
            .edit("deployments", namespace, "mcp-runtime", |deployment| {
                let replicas = deployment["spec"]["replicas"].as_i64().unwrap_or(1);
                deployment["spec"]["replicas"] = json!(replicas);
                let generation = deployment["metadata"]["generation"].clone();
                deployment["status"] = json!({
                    "replicas": replicas, "readyReplicas": replicas, "updatedReplicas": replicas,
                    "observedGeneration": generation,
                });
            });
    }
}

/// `True ReasonWord`
pub(crate) fn said([status, reason, _]: &[String; 3]) -> String {
    format!("{status} {reason}")
}
