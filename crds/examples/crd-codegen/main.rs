//! Writes what is generated from the four kinds: `crds/generated/*.yaml` and
//! `docs/reference/kinds.md`. `cargo xtask codegen` runs it.

mod page;

use std::error::Error;
use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let root = env::args_os()
        .nth(1)
        .ok_or("the checkout's folder is missing")?;
    let root = Path::new(&root);
    let folder = root.join("crds/generated");
    fs::create_dir_all(&folder)?;
    let manifests = vaultpilot_crds::manifest::all()?;
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        let known = |name: &std::ffi::OsStr| manifests.iter().any(|one| *one.file == *name);
        if !path.file_name().is_some_and(known) {
            fs::remove_file(path)?;
        }
    }
    for manifest in &manifests {
        fs::write(folder.join(&manifest.file), manifest.yaml()?)?;
    }
    fs::write(root.join("docs/reference/kinds.md"), page::kinds()?)?;
    Ok(())
}
