#![doc = include_str!("../README.md")]

mod admin;
mod api;
mod guard;
mod openapi;
mod operation;
mod problem;
mod rest;
mod router;
mod session;

pub use api::{Api, House, LiveEvent};
pub use openapi::document as openapi;
pub use operation::{Access, Method, Operation};
pub use problem::Problem;
pub use router::{operations, router};
pub use session::Sessions;
