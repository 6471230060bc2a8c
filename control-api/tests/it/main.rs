//! The door, on a real socket, before the use-cases over fakes of the ports.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "here a panic is a failed test"
)]

mod client;
mod custody;
mod grpc;
mod house;
mod process;
mod zone;

mod access;
mod admin;
mod door;
mod feed;
mod input;
mod openapi;
mod resource;
