//! The `vaultpilot` binary.

fn main() -> std::process::ExitCode {
    vaultpilot::main()
}
