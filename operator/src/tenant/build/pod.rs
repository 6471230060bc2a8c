//! One pod: no key, no database, no secret but a token that says which tenant it is of, and nothing
//! it could write to but memory.

use k8s_openapi::api::core::v1::{
    Capabilities, ConfigMapVolumeSource, Container, ContainerPort, EmptyDirVolumeSource, EnvVar,
    EnvVarSource, HTTPGetAction, KeyToPath, ObjectFieldSelector, PodSecurityContext, PodSpec,
    Probe, ProjectedVolumeSource, ResourceRequirements, SeccompProfile, SecretVolumeSource,
    SecurityContext, ServiceAccountTokenProjection, Volume, VolumeMount, VolumeProjection,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::config::Config;
use super::limit::quantities;
use super::{MCP_PORT, PROBE_PORT, RUNTIME};
use crate::settings::Settings;
use crate::tenant::valid::{Rpc, ValidChain, ValidTenant};

pub(super) const CONFIG_DIR: &str = "/config";
pub(super) const TOKEN_DIR: &str = "/var/run/secrets/vaultpilot.io/token";
pub(super) const TOKEN: &str = "token";
const RPC_DIR: &str = "/var/run/secrets/vaultpilot.io/rpc";
const AUDIENCE: &str = "vaultpilot-control-api";
const TOKEN_SECONDS: i64 = 600;
const USER: i64 = 65532;
/// The drain, and a little more: it is the process that ends, not the kubelet that kills.
const GRACE_SECONDS: i64 =
    super::config::DRAIN_DELAY_SECONDS + super::config::DRAIN_GRACE_SECONDS + 10;
/// Tells the pods of a tenant apart where they lease runs of strategies.
const HOLDER: &str = "VAULTPILOT_STRATEGIES_HOLDER";

pub(super) fn spec(tenant: &ValidTenant, config: &Config, settings: &Settings) -> PodSpec {
    let runtime = &tenant.runtime;
    PodSpec {
        service_account_name: Some(RUNTIME.to_owned()),
        automount_service_account_token: Some(false),
        enable_service_links: Some(false),
        termination_grace_period_seconds: Some(GRACE_SECONDS),
        security_context: Some(PodSecurityContext {
            run_as_non_root: Some(true),
            run_as_user: Some(USER),
            run_as_group: Some(USER),
            fs_group: Some(USER),
            seccomp_profile: Some(SeccompProfile {
                type_: "RuntimeDefault".to_owned(),
                localhost_profile: None,
            }),
            ..PodSecurityContext::default()
        }),
        containers: vec![container(tenant, settings)],
        volumes: Some(volumes(tenant, config)),
        runtime_class_name: runtime.runtime_class.as_ref().map(ToString::to_string),
        priority_class_name: runtime.priority_class.as_ref().map(ToString::to_string),
        node_selector: (!runtime.node_selector.is_empty()).then(|| runtime.node_selector.clone()),
        ..PodSpec::default()
    }
}

fn container(tenant: &ValidTenant, settings: &Settings) -> Container {
    let runtime = &tenant.runtime;
    let memory = ("memory", runtime.memory.as_str());
    let mut limits = vec![memory];
    if let Some(cpu) = &runtime.cpu_limit {
        limits.push(("cpu", cpu));
    }
    let port = |name: &str, port: u16| ContainerPort {
        name: Some(name.to_owned()),
        container_port: i32::from(port),
        protocol: Some("TCP".to_owned()),
        ..ContainerPort::default()
    };
    Container {
        name: RUNTIME.to_owned(),
        image: Some(
            runtime
                .image
                .clone()
                .unwrap_or_else(|| settings.runtime.image.clone()),
        ),
        image_pull_policy: Some(settings.runtime.pull_policy.as_str().to_owned()),
        env: Some(vec![EnvVar {
            name: HOLDER.to_owned(),
            value_from: Some(EnvVarSource {
                field_ref: Some(ObjectFieldSelector {
                    api_version: Some("v1".to_owned()),
                    field_path: "metadata.name".to_owned(),
                }),
                ..EnvVarSource::default()
            }),
            value: None,
        }]),
        args: Some(vec![
            "serve".to_owned(),
            "--config".to_owned(),
            format!("{CONFIG_DIR}/{}", super::config::FILE),
        ]),
        ports: Some(vec![port("mcp", MCP_PORT), port("probes", PROBE_PORT)]),
        resources: Some(ResourceRequirements {
            requests: Some(quantities(&[("cpu", &runtime.cpu), memory])),
            limits: Some(quantities(&limits)),
            claims: None,
        }),
        security_context: Some(SecurityContext {
            allow_privilege_escalation: Some(false),
            read_only_root_filesystem: Some(true),
            run_as_non_root: Some(true),
            capabilities: Some(Capabilities {
                drop: Some(vec!["ALL".to_owned()]),
                add: None,
            }),
            ..SecurityContext::default()
        }),
        startup_probe: Some(probe("/healthz", 1, 60)),
        liveness_probe: Some(probe("/healthz", 10, 3)),
        readiness_probe: Some(probe("/readyz", 5, 2)),
        termination_message_policy: Some("FallbackToLogsOnError".to_owned()),
        volume_mounts: Some(mounts(tenant)),
        ..Container::default()
    }
}

fn probe(path: &str, period: i32, failures: i32) -> Probe {
    Probe {
        http_get: Some(HTTPGetAction {
            path: Some(path.to_owned()),
            port: IntOrString::String("probes".to_owned()),
            scheme: Some("HTTP".to_owned()),
            ..HTTPGetAction::default()
        }),
        period_seconds: Some(period),
        timeout_seconds: Some(3),
        failure_threshold: Some(failures),
        ..Probe::default()
    }
}

fn volumes(tenant: &ValidTenant, config: &Config) -> Vec<Volume> {
    let named = |name: &str| Volume {
        name: name.to_owned(),
        ..Volume::default()
    };
    let token = VolumeProjection {
        service_account_token: Some(ServiceAccountTokenProjection {
            audience: Some(AUDIENCE.to_owned()),
            expiration_seconds: Some(TOKEN_SECONDS),
            path: TOKEN.to_owned(),
        }),
        ..VolumeProjection::default()
    };
    let mut volumes = vec![
        Volume {
            config_map: Some(ConfigMapVolumeSource {
                name: config.name.clone(),
                default_mode: Some(0o444),
                ..ConfigMapVolumeSource::default()
            }),
            ..named("config")
        },
        Volume {
            projected: Some(ProjectedVolumeSource {
                default_mode: Some(0o440),
                sources: Some(vec![token]),
            }),
            ..named("token")
        },
        Volume {
            empty_dir: Some(EmptyDirVolumeSource {
                medium: Some("Memory".to_owned()),
                size_limit: Some(Quantity("16Mi".to_owned())),
            }),
            ..named("tmp")
        },
    ];
    for (chain, secret, key) in secrets(tenant) {
        volumes.push(Volume {
            secret: Some(SecretVolumeSource {
                secret_name: Some(secret.to_owned()),
                default_mode: Some(0o440),
                items: Some(vec![KeyToPath {
                    key: key.to_owned(),
                    path: "url".to_owned(),
                    mode: None,
                }]),
                optional: Some(false),
            }),
            ..named(&volume_of(chain))
        });
    }
    volumes
}

fn mounts(tenant: &ValidTenant) -> Vec<VolumeMount> {
    let mount = |name: &str, path: &str, read_only: bool| VolumeMount {
        name: name.to_owned(),
        mount_path: path.to_owned(),
        // What is not read-only is not said: the API server drops a `false` here.
        read_only: read_only.then_some(true),
        ..VolumeMount::default()
    };
    let mut mounts = vec![
        mount("config", CONFIG_DIR, true),
        mount("token", TOKEN_DIR, true),
        mount("tmp", "/tmp", false),
    ];
    for (chain, ..) in secrets(tenant) {
        mounts.push(mount(&volume_of(chain), &dir_of(chain), true));
    }
    mounts
}

/// Chains whose endpoint is in a Secret, with the Secret's name and key.
fn secrets(tenant: &ValidTenant) -> impl Iterator<Item = (&ValidChain, &str, &str)> {
    tenant.chains.iter().filter_map(|chain| match &chain.rpc {
        Rpc::Secret { name, key } => Some((chain, name.as_str(), key.as_str())),
        Rpc::Urls { .. } => None,
    })
}

fn volume_of(chain: &ValidChain) -> String {
    format!("rpc-{}", chain.id.to_string().replace(':', "-"))
}

fn dir_of(chain: &ValidChain) -> String {
    format!("{RPC_DIR}/{}", chain.id.to_string().replace(':', "-"))
}

/// Where a pod finds the URL of a chain's endpoint that is in a Secret.
pub(super) fn rpc_file(chain: &ValidChain) -> String {
    format!("{}/url", dir_of(chain))
}
