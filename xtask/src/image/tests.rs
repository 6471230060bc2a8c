use super::archive::{Head, Kind, block};
use super::oci::{self, Entry, Image, Written};
use super::tree::Tree;
use super::{elf, library};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

fn image(content: &str) -> Image {
    let mut tree = Tree::default();
    tree.text("usr/bin/program", 0o555, content);
    tree.add(Entry::Link {
        path: "usr/bin/alias".into(),
        target: "program".into(),
    });
    tree.folder("tmp", 0o1777, 0);
    Image {
        name: "docker.io/vaultpilot/program:1.2.3".into(),
        entries: tree.into_entries(),
        user: "65532:65532".into(),
        entrypoint: vec!["/usr/bin/program".into()],
        command: Vec::new(),
        environment: Vec::new(),
        labels: vec![("org.opencontainers.image.version", "1.2.3".into())],
    }
}

fn write(folder: &TempDir, name: &str, content: &str) -> Written {
    oci::write(&image(content), &folder.path().join(name)).unwrap()
}

/// Another implementation of the format reads what was written.
fn unpack(archive: &Path, into: &Path) {
    fs::create_dir_all(into).unwrap();
    let tar = Command::new("tar")
        .arg("-xf")
        .arg(archive)
        .arg("-C")
        .arg(into)
        .status();
    assert!(tar.unwrap().success());
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

#[test]
fn the_same_content_is_the_same_archive() {
    let folder = TempDir::new().unwrap();
    let [one, two, other] = [("one", "a"), ("two", "a"), ("other", "b")]
        .map(|(name, content)| write(&folder, name, content));
    assert_eq!(one.digest, two.digest);
    assert_eq!(
        fs::read(&one.archive).unwrap(),
        fs::read(&two.archive).unwrap()
    );
    assert_ne!(one.digest, other.digest);
}

#[test]
fn every_digest_is_that_of_what_it_names() {
    let folder = TempDir::new().unwrap();
    let written = write(&folder, "image.tar", "#!/bin/sh\n");
    let root = folder.path().join("oci");
    unpack(&written.archive, &root);
    let blobs = root.join("blobs/sha256");
    for blob in fs::read_dir(&blobs).unwrap() {
        let blob = blob.unwrap();
        let digest = hex::encode(Sha256::digest(fs::read(blob.path()).unwrap()));
        assert_eq!(blob.file_name().to_str().unwrap(), digest);
    }
    let blob = |digest: &Value| blobs.join(digest.as_str().unwrap().trim_start_matches("sha256:"));
    assert_eq!(
        json(&root.join("oci-layout"))["imageLayoutVersion"],
        "1.0.0"
    );
    let index = &json(&root.join("index.json"))["manifests"][0];
    assert_eq!(index["digest"], written.digest);
    assert_eq!(
        index["annotations"]["io.containerd.image.name"],
        written.name
    );
    let manifest = json(&blob(&index["digest"]));
    let layer = &manifest["layers"][0];
    let path = blob(&layer["digest"]);
    assert_eq!(layer["size"], fs::metadata(&path).unwrap().len());
    let config = json(&blob(&manifest["config"]["digest"]));
    assert_eq!(config["rootfs"]["diff_ids"][0], layer["digest"]);
    assert_eq!(config["config"]["User"], "65532:65532");
    assert_eq!(config["config"]["Entrypoint"][0], "/usr/bin/program");
    assert_eq!(
        config["config"]["Labels"]["org.opencontainers.image.version"],
        "1.2.3"
    );

    let files = folder.path().join("files");
    unpack(&path, &files);
    assert_eq!(
        fs::read_to_string(files.join("usr/bin/program")).unwrap(),
        "#!/bin/sh\n"
    );
    assert_eq!(
        fs::read_link(files.join("usr/bin/alias")).unwrap(),
        PathBuf::from("program")
    );
    assert!(files.join("tmp").is_dir());
}

#[test]
fn an_exact_reference_has_no_tag() {
    let written = |name: &str| Written {
        name: name.into(),
        digest: "sha256:00".into(),
        archive: PathBuf::new(),
    };
    assert_eq!(
        written("docker.io/a/b:1.0").exact(),
        "docker.io/a/b@sha256:00"
    );
    assert_eq!(written("host:5000/a/b").exact(), "host:5000/a/b@sha256:00");
}

#[test]
fn folders_come_before_what_is_in_them() {
    let paths: Vec<_> = image("a")
        .entries
        .iter()
        .map(|e| e.path().to_owned())
        .collect();
    assert_eq!(
        paths,
        ["tmp", "usr", "usr/bin", "usr/bin/alias", "usr/bin/program"]
    );
}

#[test]
fn a_header_takes_long_paths_and_refuses_too_long_ones() {
    let head = |path: &str| {
        block(&Head {
            path,
            mode: 0o644,
            owner: 0,
            kind: Kind::File { size: 1 },
        })
        .map(|block| block.to_vec())
    };
    let long = format!("{}/{}", "a".repeat(150), "b".repeat(100));
    let block = head(&long).unwrap();
    assert_eq!(&block[..100], "b".repeat(100).as_bytes());
    assert_eq!(&block[345..495], "a".repeat(150).as_bytes());
    let error = head(&"c".repeat(101)).unwrap_err().to_string();
    assert!(
        error.ends_with("does not fit into an archive's header"),
        "{error}"
    );
}

#[test]
fn a_file_that_shrinks_while_it_is_written_is_an_error() {
    let mut archive = super::archive::Archive::new(Vec::new());
    let error = archive.file("a", 0o644, 10, &b"short"[..]).unwrap_err();
    assert_eq!(error.to_string(), "a is shorter than it was");
}

#[test]
fn a_program_that_needs_a_loader_is_told_from_one_that_does_not() {
    // The test itself is one that does.
    let own = fs::read("/proc/self/exe").unwrap();
    let loader = elf::interpreter(&own).unwrap();
    assert!(loader.starts_with("/lib"), "{loader}");
    assert!(elf::is_dynamic(Path::new("/proc/self/exe")));
    let error = elf::require_static(Path::new("/proc/self/exe"))
        .unwrap_err()
        .to_string();
    assert!(error.contains("it is not static"), "{error}");
    assert_eq!(elf::interpreter(b"\x7fELF"), None);
    assert_eq!(elf::interpreter(&[0xff; 64]), None);
}

#[test]
fn libraries_are_read_from_what_the_loader_lists() {
    let list = "/usr/bin/curl:
\tlinux-vdso.so.1 (0x00007ffd)
\tlibcurl.so.4 => /lib/x86_64-linux-gnu/libcurl.so.4 (0x00007f)
\t/lib64/ld-linux-x86-64.so.2 (0x00007f)
";
    let expected = [
        "/lib/x86_64-linux-gnu/libcurl.so.4",
        "/lib64/ld-linux-x86-64.so.2",
    ];
    let found = library::parse(list).unwrap();
    assert!(found.iter().map(|path| path.to_str().unwrap()).eq(expected));
    let error = library::parse("\tlibgone.so => not found\n").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the library libgone.so is not on this machine"
    );
}
