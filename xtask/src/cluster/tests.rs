use super::argument::arguments;
use super::binaries::{file_name, required, version_flags};
use super::kubeconfig::{Credentials, kubeconfig};
use super::name::{DEFAULT, Name};
use super::part::Part;
use super::pki::{Holder, issue, issuer};
use super::place::Place;
use super::record::{Process, Record, free_subnet, parse_start, started};
use super::subnet::{SUBNETS, Subnet};
use super::{Which, config, dns, mount, network, volume};
use crate::checkout::Checkout;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use x509_parser::pem::Pem;

fn name(name: &str) -> Name {
    name.parse().unwrap()
}

fn subnet(number: usize) -> Subnet {
    Subnet::all().nth(number).unwrap()
}

struct Ground {
    folder: TempDir,
}

impl Ground {
    fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
        }
    }

    fn checkout(&self) -> Checkout {
        Checkout::with_cache(self.folder.path())
    }

    fn place(&self, of: &str) -> Place {
        Place::of(&self.checkout(), &name(of)).unwrap()
    }

    fn record(&self, of: &str, number: usize) -> Record {
        let record = Record {
            name: name(of),
            subnet: subnet(number),
            version: "v1.35.4".into(),
            tools: "/tools".into(),
            processes: Vec::new(),
            complete: true,
        };
        record.write(&self.place(of)).unwrap();
        record
    }
}

#[test]
fn a_name_fits_into_paths_nodes_and_namespaces() {
    for good in ["a", "vaultpilot", "e2e-2", "abcdefghijklmnopqrst"] {
        assert_eq!(name(good).as_str(), good);
    }
    let bad = [
        "",
        "-a",
        "a-",
        "2a",
        "A",
        "a_b",
        "a/b",
        "..",
        "a b",
        "abcdefghijklmnopqrstu",
        "ä",
    ];
    for bad in bad {
        let error = bad.parse::<Name>().unwrap_err().to_string();
        assert!(error.contains(&format!("`{bad}` is no name")), "{error}");
    }
}

#[test]
fn no_two_subnets_share_an_address() {
    let ranges: BTreeSet<_> = Subnet::all()
        .flat_map(|s| [s.pods(), s.services(), format!("{}/24", s.host())])
        .collect();
    assert_eq!(ranges.len(), usize::from(SUBNETS) * 3);
    let links: BTreeSet<_> = Subnet::all().map(Subnet::host_link).collect();
    assert_eq!(links.len(), usize::from(SUBNETS));
    assert!(
        links.iter().all(|link| link.len() <= 15),
        "the kernel's limit"
    );
    let first = subnet(0);
    assert_eq!(first.host().to_string(), "10.200.0.254");
    assert_eq!(first.node().to_string(), "10.200.0.1");
    assert_eq!(
        (first.pods(), first.services()),
        ("10.244.0.0/16".into(), "10.96.0.0/16".into())
    );
    assert_eq!(first.dns().to_string(), "10.96.0.10");
}

#[test]
fn a_subnet_is_given_once_and_the_first_is_kept_for_the_default() {
    let ground = Ground::new();
    let free = |of: &str| free_subnet(&ground.checkout(), &name(of)).unwrap();
    // The machine may have clusters of other caches: what is free is compared, not assumed.
    let first = free("other");
    assert_ne!(first, subnet(0));
    let mut taken = vec![first];
    for (number, of) in ["other", "another", "third"].into_iter().enumerate() {
        let free = free(of);
        assert_eq!(taken.contains(&free), number == 0, "{free:?} of {taken:?}");
        let at = Subnet::all().position(|subnet| subnet == free).unwrap();
        ground.record(of, at);
        taken.push(free);
    }
}

#[test]
fn all_subnets_taken_is_an_error_that_says_so() {
    let ground = Ground::new();
    for number in 0..usize::from(SUBNETS) {
        ground.record(&format!("c{number}"), number);
    }
    let error = free_subnet(&ground.checkout(), &name(DEFAULT)).unwrap_err();
    assert!(
        error.to_string().starts_with("8 clusters are up already"),
        "{error}"
    );
}

#[test]
fn a_record_is_read_as_it_was_written_and_nonsense_is_named() {
    let ground = Ground::new();
    let place = ground.place("a");
    assert_eq!(Record::read(&place).unwrap(), None);
    let record = ground.record("a", 3);
    assert_eq!(Record::read(&place).unwrap(), Some(record));
    fs::write(place.record(), "{}").unwrap();
    let error = Record::read(&place).unwrap_err().to_string();
    assert!(error.contains("is not the record of a cluster"), "{error}");
}

#[test]
fn a_cluster_is_alive_when_each_part_is_the_process_it_was() {
    let ground = Ground::new();
    let mut record = ground.record("a", 0);
    assert!(!record.alive(), "no part was started");
    let own = std::process::id();
    let since = started(own).unwrap();
    record.processes = Part::ALL
        .map(|part| Process {
            part,
            id: own,
            started: since,
        })
        .into();
    assert!(record.alive());
    // The id of a process that has ended may be another's now.
    record.processes[4].started = since + 1;
    assert!(!record.alive());
    record.processes[4].started = since;
    record.complete = false;
    assert!(!record.alive(), "the one who brought it up did not finish");
}

#[test]
fn the_start_of_a_process_is_read_past_any_program_name() {
    let fields = "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20";
    assert_eq!(parse_start(&format!("9 (a) b) (c) S {fields}")), Some(4711));
    assert_eq!(parse_start(&format!("9 (kubelet) Z {fields}")), None);
    assert_eq!(parse_start("9 (kubelet"), None);
}

#[test]
fn mounts_are_found_whatever_their_name() {
    let table = "\
36 35 98:0 /mnt1 /data/a\\040b rw,noatime master:1 - ext3 /dev/root rw
37 35 98:0 / /data/back\\134slash rw - tmpfs tmpfs rw
38 35 98:0 / /data/end\\ rw - tmpfs tmpfs rw
";
    let points: Vec<_> = mount::parse(table).collect();
    let expected = ["/data/a b", "/data/back\\slash", "/data/end\\"].map(PathBuf::from);
    assert_eq!(points, expected);
}

#[test]
fn the_link_is_made_before_the_routes_through_it() {
    let steps = network::steps("vp-a", subnet(0));
    let lines = |steps: &[Vec<String>]| steps.iter().map(|step| step.join(" ")).collect::<Vec<_>>();
    assert_eq!(
        lines(&steps.outside),
        [
            "netns add vp-a",
            "link add vp-cluster0 type veth peer name eth0 netns vp-a",
            "address add 10.200.0.254/24 dev vp-cluster0",
            "link set vp-cluster0 up",
        ]
    );
    assert_eq!(
        lines(&steps.inside).last().unwrap(),
        "route add default via 10.200.0.254"
    );
    assert_eq!(
        lines(&steps.routes),
        [
            "route add 10.244.0.0/16 via 10.200.0.1 dev vp-cluster0",
            "route add 10.96.0.0/16 via 10.200.0.1 dev vp-cluster0",
        ]
    );
}

#[test]
fn every_part_is_told_of_its_own_cluster_only() {
    let ground = Ground::new();
    let (place, name, subnet) = (ground.place("a"), name("a"), subnet(2));
    for part in Part::ALL {
        for argument in arguments(part, &place, &name, subnet) {
            let (_, value) = argument.split_once('=').unwrap_or(("", &argument));
            if value.starts_with('/') {
                assert!(
                    Path::new(value).starts_with(place.root()),
                    "{part}: {argument}"
                );
            }
        }
    }
    let api = arguments(Part::KubeApiserver, &place, &name, subnet);
    for needed in [
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        "--service-cluster-ip-range=10.98.0.0/16",
        "--advertise-address=10.200.2.1",
        "--kubelet-preferred-address-types=InternalIP",
    ] {
        assert!(
            api.iter().any(|argument| argument == needed),
            "{needed} of {api:?}"
        );
    }
    let kubelet = arguments(Part::Kubelet, &place, &name, subnet);
    assert!(kubelet.contains(&"--hostname-override=a".to_owned()));
}

#[test]
fn the_configuration_files_are_of_one_cluster() {
    let ground = Ground::new();
    let (place, name, subnet) = (ground.place("a"), name("a"), subnet(1));
    let containerd: toml::Table = toml::from_str(&config::containerd(&place)).unwrap();
    assert_eq!(
        containerd["root"].as_str().unwrap(),
        place.text("containerd")
    );
    let cri = &containerd["plugins"]["io.containerd.grpc.v1.cri"];
    assert_eq!(cri["sandbox_image"].as_str(), Some(config::PAUSE_IMAGE));
    assert_eq!(cri["restrict_oom_score_adj"].as_bool(), Some(true));
    assert_eq!(cri["cni"]["conf_dir"].as_str().unwrap(), place.text("cni"));

    let kubelet = config::kubelet(&place, &name, subnet);
    assert_eq!(kubelet["cgroupRoot"], "/vp-a");
    assert_eq!(kubelet["clusterDNS"][0], "10.97.0.10");
    assert_eq!(kubelet["failCgroupV1"], false);
    assert_eq!(kubelet["authorization"]["mode"], "Webhook");
    assert_eq!(config::proxy(&place, &name, subnet)["mode"], "nftables");
    let plugin = &config::cni(&place, &name, subnet)["plugins"][0];
    assert_eq!(plugin["ipam"]["ranges"][0][0]["subnet"], "10.245.0.0/24");
}

#[test]
fn a_folder_too_deep_for_sockets_is_refused() {
    let checkout = Checkout::with_cache(Path::new(
        "/var/lib/a/folder/that/is/much/too/deep/in/the/tree",
    ));
    let error = Place::of(&checkout, &name("a")).unwrap_err().to_string();
    assert!(
        error.contains("set VAULTPILOT_CACHE to a shorter folder"),
        "{error}"
    );
}

#[test]
fn the_module_that_is_built_says_the_version() {
    let manifest = "require (\n\tk8s.io/api v0.1.0\n\tk8s.io/kubernetes v1.35.4 // indirect\n)\n";
    assert_eq!(required(manifest, "k8s.io/kubernetes"), Some("v1.35.4"));
    assert_eq!(required("require a.b/c v2.0.0\n", "a.b/c"), Some("v2.0.0"));
    assert_eq!(required("replace a.b/c => a.b/d v2.0.0\n", "a.b/c"), None);
    assert_eq!(required(manifest, "k8s.io/kube"), None);
    let flags = version_flags("v1.35.4");
    assert!(flags.starts_with("-s -w -X k8s.io/component-base/version.gitVersion=v1.35.4 "));
    assert!(
        flags.ends_with("gitMajor=1 -X k8s.io/component-base/version.gitMinor=35"),
        "{flags}"
    );
    assert_eq!(file_name("go.etcd.io/etcd/server/v3"), "etcd");
    assert_eq!(file_name("k8s.io/kubernetes/cmd/kubelet"), "kubelet");
}

#[test]
fn certificates_say_who_holds_them_and_come_from_the_authority() {
    let authority = issuer("a ca").unwrap();
    let read = |pem: &str| {
        Pem::iter_from_buffer(pem.as_bytes())
            .next()
            .unwrap()
            .unwrap()
    };
    let authority_pem = read(&authority.pem());
    let authority_certificate = authority_pem.parse_x509().unwrap();
    assert!(authority_certificate.is_ca());
    let mut subjects = BTreeSet::new();
    for holder in Holder::ALL {
        let (pem, key) = issue(&authority, holder, &name("a"), subnet(0)).unwrap();
        let pem = read(&pem);
        let certificate = pem.parse_x509().unwrap();
        certificate
            .verify_signature(Some(authority_certificate.public_key()))
            .unwrap();
        assert!(!certificate.is_ca());
        let own = rcgen::KeyPair::from_pem(&key).unwrap();
        assert_eq!(
            certificate.public_key().subject_public_key.data.as_ref(),
            own.public_key_raw(),
            "the key is the certificate's"
        );
        let usage = certificate.extended_key_usage().unwrap().unwrap().value;
        let server = matches!(holder, Holder::ApiServer | Holder::Kubelet);
        assert_eq!((usage.server_auth, usage.client_auth), (server, !server));
        let names = certificate.subject_alternative_name().unwrap();
        assert_eq!(names.is_some(), server);
        subjects.insert(certificate.subject().to_string());
    }
    assert_eq!(subjects.len(), Holder::ALL.len());
    assert!(
        subjects.contains("CN=system:node:a, O=system:nodes"),
        "{subjects:?}"
    );
    assert!(subjects.contains("CN=kubernetes-admin, O=system:masters"));
    assert!(
        subjects.contains("CN=vaultpilot:network-policy"),
        "in no group that may do all"
    );
}

#[test]
fn a_kubeconfig_carries_all_it_needs() {
    let credentials = Credentials {
        authority: b"authority".to_vec(),
        certificate: b"certificate".to_vec(),
        key: b"key".to_vec(),
    };
    let config = kubeconfig("a", "admin", &subnet(0).api_server(), &credentials);
    assert_eq!(
        config["clusters"][0]["cluster"]["server"],
        "https://10.200.0.1:6443"
    );
    let encoded = config["users"][0]["user"]["client-key-data"]
        .as_str()
        .unwrap();
    assert_eq!(STANDARD.decode(encoded).unwrap(), b"key");
    assert_eq!(config["current-context"], config["contexts"][0]["name"]);
}

#[test]
fn files_of_a_cluster_are_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let ground = Ground::new();
    let place = ground.place("a");
    place.write("pki/ca.key", "secret").unwrap();
    let mode = fs::metadata(place.path("pki/ca.key"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn the_dns_server_knows_the_machine_and_listens_where_policies_expect_it() {
    let corefile = dns::corefile(subnet(0));
    assert!(corefile.contains("10.200.0.254 machine.vaultpilot.internal"));
    let objects = dns::objects("image", subnet(0));
    let items = objects["items"].as_array().unwrap();
    let service = items.iter().find(|item| item["kind"] == "Service").unwrap();
    assert_eq!(service["spec"]["clusterIP"], "10.96.0.10");
    for port in service["spec"]["ports"].as_array().unwrap() {
        assert_eq!(port["targetPort"], 53);
    }
}

#[test]
fn only_a_kubeconfig_that_is_not_ours_means_another_cluster() {
    let ground = Ground::new();
    let checkout = ground.checkout();
    let which = |kubeconfig: Option<PathBuf>| Which {
        name: name(DEFAULT),
        kubeconfig,
    };
    assert!(which(None).foreign(&checkout).is_none());
    assert!(which(Some(PathBuf::new())).foreign(&checkout).is_none());
    let ours = ground.place(DEFAULT).admin();
    assert!(which(Some(ours)).foreign(&checkout).is_none());
    let theirs = which(Some("/home/me/.kube/config".into()));
    assert_eq!(
        theirs.foreign(&checkout),
        Some(Path::new("/home/me/.kube/config"))
    );
}

#[test]
fn volumes_are_folders_of_the_cluster_that_anybody_in_a_pod_may_write_to() {
    use std::os::unix::fs::PermissionsExt as _;
    let ground = Ground::new();
    let place = ground.place("a");
    volume::make(&place).unwrap();
    let objects = volume::objects(&place);
    let (class, volumes) = objects["items"].as_array().unwrap().split_first().unwrap();
    assert_eq!(volumes.len(), 4);
    for volume in volumes {
        assert_eq!(
            volume["spec"]["storageClassName"],
            class["metadata"]["name"]
        );
        let path = Path::new(volume["spec"]["hostPath"]["path"].as_str().unwrap());
        assert!(path.starts_with(place.root()));
        assert_eq!(
            fs::metadata(path).unwrap().permissions().mode() & 0o777,
            0o777
        );
    }
}
