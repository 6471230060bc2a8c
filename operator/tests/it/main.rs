//! What the operator builds, and what it does to a cluster.

mod deletion;
mod fixture;
mod golden;
mod house;
mod isolation;
mod reach;
mod reference;
mod restricted;
mod tenant;
