//! How well secrets are kept from whoever can look at memory.

use crate::arena;

/// From the best to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protection {
    /// Pages of `memfd_secret(2)`: out of the kernel's own map, so that not even root reads them
    /// through `/proc`, `ptrace` or a core dump; never swapped, no hibernation while they are there.
    Guarded,
    /// Locked in memory: never swapped, in no core dump. Whoever may trace the process reads them.
    Locked,
    /// Memory like any other. It is erased when it is given back, and that is all.
    Plain,
}

impl Protection {
    /// For metrics and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Guarded => "guarded",
            Self::Locked => "locked",
            Self::Plain => "plain",
        }
    }
}

/// What secrets of this process have: the worst of all their pages. It can only get worse, when the
/// kernel refuses to give more of what it gave before.
pub fn protection() -> Protection {
    arena::protection()
}
