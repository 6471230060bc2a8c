//! What is committed is what the types say.

use std::path::Path;

use serde_json::Value;
use vaultpilot_crds::manifest;

#[test]
fn generated_files_are_up_to_date() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("generated");
    let manifests = manifest::all().unwrap();
    for manifest in &manifests {
        let text = std::fs::read_to_string(folder.join(&manifest.file)).unwrap();
        let same = text == manifest.yaml().unwrap();
        assert!(
            same,
            "{} is out of date: cargo xtask codegen",
            manifest.file
        );
    }
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), manifests.len());
}

/// Folded lines and quotes change nothing.
#[test]
fn yaml_reads_back_as_it_was() {
    for manifest in manifest::all().unwrap() {
        let text = manifest.yaml().unwrap();
        let read: Vec<Value> = serde_saphyr::from_multiple(&text).unwrap();
        assert_eq!(read, manifest.objects, "{}", manifest.file);
    }
}
