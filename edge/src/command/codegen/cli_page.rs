//! The command line, as a page.

use std::fmt::Write as _;

use clap::{Arg, Command, CommandFactory as _};

use crate::cli::Cli;
use crate::exit::Exit;

pub(super) fn page() -> String {
    let mut root = Cli::command();
    root.build();
    let mut page = String::from(
        "# The command line\n\nStandard output is data, standard error is talk. `--json` gives \
         every answer as JSON. Nothing prompts unless a person sits at a terminal.\n\n\
         ## Exit codes\n\n| code | meaning |\n| --- | --- |\n",
    );
    for exit in Exit::ALL {
        // Writing to a String cannot fail, here and below.
        let _ = writeln!(page, "| {} | {} |", exit.code(), exit.meaning());
    }
    page.push_str("\n## Global options\n\n");
    arguments(
        &mut page,
        root.get_arguments().filter(|arg| arg.is_global_set()),
    );
    for command in root.get_subcommands() {
        section(&mut page, command, "vaultpilot", 2);
    }
    page
}

fn section(page: &mut String, command: &Command, parent: &str, level: usize) {
    if command.is_hide_set() || command.get_name() == "help" {
        return;
    }
    let path = format!("{parent} {}", command.get_name());
    let _ = write!(page, "\n{} {path}\n\n", "#".repeat(level));
    if let Some(about) = command.get_about() {
        let _ = write!(page, "{about}.\n\n");
    }
    let children = command
        .get_subcommands()
        .any(|child| child.get_name() != "help");
    if !children {
        let usage = command.clone().render_usage().to_string();
        let _ = write!(
            page,
            "```\n{}\n```\n\n",
            usage.trim_start_matches("Usage: ")
        );
    }
    arguments(
        page,
        command.get_arguments().filter(|arg| !arg.is_global_set()),
    );
    if let Some(more) = command.get_after_help() {
        let _ = write!(page, "\n```\n{more}\n```\n");
    }
    for child in command.get_subcommands() {
        section(page, child, &path, (level + 1).min(4));
    }
}

fn arguments<'a>(page: &mut String, arguments: impl Iterator<Item = &'a Arg>) {
    let told =
        |arg: &&Arg| !arg.is_hide_set() && !matches!(arg.get_id().as_str(), "help" | "version");
    let rows: Vec<String> = arguments.filter(told).map(row).collect();
    if !rows.is_empty() {
        page.push_str("| option | meaning |\n| --- | --- |\n");
        page.extend(rows);
    }
}

fn row(arg: &Arg) -> String {
    let value = if arg.get_action().takes_values() {
        let names = arg.get_value_names().unwrap_or_default();
        names
            .iter()
            .fold(String::new(), |all, name| format!("{all} <{name}>"))
    } else {
        String::new()
    };
    let name = match (arg.get_long(), arg.get_short()) {
        (Some(long), Some(short)) => format!("-{short}, --{long}{value}"),
        (Some(long), None) => format!("--{long}{value}"),
        _ => value.trim().to_owned(),
    };
    let mut meaning = arg.get_help().map(ToString::to_string).unwrap_or_default();
    if !meaning.is_empty() && !meaning.ends_with(['.', ']']) {
        meaning.push('.');
    }
    let choices: Vec<String> = arg
        .get_possible_values()
        .iter()
        .filter(|_| arg.get_action().takes_values())
        .map(|choice| format!("`{}`", choice.get_name()))
        .collect();
    if !choices.is_empty() {
        let _ = write!(meaning, " One of {}.", choices.join(", "));
    }
    let defaults = arg.get_default_values();
    if let [default] = defaults
        && arg.get_action().takes_values()
    {
        let _ = write!(meaning, " Default: `{}`.", default.to_string_lossy());
    }
    format!("| `{name}` | {} |\n", meaning.trim().replace('|', "\\|"))
}
