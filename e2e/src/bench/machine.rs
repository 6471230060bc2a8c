//! The machine: which core does what, and what a process weighs.

use std::process::Command;

/// The server under test has this core to itself.
pub(crate) const SERVER_CORE: usize = 0;
/// The load, the chain and everything else share this one.
pub(crate) const LOAD_CORE: usize = 1;

/// Binds a process, with all its threads, to a core.
pub(crate) fn pin(pid: u32, core: usize) {
    let status = Command::new("taskset")
        .args(["-a", "-c", "-p", &core.to_string(), &pid.to_string()])
        .stdout(std::process::Stdio::null())
        .status();
    assert!(
        status.is_ok_and(|status| status.success()),
        "taskset (util-linux) is needed"
    );
}

/// Resident memory, in KiB.
pub(crate) fn resident_kib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// What the numbers were measured on.
pub(crate) fn facts() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let line = cpu.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split(": ").nth(1))
            .unwrap_or("unknown")
            .to_owned()
    };
    // Not `available_parallelism`: this process is bound to one of them by now.
    let cores = cpu
        .lines()
        .filter(|line| line.starts_with("processor"))
        .count();
    format!(
        "{} · {cores} cores, one for the server and one for the load",
        field("model name")
    )
}
