use clap::{Command, CommandFactory as _};
use vaultpilot::cli::Cli;

use crate::desk::Desk;

/// Every command's help, in one golden file: what people read is an interface, too.
#[tokio::test]
async fn help_is_as_it_was() {
    let desk = Desk::new().unwrap();
    let mut root = Cli::command();
    root.build();
    let mut paths = Vec::new();
    collect(&root, &[], &mut paths);
    assert!(paths.len() > 30, "{paths:?}");
    let mut all = String::new();
    for path in paths {
        let mut args: Vec<&str> = path.iter().map(String::as_str).collect();
        args.push("--help");
        let said = desk.run(&args).await;
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{args:?}");
        all = format!("{all}$ vaultpilot {}\n{}\n", args.join(" "), said.out);
    }
    insta::assert_snapshot!(all);
}

fn collect(command: &Command, path: &[String], paths: &mut Vec<Vec<String>>) {
    paths.push(path.to_vec());
    for child in command.get_subcommands() {
        if !child.is_hide_set() && child.get_name() != "help" {
            let mut path = path.to_vec();
            path.push(child.get_name().to_owned());
            collect(child, &path, paths);
        }
    }
}

#[tokio::test]
async fn the_version_is_the_packages() {
    let said = Desk::new().unwrap().run(&["--version"]).await;
    assert_eq!(
        said.out.trim(),
        concat!("vaultpilot ", env!("CARGO_PKG_VERSION"))
    );
}
