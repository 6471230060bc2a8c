//! Compiles the contract to Rust, with the descriptor set for reflection and for tests that
//! enumerate methods. In Rust alone: no protoc is needed.

use std::error::Error;
use std::path::{Path, PathBuf};

const FILES: [&str; 9] = [
    "caller", "decision", "event", "payment", "resource", "runtime", "snapshot", "strategy",
    "wallet",
];

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(given("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(given("OUT_DIR")?);
    println!("cargo::rerun-if-changed=vaultpilot");

    let files = FILES.map(|name| {
        Path::new("vaultpilot/v1")
            .join(name)
            .with_extension("proto")
    });
    let mut compiler = protox::Compiler::new([root])?;
    compiler.include_source_info(true).include_imports(true);
    compiler.open_files(files)?;

    std::fs::write(
        out.join("vaultpilot.v1.bin"),
        compiler.encode_file_descriptor_set(),
    )?;
    tonic_prost_build::configure()
        .emit_rerun_if_changed(false)
        .compile_fds(compiler.file_descriptor_set())?;
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "cargo tells build scripts where they are by variables"
)]
fn given(name: &str) -> Result<String, std::env::VarError> {
    std::env::var(name)
}
