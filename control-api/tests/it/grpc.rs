//! The gRPC door over TLS, with a cluster that reviews tokens over HTTPS.

mod authority;
mod cluster;
mod door;
mod matrix;
mod operator;
mod plane;
mod wire;
mod workload;
