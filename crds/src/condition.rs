//! Conditions: what an operator says about an object, and where people look first.

mod kind;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

pub use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
pub use kind::{PolicyCondition, StrategyCondition, TenantCondition, WalletCondition};

/// The schema of a list of conditions, one of each type.
pub(crate) fn conditions(generator: &mut SchemaGenerator) -> Schema {
    let moment = crate::value::Moment::json_schema(generator);
    json_schema!({
        "description": "What is so now. One of each type.",
        "type": "array",
        "maxItems": 32,
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["type"],
        "items": {
            "type": "object",
            "required": ["type", "status", "reason", "message", "lastTransitionTime"],
            "properties": {
                "type": {
                    "type": "string", "maxLength": 316,
                    "pattern": "^[A-Za-z][A-Za-z0-9]*$",
                },
                "status": { "type": "string", "enum": ["True", "False", "Unknown"] },
                "reason": {
                    "description": "A word for programs.",
                    "type": "string", "maxLength": 1024,
                    "pattern": "^[A-Za-z]([A-Za-z0-9_]*[A-Za-z0-9])?$",
                },
                "message": {
                    "description": "A sentence for people.",
                    "type": "string", "maxLength": 32768,
                },
                "observedGeneration": {
                    "description": "The metadata.generation that was looked at.",
                    "type": "integer", "format": "int64", "minimum": 0,
                },
                "lastTransitionTime": moment,
            },
        },
    })
}
