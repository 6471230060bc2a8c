//! The kinds as the API server will see them, without an API server.

mod admission;
mod case;
mod examples;
mod generated;
mod policy_document;
mod rules;
mod schema;
mod structure;
