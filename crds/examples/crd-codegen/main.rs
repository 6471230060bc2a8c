//! Writes what is generated from the four kinds: `crds/generated/*.yaml`, the same files for the
//! chart that installs them, and `docs/reference/kinds.md`. `cargo xtask codegen` runs it.

mod page;

use std::error::Error;
use std::ffi::OsStr;
use std::path::Path;
use std::{env, fs};

use vaultpilot_crds::manifest::{self, Manifest};

fn main() -> Result<(), Box<dyn Error>> {
    let root = env::args_os()
        .nth(1)
        .ok_or("the checkout's folder is missing")?;
    let root = Path::new(&root);
    let manifests = manifest::all()?;
    // A chart reads no file outside its folder.
    for folder in ["crds/generated", "charts/vaultpilot-crds/files"] {
        write(&root.join(folder), &manifests)?;
    }
    fs::write(root.join("docs/reference/kinds.md"), page::kinds()?)?;
    Ok(())
}

/// The files, and no other.
fn write(folder: &Path, manifests: &[Manifest]) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let known = |name: &OsStr| manifests.iter().any(|one| *one.file == *name);
        if !path.file_name().is_some_and(known) {
            fs::remove_file(path)?;
        }
    }
    for manifest in manifests {
        fs::write(folder.join(&manifest.file), manifest.yaml()?)?;
    }
    Ok(())
}
