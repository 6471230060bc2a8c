//! What is rendered, letter by letter. `VAULTPILOT_GOLDEN=write` writes the files again.

use std::fs;
use std::path::Path;

use crate::helm::{self, Chart};

/// Holds a text against a file of the repository.
pub(crate) fn same(file: &Path, text: &str) {
    #[expect(
        clippy::disallowed_methods,
        reason = "the switch of the one who runs the test"
    )]
    let write = std::env::var_os("VAULTPILOT_GOLDEN").is_some_and(|value| value == "write");
    if write {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
        return;
    }
    let known = fs::read_to_string(file).unwrap_or_default();
    let differs = known
        .lines()
        .zip(text.lines())
        .position(|(known, now)| known != now)
        .unwrap_or_else(|| known.lines().count().min(text.lines().count()));
    assert!(
        known == text,
        "{} is not what is made now, from line {} on. It was:\n  {}\nand is:\n  {}\n\
         If that is meant: VAULTPILOT_GOLDEN=write cargo xtask test --only e2e",
        file.display(),
        differs + 1,
        known.lines().nth(differs).unwrap_or("(nothing)"),
        text.lines().nth(differs).unwrap_or("(nothing)"),
    );
}

#[test]
fn what_is_rendered_is_known() {
    for file in helm::tried() {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let name = name.strip_suffix("-values").unwrap();
        let golden = format!(
            "{}/tests/chart/golden/{name}.yaml",
            env!("CARGO_MANIFEST_DIR")
        );
        same(Path::new(&golden), &helm::render_file(&file));
    }
}

#[test]
fn the_same_values_make_the_same_bytes() {
    for file in helm::tried() {
        let (first, second) = (helm::render_file(&file), helm::render_file(&file));
        assert!(first == second, "{} renders by chance", file.display());
    }
    assert_eq!(
        helm::render(Chart::Crds, &[]),
        helm::render(Chart::Crds, &[])
    );
}

#[test]
fn helm_finds_nothing_to_say() {
    let lint = |chart: Chart, values: &[&str]| {
        let folder = chart.folder();
        let folder = folder.to_str().unwrap();
        let output = helm::helm([&["lint", "--strict", "--quiet", folder], values].concat());
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{chart:?} {values:?}: {said}");
    };
    lint(Chart::Crds, &[]);
    for file in helm::tried() {
        lint(Chart::ControlPlane, &["-f", file.to_str().unwrap()]);
    }
}

#[test]
fn the_charts_are_of_this_version() {
    for chart in [Chart::Crds, Chart::ControlPlane] {
        let text = fs::read_to_string(chart.folder().join("Chart.yaml")).unwrap();
        let of = |key: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(key));
            line.unwrap().trim().trim_matches('"').to_owned()
        };
        assert_eq!(of("version:"), env!("CARGO_PKG_VERSION"), "{chart:?}");
        assert_eq!(of("appVersion:"), env!("CARGO_PKG_VERSION"), "{chart:?}");
    }
}
