//! The `operator` binary.

fn main() -> std::process::ExitCode {
    vaultpilot_operator::cli::main()
}
