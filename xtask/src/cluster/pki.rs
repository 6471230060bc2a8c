//! The cluster's certificates and keys, made anew for each cluster.
//!
//! Two authorities, as Kubernetes wants: one says who a caller is; the other only which proxy may
//! say so for it, in headers.

use super::fault::Fault;
use super::name::Name;
use super::place::Place;
use super::subnet::Subnet;
use crate::error::Error;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, date_time_ymd,
};

/// Somebody with a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holder {
    ApiServer,
    Kubelet,
    /// The API server where it is kubelet's client.
    KubeletClient,
    FrontProxy,
    ControllerManager,
    Scheduler,
    Proxy,
    Node,
    Policy,
    Admin,
}

impl Holder {
    pub(super) const ALL: [Self; 10] = [
        Self::ApiServer,
        Self::Kubelet,
        Self::KubeletClient,
        Self::FrontProxy,
        Self::ControllerManager,
        Self::Scheduler,
        Self::Proxy,
        Self::Node,
        Self::Policy,
        Self::Admin,
    ];

    /// The files' name, below `pki`.
    pub(super) fn file(self) -> &'static str {
        match self {
            Self::ApiServer => "apiserver",
            Self::Kubelet => "kubelet",
            Self::KubeletClient => "kubelet-client",
            Self::FrontProxy => "front-proxy",
            Self::ControllerManager => "controller-manager",
            Self::Scheduler => "scheduler",
            Self::Proxy => "proxy",
            Self::Node => "node",
            Self::Policy => "policy",
            Self::Admin => "admin",
        }
    }

    /// The user and the group that the certificate says.
    pub(super) fn subject(self, name: &Name) -> (String, Option<&'static str>) {
        let user = |user: &str| (user.to_owned(), None);
        match self {
            Self::ApiServer => user("kube-apiserver"),
            Self::Kubelet => user("kubelet"),
            Self::KubeletClient => ("kube-apiserver-kubelet-client".into(), Some(MASTERS)),
            Self::FrontProxy => user("front-proxy-client"),
            Self::ControllerManager => user("system:kube-controller-manager"),
            Self::Scheduler => user("system:kube-scheduler"),
            Self::Proxy => user("system:kube-proxy"),
            Self::Node => (format!("system:node:{name}"), Some("system:nodes")),
            Self::Policy => user("vaultpilot:network-policy"),
            Self::Admin => ("kubernetes-admin".into(), Some(MASTERS)),
        }
    }

    /// What a server answers to; nothing for a client.
    pub(super) fn alternatives(self, name: &Name, subnet: Subnet) -> Vec<String> {
        match self {
            Self::ApiServer => [
                "kubernetes",
                "kubernetes.default",
                "kubernetes.default.svc",
                "kubernetes.default.svc.cluster.local",
                "localhost",
                "127.0.0.1",
            ]
            .map(String::from)
            .into_iter()
            .chain([subnet.node().to_string(), subnet.api_service().to_string()])
            .collect(),
            Self::Kubelet => vec![name.to_string(), subnet.node().to_string()],
            _ => Vec::new(),
        }
    }

    fn authority(self) -> &'static str {
        match self {
            Self::FrontProxy => FRONT_PROXY,
            _ => CLUSTER,
        }
    }
}

const MASTERS: &str = "system:masters";
const CLUSTER: &str = "ca";
const FRONT_PROXY: &str = "front-proxy-ca";

/// Writes all of them below the cluster's folder.
pub(super) fn write(place: &Place, name: &Name, subnet: Subnet) -> Result<(), Error> {
    for authority in [CLUSTER, FRONT_PROXY] {
        let issuer = issuer(&format!("{name} {authority}"))?;
        place.write(&format!("pki/{authority}.crt"), &issuer.pem())?;
        place.write(
            &format!("pki/{authority}.key"),
            &issuer.key().serialize_pem(),
        )?;
        for holder in Holder::ALL {
            if holder.authority() == authority {
                let (certificate, key) = issue(&issuer, holder, name, subnet)?;
                place.write(&format!("pki/{}.crt", holder.file()), &certificate)?;
                place.write(&format!("pki/{}.key", holder.file()), &key)?;
            }
        }
    }
    // What signs the tokens of service accounts.
    let accounts = KeyPair::generate().map_err(Fault::from)?;
    place.write("pki/service-account.key", &accounts.serialize_pem())?;
    place.write("pki/service-account.pub", &accounts.public_key_pem())
}

pub(super) fn issuer(common_name: &str) -> Result<CertifiedIssuer<'static, KeyPair>, Fault> {
    let mut params = lasting(Vec::new())?;
    params
        .distinguished_name
        .push(DnType::CommonName, common_name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(CertifiedIssuer::self_signed(params, KeyPair::generate()?)?)
}

/// A certificate and its key.
pub(super) fn issue(
    issuer: &CertifiedIssuer<'static, KeyPair>,
    holder: Holder,
    name: &Name,
    subnet: Subnet,
) -> Result<(String, String), Fault> {
    let mut params = lasting(holder.alternatives(name, subnet))?;
    let (user, group) = holder.subject(name);
    params.distinguished_name.push(DnType::CommonName, user);
    if let Some(group) = group {
        params
            .distinguished_name
            .push(DnType::OrganizationName, group);
    }
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![match holder {
        Holder::ApiServer | Holder::Kubelet => ExtendedKeyUsagePurpose::ServerAuth,
        _ => ExtendedKeyUsagePurpose::ClientAuth,
    }];
    params.use_authority_key_identifier_extension = true;
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, issuer)?;
    Ok((certificate.pem(), key.serialize_pem()))
}

/// A cluster of tests lives for days; its certificates must not be what ends it.
fn lasting(alternatives: Vec<String>) -> Result<CertificateParams, Fault> {
    let mut params = CertificateParams::new(alternatives)?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.not_before = date_time_ymd(2025, 1, 1);
    params.not_after = date_time_ymd(2055, 1, 1);
    Ok(params)
}
