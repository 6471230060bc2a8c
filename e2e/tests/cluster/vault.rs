//! A Vault beside the cluster: a real OpenBao that believes the cluster's own word about accounts.

use serde_json::Value;
use vaultpilot_e2e::{Cluster, parts};
use vaultpilot_testkit::OpenBaoServer;
use vaultpilot_testkit::postgres::Identity;

use crate::world::{RELEASE, SYSTEM};

const REVIEWER: &str = "vault-reviewer";
/// The policies as they are shipped, for the tenant `acme`.
const WRAP: &str = include_str!("../../../crates/keys-vault/policies/serve.hcl");
const UNWRAP: &str = include_str!("../../../crates/keys-vault/policies/execute.hcl");

pub(crate) struct Vault {
    pub(crate) server: OpenBaoServer,
    identity: Identity,
}

impl Vault {
    /// Starts it, open and empty, on an address that pods reach.
    pub(crate) async fn start() -> Self {
        let host = parts::host();
        let made = rcgen::generate_simple_self_signed(vec![host.clone()]).unwrap();
        let identity = Identity {
            certificate: made.cert.pem(),
            key: made.signing_key.serialize_pem(),
        };
        let server = OpenBaoServer::start_on(&host, Some(&identity)).await;
        Self { server, identity }
    }

    /// The values that name it.
    pub(crate) fn values(&self) -> String {
        let address = self.server.address();
        format!("vault: {{ address: \"{address}\", caSecret: vault-ca }}\n")
    }

    /// The Secret that says who signed its certificate, and the account that asks the API server
    /// about others.
    pub(crate) fn manifests(&self) -> String {
        let mut pem = String::new();
        for line in self.identity.certificate.lines() {
            pem.push_str("    ");
            pem.push_str(line);
            pem.push('\n');
        }
        format!(
            r"
apiVersion: v1
kind: Secret
metadata: {{ name: vault-ca, namespace: {SYSTEM} }}
stringData:
  ca.crt: |
{pem}---
apiVersion: v1
kind: ServiceAccount
metadata: {{ name: {REVIEWER}, namespace: {SYSTEM} }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {{ name: {REVIEWER} }}
roleRef: {{ apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: system:auth-delegator }}
subjects: [{{ kind: ServiceAccount, name: {REVIEWER}, namespace: {SYSTEM} }}]
"
        )
    }

    /// What an administrator of Vault does once: the engine, the login, and a role for each process.
    pub(crate) fn settle(&self, cluster: &Cluster, tenant: &str, role: &str) {
        let bao = |arguments: &[&str]| self.server.bao(arguments);
        bao(&["secrets", "enable", "transit"]);
        bao(&[
            "write",
            &format!("transit/keys/tenant-{tenant}"),
            "derived=true",
        ]);
        let (host, authority) = api_server(cluster);
        let reviewer = token(cluster, SYSTEM, REVIEWER, None);
        bao(&["auth", "enable", "kubernetes"]);
        bao(&[
            "write",
            "auth/kubernetes/config",
            &format!("kubernetes_host={host}"),
            &format!("kubernetes_ca_cert={authority}"),
            &format!("token_reviewer_jwt={reviewer}"),
            "disable_local_ca_jwt=true",
        ]);
        let key = format!("tenant-{tenant}");
        for (role, account, policy) in [
            ("vaultpilot-wrap", "control-api", WRAP),
            (role, "executor", UNWRAP),
        ] {
            self.server
                .policy(role, &policy.replace("tenant-acme", &key));
            bao(&[
                "write",
                &format!("auth/kubernetes/role/{role}"),
                &format!("bound_service_account_names={RELEASE}-{account}"),
                &format!("bound_service_account_namespaces={SYSTEM}"),
                &format!("token_policies={role}"),
                "audience=vault",
                "token_ttl=10m",
            ]);
        }
    }

    /// A token of Vault for whoever has this account's token; what Vault says is the error.
    pub(crate) fn login(
        &self,
        cluster: &Cluster,
        (namespace, account): (&str, &str),
        role: &str,
    ) -> Result<String, String> {
        let jwt = token(cluster, namespace, account, Some("vault"));
        let login = [
            "write",
            "-field=token",
            "auth/kubernetes/login",
            &format!("role={role}"),
            &format!("jwt={jwt}"),
        ];
        self.server
            .try_bao(&login, "")
            .map(|text| text.trim().to_owned())
    }
}

/// A token of an account, as kubelet would put it into a pod.
fn token(cluster: &Cluster, namespace: &str, account: &str, audience: Option<&str>) -> String {
    let audience = audience.map(|audience| format!("--audience={audience}"));
    let mut arguments = vec![
        "create",
        "token",
        account,
        "-n",
        namespace,
        "--duration=3600s",
    ];
    arguments.extend(audience.as_deref());
    cluster.kubectl(&arguments).output().trim().to_owned()
}

/// Where the API server is, and who signed its certificate, as the administrator's kubeconfig says.
fn api_server(cluster: &Cluster) -> (String, String) {
    let view = ["config", "view", "--raw", "--flatten", "-o", "json"];
    let config: Value = serde_json::from_str(&cluster.kubectl(&view).output()).unwrap();
    let found = &config["clusters"][0]["cluster"];
    let host = found["server"].as_str().unwrap().to_owned();
    let authority = cluster.kubectl(&[
        "get",
        "configmap",
        "kube-root-ca.crt",
        "-n",
        SYSTEM,
        "-o",
        "jsonpath={.data.ca\\.crt}",
    ]);
    (host, authority.output())
}
