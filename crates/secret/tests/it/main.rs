//! What the kernel does for secrets, asked of the kernel.

#[cfg(target_os = "linux")]
mod kernel;
#[cfg(target_os = "linux")]
mod refused;
