//! `cargo xtask bench`: see `vaultpilot_e2e::bench`.

fn main() {
    vaultpilot_e2e::bench::main();
}
