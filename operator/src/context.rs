//! The operator's context: everything a pass needs beside its object.

use std::sync::Arc;

use kube::runtime::events::Recorder;
use vaultpilot_core::Clock;
use vaultpilot_ports::ResourcePlane;
use vaultpilot_telemetry::OperatorMetrics;

use crate::cluster::Cluster;
use crate::settings::Settings;
use crate::verify::Verify;

pub struct Context {
    pub cluster: Cluster,
    pub plane: Arc<dyn ResourcePlane>,
    pub verifier: Arc<dyn Verify>,
    pub settings: Settings,
    pub clock: Arc<dyn Clock>,
    pub events: Recorder,
    pub metrics: Arc<OperatorMetrics>,
}
