//! Passes over tenants.

use serde_json::json;
use vaultpilot_crds::Tenant;
use vaultpilot_operator::verify::Unsound;

use crate::fixture::TENANTS;
use crate::house::{House, said};

fn yaml(name: &str) -> &'static str {
    TENANTS.iter().find(|(given, _)| *given == name).unwrap().1
}

/// With its pods running, after as many passes as that takes.
async fn settled(name: &str) -> House {
    let house = House::new();
    house.apply(yaml(name));
    house.pass::<Tenant>("", name).await.unwrap();
    house.roll_out(&format!("vp-{name}"));
    house.pass::<Tenant>("", name).await.unwrap();
    house
}

fn condition(house: &House, name: &str, of: &str) -> [String; 3] {
    house.condition("tenants", "", name, of)
}

#[tokio::test]
async fn a_tenant_becomes_ready() {
    let house = settled("plain").await;
    for of in [
        "Ready",
        "Accepted",
        "NamespaceReady",
        "NetworkIsolated",
        "QuotaApplied",
        "KeyManagementReady",
        "RuntimeAvailable",
        "EndpointVerified",
    ] {
        assert_eq!(
            said(&condition(&house, "plain", of)),
            "True AsAsked",
            "{of}"
        );
    }
    let tenant = house.api.get("tenants", "", "plain").unwrap();
    assert_eq!(
        tenant["status"]["endpoint"]["url"],
        "http://mcp.vp-plain.svc:8080/t/plain/mcp"
    );
    assert_eq!(tenant["status"]["tenantId"], "tnt_1");
    assert_eq!(
        tenant["metadata"]["finalizers"],
        json!(["vaultpilot.io/protect"])
    );
    let asked = house.verifier.asked.lock().unwrap();
    assert_eq!(asked[0].service, "http://mcp.vp-plain.svc:8080");
    assert_eq!(asked[0].host, "mcp.vp-plain.svc:8080");
}

#[tokio::test]
async fn a_second_pass_writes_nothing() {
    for (name, _) in TENANTS
        .iter()
        .filter(|(name, _)| ["plain", "suspended"].contains(name))
    {
        let house = settled(name).await;
        house.pass::<Tenant>("", name).await.unwrap();
        house.api.take_writes();
        house.clock.forward(30);
        house.pass::<Tenant>("", name).await.unwrap();
        assert_eq!(house.api.take_writes(), Vec::<String>::new(), "{name}");
    }
}

#[tokio::test]
async fn drift_is_put_right() {
    let house = settled("plain").await;
    let deny = |house: &House| {
        house
            .api
            .get("networkpolicies", "vp-plain", "default-deny")
            .unwrap()
    };
    let before = deny(&house)["spec"].clone();
    house
        .api
        .edit("networkpolicies", "vp-plain", "default-deny", |policy| {
            policy["spec"]["egress"] = json!([{}]);
            policy["spec"]["podSelector"] = json!({ "matchLabels": { "no": "body" } });
        });
    house.api.edit("services", "vp-plain", "mcp", |service| {
        service["spec"]["ports"][0]["port"] = json!(1);
    });
    house.api.take_writes();
    house.pass::<Tenant>("", "plain").await.unwrap();
    let writes = house.api.take_writes();
    assert_eq!(deny(&house)["spec"]["egress"], before["egress"]);
    assert!(
        writes.contains(&"PATCH networkpolicies/default-deny".to_owned()),
        "{writes:?}"
    );
    assert!(
        writes.contains(&"PATCH services/mcp".to_owned()),
        "{writes:?}"
    );
    let text = house.ctx.metrics.encode();
    assert!(
        text.contains("vaultpilot_operator_drift_corrected_total 2"),
        "{text}"
    );
}

#[tokio::test]
async fn what_is_no_longer_wanted_goes() {
    let house = settled("plain").await;
    assert_eq!(house.api.names("horizontalpodautoscalers"), ["mcp-runtime"]);
    assert_eq!(house.api.names("configmaps").len(), 1);
    let old = house.api.names("configmaps");
    house.api.edit("tenants", "", "plain", |tenant| {
        tenant["spec"]["runtime"] =
            json!({ "minReplicas": 2, "maxReplicas": 2, "logLevel": "debug" });
        tenant["metadata"]["generation"] = json!(2);
    });
    house.pass::<Tenant>("", "plain").await.unwrap();
    assert_eq!(
        house.api.names("horizontalpodautoscalers"),
        Vec::<String>::new()
    );
    // The configuration stays while pods of the older rollout read it.
    assert_eq!(house.api.names("configmaps").len(), 2);
    house.roll_out("vp-plain");
    house.pass::<Tenant>("", "plain").await.unwrap();
    let new = house.api.names("configmaps");
    assert_eq!(new.len(), 1);
    assert_ne!(old, new);
}

#[tokio::test]
async fn what_is_somebody_elses_is_left_alone() {
    let house = House::new();
    house.apply(yaml("plain"));
    house.pass::<Tenant>("", "plain").await.unwrap();
    for (kind, plural, name, of) in [
        ("Service", "services", "mcp", "RuntimeAvailable"),
        (
            "NetworkPolicy",
            "networkpolicies",
            "default-deny",
            "NetworkIsolated",
        ),
        (
            "ResourceQuota",
            "resourcequotas",
            "vaultpilot",
            "QuotaApplied",
        ),
    ] {
        house.api.delete(plural, "vp-plain", name);
        house.api.put(json!({
            "apiVersion": "v1", "kind": kind,
            "metadata": { "name": name, "namespace": "vp-plain", "labels": { "of": "another" } },
            "spec": { "theirs": true },
        }));
        let theirs = house.api.get(plural, "vp-plain", name);
        house.pass::<Tenant>("", "plain").await.unwrap();
        let told = condition(&house, "plain", of);
        assert_eq!(said(&told), "False ForeignObject", "{of}");
        assert!(told[2].contains(&format!("{kind} {name}")), "{}", told[2]);
        assert_eq!(condition(&house, "plain", "Stalled")[0], "True");
        assert_eq!(house.api.get(plural, "vp-plain", name), theirs);
        // It heals by itself once the cause is gone.
        house.api.delete(plural, "vp-plain", name);
        house.pass::<Tenant>("", "plain").await.unwrap();
        assert_ne!(condition(&house, "plain", of)[1], "ForeignObject");
    }
}

#[tokio::test]
async fn nothing_runs_before_the_borders_stand() {
    let house = House::new();
    house.apply(yaml("plain"));
    house.api.refuse(Some(("networkpolicies", 403)));
    house.pass::<Tenant>("", "plain").await.unwrap();
    assert_eq!(house.api.names("deployments"), Vec::<String>::new());
    assert_eq!(
        said(&condition(&house, "plain", "NetworkIsolated")),
        "False ApplyFailed"
    );
    house.api.refuse(None);
    house.pass::<Tenant>("", "plain").await.unwrap();
    assert_eq!(house.api.names("deployments"), ["mcp-runtime"]);
}

#[tokio::test]
async fn of_two_tenants_that_claim_a_namespace_the_older_has_it() {
    let house = House::new();
    for name in ["first", "second"] {
        house.apply(&format!(
            "apiVersion: vaultpilot.io/v1alpha1\nkind: Tenant\nmetadata: {{ name: {name} }}\nspec:\n  keyManagement: {{ provider: Local }}\n  namespace: {{ name: shared }}\n"
        ));
    }
    for name in ["second", "first", "second"] {
        house.pass::<Tenant>("", name).await.unwrap();
    }
    let told = condition(&house, "second", "NamespaceReady");
    assert_eq!(said(&told), "False NamespaceConflict");
    assert!(told[2].contains("Tenant first"), "{}", told[2]);
    assert_eq!(
        said(&condition(&house, "second", "Stalled")),
        "True NamespaceConflict"
    );
    let namespace = house.api.get("namespaces", "", "shared").unwrap();
    assert_eq!(
        namespace["metadata"]["labels"]["vaultpilot.io/tenant"],
        "first"
    );
    let calls = house.plane.take_calls();
    assert!(
        calls.iter().all(|call| !call.contains("second")),
        "{calls:?}"
    );
}

#[tokio::test]
async fn a_namespace_is_adopted_only_when_it_is_asked_for_and_empty() {
    let house = House::new();
    let namespace =
        json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": "vp-plain" } });
    house.api.put(namespace);
    house.apply(yaml("plain"));
    house.pass::<Tenant>("", "plain").await.unwrap();
    assert_eq!(
        said(&condition(&house, "plain", "NamespaceReady")),
        "False ForeignObject"
    );
    house.api.put(json!({ "apiVersion": "v1", "kind": "Pod",
        "metadata": { "name": "theirs", "namespace": "vp-plain" } }));
    let adopt = |house: &House| {
        house.api.edit("tenants", "", "plain", |tenant| {
            tenant["spec"]["namespace"] = json!({ "adopt": true });
        });
    };
    adopt(&house);
    house.pass::<Tenant>("", "plain").await.unwrap();
    let told = condition(&house, "plain", "NamespaceReady");
    assert!(told[2].contains("theirs"), "{}", told[2]);
    house.api.delete("pods", "vp-plain", "theirs");
    house.pass::<Tenant>("", "plain").await.unwrap();
    assert_eq!(
        said(&condition(&house, "plain", "NamespaceReady")),
        "True AsAsked"
    );
    let namespace = house.api.get("namespaces", "", "vp-plain").unwrap();
    assert_eq!(
        namespace["metadata"]["annotations"]["vaultpilot.io/origin"],
        "adopted"
    );
}

#[tokio::test]
async fn a_paused_tenant_is_left_alone() {
    let house = House::new();
    house.apply(yaml("plain"));
    house.api.edit("tenants", "", "plain", |tenant| {
        tenant["metadata"]["annotations"] = json!({ "vaultpilot.io/paused": "true" });
    });
    house.pass::<Tenant>("", "plain").await.unwrap();
    house.api.delete("tenants", "", "plain");
    house.pass::<Tenant>("", "plain").await.unwrap();
    assert_eq!(house.api.take_writes(), Vec::<String>::new());
    assert_eq!(house.plane.take_calls(), Vec::<String>::new());
}

#[tokio::test]
async fn a_tenant_that_cannot_be_read_is_told_so_and_nothing_else() {
    let house = settled("plain").await;
    house.api.edit("tenants", "", "plain", |tenant| {
        tenant["spec"]["suspended"] = json!("maybe");
    });
    house.api.take_writes();
    for _ in 0..2 {
        house.pass::<Tenant>("", "plain").await.unwrap();
    }
    assert_eq!(house.api.take_writes(), ["PATCH tenants/plain/status"]);
    let told = condition(&house, "plain", "Accepted");
    assert_eq!(said(&told), "False Undecodable");
    assert!(told[2].contains("boolean"), "{}", told[2]);
    // The neighbour does not mind.
    house.apply(yaml("suspended"));
    house.pass::<Tenant>("", "suspended").await.unwrap();
    assert_eq!(
        said(&condition(&house, "suspended", "Accepted")),
        "True AsAsked"
    );
}

#[tokio::test]
async fn a_control_plane_that_is_away_is_told_and_heals() {
    let house = House::new();
    house.plane.go_away(true);
    house.apply(yaml("plain"));
    house.pass::<Tenant>("", "plain").await.unwrap();
    house.roll_out("vp-plain");
    house.pass::<Tenant>("", "plain").await.unwrap();
    assert_eq!(
        said(&condition(&house, "plain", "KeyManagementReady")),
        "Unknown ControlPlaneUnreachable"
    );
    assert_eq!(
        said(&condition(&house, "plain", "Ready")),
        "Unknown ControlPlaneUnreachable"
    );
    house.plane.go_away(false);
    house.pass::<Tenant>("", "plain").await.unwrap();
    assert_eq!(said(&condition(&house, "plain", "Ready")), "True AsAsked");
}

#[tokio::test]
async fn an_image_that_does_not_start_is_told_in_the_pods_own_words() {
    let house = House::new();
    house.apply(yaml("plain"));
    house.pass::<Tenant>("", "plain").await.unwrap();
    house
        .api
        .edit("deployments", "vp-plain", "mcp-runtime", |deployment| {
            deployment["spec"]["replicas"] = json!(1);
        });
    house.api.put(json!({ "apiVersion": "v1", "kind": "Pod",
        "metadata": { "name": "mcp-runtime-x", "namespace": "vp-plain", "labels": {
            "app.kubernetes.io/name": "tenant-runtime", "vaultpilot.io/tenant": "plain" } },
        "status": { "containerStatuses": [{
            "name": "mcp-runtime", "image": "i", "imageID": "", "ready": false, "restartCount": 0,
            "state": { "waiting": { "reason": "ImagePullBackOff", "message": "no such image" } } }] } }));
    house.pass::<Tenant>("", "plain").await.unwrap();
    let told = condition(&house, "plain", "RuntimeAvailable");
    assert_eq!(said(&told), "False ImagePullBackOff");
    assert!(
        told[2].contains("no such image") && told[2].contains("spec.runtime.image"),
        "{}",
        told[2]
    );
    assert_eq!(
        said(&condition(&house, "plain", "Ready")),
        "False ImagePullBackOff"
    );
}

#[tokio::test]
async fn an_endpoint_is_asked_again_and_every_fault_has_its_reason() {
    let house = settled("plain").await;
    let asked = |house: &House| house.verifier.asked.lock().unwrap().len();
    let once = asked(&house);
    house.pass::<Tenant>("", "plain").await.unwrap();
    assert_eq!(asked(&house), once);
    house.clock.forward(300);
    *house.verifier.unsound.lock().unwrap() = Some(Unsound::Open { status: 200 });
    house.pass::<Tenant>("", "plain").await.unwrap();
    assert_eq!(
        said(&condition(&house, "plain", "EndpointVerified")),
        "False EndpointOpen"
    );
    assert_eq!(
        said(&condition(&house, "plain", "Ready")),
        "False EndpointOpen"
    );
    *house.verifier.unsound.lock().unwrap() = None;
    house.pass::<Tenant>("", "plain").await.unwrap();
    assert_eq!(said(&condition(&house, "plain", "Ready")), "True AsAsked");
}

#[tokio::test]
async fn a_gateway_that_the_cluster_does_not_know_is_told() {
    let house = House::new();
    house.apply(yaml("gateway"));
    house.pass::<Tenant>("", "gateway").await.unwrap();
    assert_eq!(
        said(&condition(&house, "gateway", "Exposed")),
        "False ApiNotAvailable"
    );
    assert_eq!(house.api.names("httproutes"), Vec::<String>::new());
    house.api.has_http_route(true);
    house.pass::<Tenant>("", "gateway").await.unwrap();
    assert_eq!(house.api.names("httproutes"), ["mcp"]);
    assert_eq!(
        said(&condition(&house, "gateway", "Exposed")),
        "False RouteNotAccepted"
    );
}

#[tokio::test]
async fn a_suspended_tenant_has_no_pods_and_is_ready() {
    let house = House::new();
    house.apply(yaml("suspended"));
    for _ in 0..2 {
        house.pass::<Tenant>("", "suspended").await.unwrap();
    }
    assert_eq!(
        said(&condition(&house, "suspended", "Suspended")),
        "True Suspended"
    );
    let deployment = house
        .api
        .get("deployments", "vp-suspended", "mcp-runtime")
        .unwrap();
    assert_eq!(deployment["spec"]["replicas"], 0);
    assert!(
        house
            .plane
            .take_calls()
            .contains(&"tenant_apply suspended suspended".to_owned())
    );
}
