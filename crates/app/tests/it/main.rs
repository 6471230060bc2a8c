//! The use-cases over the fakes of the ports: the real App, executor and scheduler; only store,
//! chain, keys and clock are stand-ins. Time is virtual.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "here a panic is a failed test"
)]

mod house;

mod approval;
mod audit;
mod bypass;
mod custody;
mod doubt;
mod executor;
mod freeze;
mod key;
mod payment;
mod process;
mod request;
mod resource;
mod restore;
mod role;
mod strategy;
mod tenant;
mod trouble;
mod wallet;
