//! What lies outside: chains, and the Kubernetes API server.

use futures::future::join_all;
use secrecy::SecretString;
use vaultpilot_config::{HostedConfig, Identity};
use vaultpilot_ports::ChainReader as _;

use super::check::Check;
use super::why;
use crate::house::chain;
use crate::identity::TokenReviews;

pub(super) async fn chains(config: &HostedConfig) -> Vec<Check> {
    let opened = match chain::open(config) {
        Ok((chains, _)) => chains,
        Err(error) => {
            let next = "correct chains.<id>.rpc";
            return vec![Check::bad("chains", why(&error), next)];
        }
    };
    let configured = opened.chains();
    if configured.is_empty() {
        let next = "give a chain endpoints: chains.<id>.rpc or VAULTPILOT_RPC_<number>";
        return vec![Check::warning("chains", "none is configured", next)];
    }
    let asked = configured.iter().map(|chain| async {
        let name = format!("chain {}", chain.id);
        match opened.head(chain.id).await {
            Ok(head) => Check::good(name, format!("{} is at block {}", chain.name, head.number)),
            Err(error) => {
                let next = "check its endpoints and the network policy";
                Check::bad(name, why(&error), next)
            }
        }
    });
    join_all(asked).await
}

/// Asks about a token that is nobody's: an answer shows that questions are answered.
pub(super) async fn api_server(identity: &Identity) -> Check {
    let name = "Kubernetes API server";
    let next = "give this process's service account the right to create tokenreviews";
    let reviews = match TokenReviews::new(identity) {
        Ok(reviews) => reviews,
        Err(error) => return Check::bad(name, why(&error), next),
    };
    match reviews.review(&SecretString::from("nobody")).await {
        Ok(None) => Check::good(name, "reviews tokens"),
        Ok(Some(_)) => Check::bad(name, "vouches for a token that is nobody's", next),
        Err(error) => Check::bad(name, why(&error), next),
    }
}
