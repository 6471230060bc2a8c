//! Which Secrets there are to be, and what is in them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use vaultpilot_core::Entropy;

use super::Options;
use super::certificate::{Leaf, Use};

/// A part of the control plane whose secrets somebody else may see to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    Tls,
    Kek,
    Postgres,
}

#[derive(Debug)]
pub struct Plan(Vec<Wanted>);

#[derive(Debug)]
pub struct Wanted {
    pub name: String,
    pub(super) material: Material,
}

#[derive(Debug)]
pub(super) enum Material {
    Random(Vec<(&'static str, Kind)>),
    Authority {
        name: &'static str,
    },
    Certificate {
        /// The Secret of the authority that signs it.
        signer: String,
        /// The Secret of the authority that the other side is signed by.
        trusted: String,
        leaf: Leaf,
        /// The Secret of the authority that clients are signed by, for a server.
        client_authority: Option<String>,
    },
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    /// 32 bytes as 64 digits.
    Key,
    /// 32 bytes as 43 characters that need no quoting anywhere.
    Password,
    Fixed(&'static str),
}

impl Kind {
    pub(super) fn make(self, entropy: &dyn Entropy) -> Vec<u8> {
        let mut bytes = [0u8; 32];
        match self {
            Self::Fixed(text) => text.as_bytes().to_vec(),
            Self::Key => {
                entropy.fill(&mut bytes);
                let digits = bytes.iter().flat_map(|byte| {
                    let digit = |half: u8| char::from_digit(u32::from(half), 16);
                    [digit(byte >> 4), digit(byte & 15)]
                });
                digits.flatten().collect::<String>().into_bytes()
            }
            Self::Password => {
                entropy.fill(&mut bytes);
                URL_SAFE_NO_PAD.encode(bytes).into_bytes()
            }
        }
    }
}

impl Material {
    pub(super) fn keys(&self) -> Vec<&'static str> {
        match self {
            Self::Random(keys) => keys.iter().map(|(key, _)| *key).collect(),
            Self::Authority { .. } => vec!["ca.crt", "ca.key"],
            Self::Certificate {
                client_authority, ..
            } => {
                let mut keys = vec!["tls.crt", "tls.key", "ca.crt"];
                keys.extend(client_authority.as_ref().map(|_| "client-ca.crt"));
                keys
            }
        }
    }

    pub(super) const fn secret_type(&self) -> &'static str {
        match self {
            Self::Certificate { .. } => "kubernetes.io/tls",
            _ => "Opaque",
        }
    }
}

impl Plan {
    pub fn of(options: &Options) -> Self {
        let name = |suffix: &str| format!("{}-{suffix}", options.prefix);
        let random = |suffix: &str, keys: &[(&'static str, Kind)]| Wanted {
            name: name(suffix),
            material: Material::Random(keys.to_vec()),
        };
        let mut wanted = Vec::new();
        if !options.skip.contains(&Part::Tls) {
            wanted.extend(certificates(options, &name));
        }
        if !options.skip.contains(&Part::Kek) {
            wanted.push(random("kek", &[("kek", Kind::Key)]));
        }
        wanted.push(random("pepper", &[("pepper", Kind::Key)]));
        wanted.push(random("context", &[("context", Kind::Key)]));
        if !options.skip.contains(&Part::Postgres) {
            let keys = [
                ("owner-user", Kind::Fixed("vaultpilot")),
                ("owner-password", Kind::Password),
                ("app-user", Kind::Fixed("vaultpilot_app")),
                ("app-password", Kind::Password),
            ];
            wanted.push(random("postgres", &keys));
        }
        Self(wanted)
    }

    pub fn secrets(&self) -> &[Wanted] {
        &self.0
    }
}

/// Authorities before what they sign.
fn certificates(options: &Options, name: &dyn Fn(&str) -> String) -> [Wanted; 4] {
    let service = &options.control_api_service;
    let inside = format!("{service}.{}.svc", options.namespace);
    let mut names = vec![
        service.clone(),
        format!("{service}.{}", options.namespace),
        inside.clone(),
        format!("{inside}.{}", options.cluster_domain),
        "localhost".to_owned(),
    ];
    names.extend(options.names.iter().cloned());
    let certificate = |suffix: &str, signer: &str, leaf, clients: Option<&str>| Wanted {
        name: name(suffix),
        material: Material::Certificate {
            signer: name(signer),
            trusted: name("server-ca"),
            leaf,
            client_authority: clients.map(name),
        },
    };
    let authority = |suffix: &str, common: &'static str| Wanted {
        name: name(suffix),
        material: Material::Authority { name: common },
    };
    let server = Leaf {
        name: service.clone(),
        names,
        purpose: Use::Server,
    };
    let client = Leaf {
        name: options.operator.clone(),
        names: vec![options.operator.clone()],
        purpose: Use::Client,
    };
    [
        authority("server-ca", "VaultPilot servers"),
        authority("client-ca", "VaultPilot clients"),
        certificate("control-api-tls", "server-ca", server, Some("client-ca")),
        certificate("operator-tls", "client-ca", client, None),
    ]
}
