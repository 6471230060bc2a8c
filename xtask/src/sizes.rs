//! `cargo xtask sizes`: the long source files. Above 200 lines a file is worth a look, above 300 a
//! thought, above 500 it fails. Tests, `schema.rs` and generated code are not counted.

#[cfg(test)]
mod tests;

use crate::checkout::Checkout;
use crate::error::Error;
use crate::process::{program, read};
use std::fmt::{Display, Formatter};
use std::path::Path;
use std::process::ExitCode;

const LOOK: usize = 200;
const THINK: usize = 300;
const SPLIT: usize = 500;

pub(crate) fn run(checkout: &Checkout) -> Result<ExitCode, Error> {
    let report = Report::new(measure(checkout)?);
    print!("{report}");
    Ok(if report.above(SPLIT) == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn measure(checkout: &Checkout) -> Result<Vec<Size>, Error> {
    let mut git = program(checkout, "git");
    git.args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
        "--",
        "*.rs",
    ]);
    let listed = read(&mut git)?;
    let mut sizes = Vec::new();
    for file in String::from_utf8_lossy(&listed).split_terminator('\0') {
        let path = checkout.path(file);
        // A file that is deleted but not yet committed as such is listed too.
        if !counts(file) || !path.exists() {
            continue;
        }
        let text = std::fs::read_to_string(&path).map_err(Error::file("read", &path))?;
        if !generated(&text) {
            sizes.push(Size {
                lines: text.lines().count(),
                file: file.to_owned(),
            });
        }
    }
    Ok(sizes)
}

fn counts(file: &str) -> bool {
    let exempt = ["tests", "tests.rs", "schema.rs", "generated"];
    !Path::new(file)
        .components()
        .any(|part| exempt.iter().any(|name| part.as_os_str() == *name))
}

fn generated(text: &str) -> bool {
    text.lines().take(3).any(|line| line.contains("@generated"))
}

#[derive(Debug)]
struct Size {
    lines: usize,
    file: String,
}

/// The files worth a look, the longest first.
#[derive(Debug)]
struct Report(Vec<Size>);

impl Report {
    fn new(mut sizes: Vec<Size>) -> Self {
        sizes.retain(|size| size.lines > LOOK);
        sizes.sort_by(|a, b| b.lines.cmp(&a.lines).then_with(|| a.file.cmp(&b.file)));
        Self(sizes)
    }

    fn above(&self, limit: usize) -> usize {
        self.0.iter().filter(|size| size.lines > limit).count()
    }
}

impl Display for Report {
    fn fmt(&self, out: &mut Formatter<'_>) -> std::fmt::Result {
        if self.0.is_empty() {
            return writeln!(out, "no file is longer than {LOOK} lines");
        }
        writeln!(out, "lines  mark  file")?;
        for Size { lines, file } in &self.0 {
            let mark = match *lines {
                lines if lines > SPLIT => "!!",
                lines if lines > THINK => "!",
                _ => "",
            };
            writeln!(out, "{lines:>5}  {mark:<4}  {file}")?;
        }
        writeln!(
            out,
            "above {LOOK}: {}, above {THINK} (!): {}, above {SPLIT} (!!, to be split): {}",
            self.above(LOOK),
            self.above(THINK),
            self.above(SPLIT)
        )
    }
}
