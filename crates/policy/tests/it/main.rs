//! One binary: transcripts people can read, and properties over random policies.

mod example;

mod script;
mod transcript;
