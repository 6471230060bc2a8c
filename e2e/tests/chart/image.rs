//! Which images run.

use crate::helm::{self, Chart};
use crate::object::{self, Object};

fn images(values: &[&str]) -> Vec<String> {
    let objects = object::parse(&helm::render(Chart::ControlPlane, values));
    let pods = objects.iter().filter_map(Object::pod);
    let mut images: Vec<String> = pods
        .flat_map(|pod| {
            let images = pod
                .containers()
                .map(|one| one["image"].as_str().unwrap().to_owned());
            images.collect::<Vec<_>>()
        })
        .collect();
    images.sort();
    images.dedup();
    images
}

fn runtime_image(values: &[&str]) -> String {
    let objects = object::parse(&helm::render(Chart::ControlPlane, values));
    let operator = objects
        .iter()
        .find(|one| one.label() == "Deployment vaultpilot-operator");
    let arguments = operator
        .unwrap()
        .at("/spec/template/spec/containers/0/args")
        .clone();
    object::items(&arguments)
        .find_map(|one| one.as_str()?.strip_prefix("--runtime-image="))
        .unwrap()
        .to_owned()
}

#[test]
fn an_image_is_of_this_version_unless_told() {
    let version = env!("CARGO_PKG_VERSION");
    let control_api = format!("vaultpilot/control-api:{version}");
    let operator = format!("vaultpilot/operator:{version}");
    assert_eq!(images(&[]), ["postgres:15", &control_api, &operator]);
    assert_eq!(
        runtime_image(&[]),
        format!("vaultpilot/tenant-runtime:{version}")
    );
}

#[test]
fn a_registry_goes_before_all_of_them() {
    let values = ["image.registry=registry.example.com:5000/mirror/"];
    let all = [images(&values), vec![runtime_image(&values)]].concat();
    for image in all {
        assert!(
            image.starts_with("registry.example.com:5000/mirror/"),
            "{image}"
        );
        assert!(!image.contains("//"), "{image}");
    }
}

#[test]
fn a_digest_beats_a_tag() {
    let digest = format!("sha256:{}", "a".repeat(64));
    let set = |part: &str| {
        [
            format!("{part}.image.tag=v9"),
            format!("{part}.image.digest={digest}"),
        ]
    };
    let values = [
        "controlApi",
        "operator",
        "tenantRuntime",
        "database.bundled",
    ]
    .map(set)
    .concat();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let all = [images(&values), vec![runtime_image(&values)]].concat();
    for image in all {
        assert!(image.ends_with(&format!("@{digest}")), "{image}");
    }
}

/// The executor shares its image with the deciding process, so they are of one version.
#[test]
fn a_tag_is_used_as_it_is() {
    let values = ["controlApi.image.tag=0.2.0-rc.1"];
    assert!(images(&values).contains(&"vaultpilot/control-api:0.2.0-rc.1".to_owned()));
}
