//! An instant as Kubernetes writes it.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An instant such as `2026-03-01T09:00:00Z`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Moment(
    #[schemars(with = "String", extend("format" = "date-time", "maxLength" = 64))] pub Time,
);
