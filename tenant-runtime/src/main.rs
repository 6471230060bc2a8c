//! The `tenant-runtime` binary.

fn main() -> std::process::ExitCode {
    vaultpilot_tenant_runtime::command::main()
}
