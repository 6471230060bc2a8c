//! Images as OCI archives, written without an engine: the same content gives the same bytes.

use super::archive::Archive;
use crate::error::Error;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// What an image is made of.
#[derive(Debug)]
pub(crate) struct Image {
    /// The full reference, registry and tag included.
    pub(crate) name: String,
    /// In the order they are written: a folder before what is in it.
    pub(crate) entries: Vec<Entry>,
    pub(crate) user: String,
    pub(crate) entrypoint: Vec<String>,
    pub(crate) command: Vec<String>,
    pub(crate) environment: Vec<String>,
    pub(crate) labels: Vec<(&'static str, String)>,
}

#[derive(Debug)]
pub(crate) enum Entry {
    Folder {
        path: String,
        mode: u32,
        owner: u32,
    },
    File {
        path: String,
        mode: u32,
        from: PathBuf,
    },
    Text {
        path: String,
        mode: u32,
        text: String,
    },
    Link {
        path: String,
        target: String,
    },
}

impl Entry {
    pub(super) fn path(&self) -> &str {
        match self {
            Self::Folder { path, .. }
            | Self::File { path, .. }
            | Self::Text { path, .. }
            | Self::Link { path, .. } => path,
        }
    }
}

/// An image in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Written {
    pub(crate) name: String,
    /// The manifest's, by which the image can be asked for exactly.
    pub(crate) digest: String,
    pub(crate) archive: PathBuf,
}

impl Written {
    /// The reference that can mean nothing else.
    pub(crate) fn exact(&self) -> String {
        let repository = match self.name.rsplit_once(':') {
            Some((repository, tag)) if !tag.contains('/') => repository,
            _ => &self.name,
        };
        format!("{repository}@{}", self.digest)
    }
}

pub(crate) fn write(image: &Image, archive: &Path) -> Result<Written, Error> {
    // Whoever reads the archive meanwhile has the old one whole.
    let new = archive.with_extension("new");
    let digest = write_archive(image, &new).map_err(Error::file("write", &new))?;
    std::fs::rename(&new, archive).map_err(Error::file("move", &new))?;
    Ok(Written {
        name: image.name.clone(),
        digest,
        archive: archive.to_path_buf(),
    })
}

fn write_archive(image: &Image, archive: &Path) -> io::Result<String> {
    let mut layer = layer(image)?;
    let config = serde_json::to_vec(&config(image, &layer.digest))?;
    let manifest = serde_json::to_vec(&json!({
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": descriptor(CONFIG, &sha256(&config), config.len()),
        "layers": [descriptor(LAYER, &layer.digest, layer.size)],
    }))?;
    let digest = sha256(&manifest);
    let mut index = descriptor(MANIFEST, &digest, manifest.len());
    index["annotations"] = json!({
        "io.containerd.image.name": image.name,
        "org.opencontainers.image.ref.name": image.name,
    });
    let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [index]});

    let mut tar = Archive::new(BufWriter::new(File::create(archive)?));
    tar.bytes("oci-layout", 0o644, br#"{"imageLayoutVersion":"1.0.0"}"#)?;
    tar.bytes("index.json", 0o644, &serde_json::to_vec(&index)?)?;
    tar.folder("blobs", 0o755, 0)?;
    tar.folder("blobs/sha256", 0o755, 0)?;
    tar.bytes(&blob(&sha256(&config)), 0o644, &config)?;
    tar.bytes(&blob(&digest), 0o644, &manifest)?;
    layer.file.seek(SeekFrom::Start(0))?;
    tar.file(&blob(&layer.digest), 0o644, layer.size, &mut layer.file)?;
    tar.finish()?;
    Ok(digest)
}

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";

struct Layer {
    file: File,
    digest: String,
    size: u64,
}

fn layer(image: &Image) -> io::Result<Layer> {
    let mut tar = Archive::new(Hashing {
        to: BufWriter::new(tempfile::tempfile()?),
        hash: Sha256::new(),
        size: 0,
    });
    for entry in &image.entries {
        match entry {
            Entry::Folder { path, mode, owner } => tar.folder(path, *mode, *owner)?,
            Entry::Text { path, mode, text } => tar.bytes(path, *mode, text.as_bytes())?,
            Entry::Link { path, target } => tar.link(path, target)?,
            Entry::File { path, mode, from } => {
                let file = File::open(from)?;
                tar.file(path, *mode, file.metadata()?.len(), file)?;
            }
        }
    }
    let hashing = tar.finish()?;
    Ok(Layer {
        file: hashing
            .to
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?,
        digest: format!("sha256:{}", hex::encode(hashing.hash.finalize())),
        size: hashing.size,
    })
}

fn config(image: &Image, layer: &str) -> Value {
    let labels: serde_json::Map<_, _> = image
        .labels
        .iter()
        .map(|(name, value)| ((*name).to_owned(), Value::from(value.as_str())))
        .collect();
    json!({
        "architecture": "amd64",
        "os": "linux",
        "config": {
            "User": image.user,
            "Entrypoint": image.entrypoint,
            "Cmd": image.command,
            "Env": image.environment,
            "WorkingDir": "/",
            "Labels": labels,
        },
        // The layer is not compressed, so this is the digest of its blob too.
        "rootfs": {"type": "layers", "diff_ids": [layer]},
    })
}

fn descriptor(kind: &str, digest: &str, size: impl Into<Value>) -> Value {
    json!({"mediaType": kind, "digest": digest, "size": size.into()})
}

fn blob(digest: &str) -> String {
    format!("blobs/{}", digest.replace(':', "/"))
}

fn sha256(bytes: &[u8]) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(bytes)))
}

struct Hashing<W> {
    to: W,
    hash: Sha256,
    size: u64,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.size += u64::try_from(written).map_err(io::Error::other)?;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}
