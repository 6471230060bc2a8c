//! What the operator builds, and what it does to a cluster.

mod fixture;
mod golden;
mod isolation;
mod reach;
mod restricted;
