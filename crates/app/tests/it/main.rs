//! The use-cases over the fakes of the ports: the real App, executor and scheduler; only store,
//! chain, keys and clock are stand-ins. Time is virtual.

mod house;

mod approval;
mod audit;
mod bypass;
mod doubt;
mod executor;
mod freeze;
mod key;
mod payment;
mod request;
mod tenant;
mod wallet;
