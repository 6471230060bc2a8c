//! What is behind the doors, wired once: the parts that both editions share, and the two zones of
//! the hosted one.
//!
//! The deciding zone ([`deciding`]) and the signing zone ([`signing`]) are composed in different
//! modules from different ports. `deciding` is handed a [`KeyWrapper`](vaultpilot_ports::KeyWrapper)
//! and never sees a root key: there is no way from it to a `Signer`. The test
//! `only_the_signing_zone_names_a_signer` reads the sources and fails on any other place that names
//! one.

mod backup;
pub mod chain;
pub mod deciding;
mod endpoints;
mod ground;
mod notices;
mod provider;
pub mod secret;
pub mod signing;
mod store;
mod watch;

pub use backup::manifest;
pub use endpoints::EndpointGauges;
pub use ground::{Ground, OpenError};
pub use notices::Notices;
pub use provider::Providers;
pub use store::{As, open_store, store_options};
pub use watch::ChainWatch;
