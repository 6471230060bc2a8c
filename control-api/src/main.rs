//! The `control-api` binary.

fn main() -> std::process::ExitCode {
    vaultpilot_control_api::main()
}
