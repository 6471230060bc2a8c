//! A server for the official conformance suite: the runtime's own HTTP stack and door, the house's
//! own authentication, and behind them the tools that the suite asks for.
//!
//! Prints its URL and a key as one line of JSON, and runs until its standard input ends.

#![expect(
    deprecated,
    reason = "sampling, roots and logging go out of use, and the suite asks for them still"
)]

mod ask;
mod handler;
mod house;
mod library;
mod round;
mod tool;

use std::error::Error;

use serde_json::json;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use vaultpilot_tenant_runtime::{Listening, router_with, serve};

use handler::Fixture;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let base = format!("http://{}", listener.local_addr()?);
    let mut writers = JoinSet::new();
    let (runtime, key) = house::open(&base, &mut writers).await?;
    let url = format!("{base}/t/{}/mcp", house::TENANT);
    println!("{}", json!({ "url": url, "key": key }));
    let orphaned = async {
        let _ = tokio::io::stdin().read_to_end(&mut Vec::new()).await;
    };
    let router = router_with(runtime, Fixture::new());
    serve(listener, router, Listening::default(), orphaned).await?;
    Ok(())
}
