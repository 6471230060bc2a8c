//! The product's images: one static program each, the certificates the world trusts, and nothing else.

use super::elf;
use super::oci::{self, Entry, Written};
use super::part::{archives, one_binary};
use crate::checkout::Checkout;
use crate::cluster::{Fault, Tool, ensure, tool};
use crate::error::Error;
use crate::process::{cargo, program, run, say};
use cargo_metadata::{Metadata, MetadataCommand, Package};
use std::path::Path;

#[derive(Debug, Clone, Copy)]
pub(super) struct Product {
    /// Of the image, and of the program in it.
    pub(super) name: &'static str,
    package: &'static str,
    description: &'static str,
}

pub(super) const CONTROL_API: Product = Product {
    name: "control-api",
    package: "vaultpilot-control-api",
    description: "VaultPilot's control API: serve, execute, migrate, doctor",
};
pub(super) const TENANT_RUNTIME: Product = Product {
    name: "tenant-runtime",
    package: "vaultpilot-tenant-runtime",
    description: "The MCP endpoint of one VaultPilot tenant",
};
pub(super) const OPERATOR: Product = Product {
    name: "operator",
    package: "vaultpilot-operator",
    description: "VaultPilot's Kubernetes operator",
};

const ALL: [Product; 3] = [CONTROL_API, TENANT_RUNTIME, OPERATOR];

const TARGET: &str = "x86_64-unknown-linux-gnu";
const STRIP: Tool = tool("/usr/bin/strip", "binutils");
/// Whom the world trusts: an RPC endpoint is reached over https.
const ROOTS: Tool = tool("/etc/ssl/certs/ca-certificates.crt", "ca-certificates");

/// All in one build. What has no package yet is named before anything is built.
pub(super) fn build(checkout: &Checkout, products: &[Product]) -> Result<Vec<Written>, Error> {
    if products.is_empty() {
        return Ok(Vec::new());
    }
    let metadata = MetadataCommand::new()
        .manifest_path(checkout.path("Cargo.toml"))
        .no_deps()
        .exec()?;
    let packages = products
        .iter()
        .map(|product| find(&metadata, *product).ok_or_else(|| missing(*product)))
        .collect::<Result<Vec<_>, Error>>()?;
    ensure(checkout, &[STRIP, ROOTS])?;
    compile(checkout, &metadata, products)?;
    let both = products.iter().zip(packages);
    both.map(|(product, package)| write(checkout, *product, package))
        .collect()
}

fn find(metadata: &Metadata, product: Product) -> Option<&Package> {
    metadata.packages.iter().find(|package| {
        let mut targets = package.targets.iter();
        package.name.as_str() == product.package
            && targets.any(|target| target.is_bin() && target.name == product.name)
    })
}

fn missing(product: Product) -> Error {
    Fault::NoPackage {
        image: product.name,
        package: product.package,
    }
    .into()
}

fn compile(checkout: &Checkout, metadata: &Metadata, products: &[Product]) -> Result<(), Error> {
    let names: Vec<_> = products.iter().map(|product| product.name).collect();
    say(&format!(
        "building {} without shared libraries",
        names.join(", ")
    ));
    let mut cargo = cargo(checkout);
    cargo
        // For this target alone: what runs while building keeps its flags and is not built anew.
        .env(
            "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS",
            "-C target-feature=+crt-static",
        )
        .args(["build", "--target", TARGET]);
    // All packages, whichever program is wanted: the features of what they share are those of all,
    // and what one image has built the others need not build again.
    for product in ALL
        .into_iter()
        .filter(|product| find(metadata, *product).is_some())
    {
        cargo.args(["--package", product.package]);
    }
    for name in names {
        cargo.args(["--bin", name]);
    }
    run(cargo.stdout(std::io::stderr()))
}

fn write(checkout: &Checkout, product: Product, package: &Package) -> Result<Written, Error> {
    let name = product.name;
    let built = checkout.target_dir().join(TARGET).join("debug").join(name);
    elf::require_static(&built)?;
    let folder = archives(checkout)?;
    let stripped = folder.join(name);
    strip(checkout, &built, &stripped)?;
    let version = package.version.to_string();
    let mut image = one_binary(
        format!("docker.io/vaultpilot/{name}:{version}"),
        name,
        &stripped,
        vec![
            ("org.opencontainers.image.title", name.to_owned()),
            (
                "org.opencontainers.image.description",
                product.description.to_owned(),
            ),
            ("org.opencontainers.image.version", version),
            (
                "org.opencontainers.image.licenses",
                package.license.clone().unwrap_or_default(),
            ),
            (
                "org.opencontainers.image.source",
                package.repository.clone().unwrap_or_default(),
            ),
        ],
    );
    image.entries.push(Entry::File {
        path: ROOTS.path.trim_start_matches('/').to_owned(),
        mode: 0o444,
        from: ROOTS.path.into(),
    });
    oci::write(&image, &folder.join(format!("{name}.tar")))
}

fn strip(checkout: &Checkout, built: &Path, stripped: &Path) -> Result<(), Error> {
    run(program(checkout, STRIP.path)
        .arg("-o")
        .args([stripped, built]))
}
