//! The command line as it is used: the real binary, in a home of its own. A server stands in only
//! where its answers are the subject; the real one is played against in the end-to-end tests.

mod approval;
mod audit;
mod bridge;
mod completion;
mod config;
mod connect;
mod desk;
mod doctor;
mod exit;
mod help;
mod policy;
mod refusal;
