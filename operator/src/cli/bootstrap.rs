//! `operator bootstrap`

use std::io::Write as _;

use clap::Args;
use kube::Client;

use super::Failure;
use crate::bootstrap::{Options, Outcome, Part, run as make};
use crate::name::Namespace;
use crate::real::{SystemClock, SystemEntropy};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Where the Secrets are.
    #[arg(long, env = "VAULTPILOT_OPERATOR_NAMESPACE")]
    namespace: Namespace,
    /// In front of the Secrets' names.
    #[arg(long, default_value = "vaultpilot")]
    prefix: String,
    /// The Service of the control API.
    #[arg(long, default_value = "control-api")]
    control_api_service: String,
    /// Another name for its certificate; may be given several times.
    #[arg(long)]
    control_api_san: Vec<String>,
    #[arg(long, default_value = "cluster.local")]
    cluster_domain: String,
    /// The name in the operator's certificate.
    #[arg(long, default_value = "vaultpilot-operator")]
    operator_certificate: String,
    /// What somebody else sees to; may be given several times.
    #[arg(long, value_enum)]
    skip: Vec<Part>,
}

pub(super) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let options = Options {
        namespace: arguments.namespace.to_string(),
        prefix: arguments.prefix,
        control_api_service: arguments.control_api_service,
        cluster_domain: arguments.cluster_domain,
        names: arguments.control_api_san,
        operator: arguments.operator_certificate,
        skip: arguments.skip,
    };
    let client = Client::try_default().await?;
    let outcomes = make(client, &options, &SystemClock, &SystemEntropy).await?;
    let mut out = std::io::stdout().lock();
    for (secret, outcome) in outcomes {
        let word = match outcome {
            Outcome::Kept => "kept",
            Outcome::Made => "made",
            Outcome::Renewed => "renewed",
        };
        writeln!(out, "{word} Secret {secret}")?;
    }
    Ok(())
}
