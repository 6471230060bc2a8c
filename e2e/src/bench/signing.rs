//! G7: signatures, measured inside the product and handed in as a line of JSON.

use serde::Deserialize;

#[derive(Debug, Clone, Deserialize, serde::Serialize)]
pub(crate) struct Signing {
    pub libsecp256k1_per_s: f64,
    pub k256_per_s: f64,
    pub vaultpilot_per_s: f64,
    pub vaultpilot_to_libsecp256k1: f64,
}

impl Signing {
    /// What comes after `--signing`.
    pub(crate) fn of(arguments: &[String]) -> Self {
        let mut words = arguments.iter().skip_while(|word| *word != "--signing");
        let line = words.nth(1).map(|line| serde_json::from_str(line));
        match line {
            Some(Ok(signing)) => signing,
            Some(Err(error)) => {
                panic!("--signing is not what the benchmark of signing prints: {error}")
            }
            None => panic!("--signing is missing: start this with `cargo xtask bench`"),
        }
    }
}
