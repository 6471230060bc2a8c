//! Exit codes. They are an interface: scripts and agents branch on them.

use std::process::ExitCode;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// It was done.
    Ok,
    /// It was not done, or `doctor` found a failure.
    Failed,
    /// The command line or the input is wrong.
    Usage,
    /// The server is not running or cannot be reached.
    Unreachable,
    /// Policy, a person, or a missing permission said no.
    Denied,
    /// What was named does not exist.
    NotFound,
    /// It contradicts what is there.
    Conflict,
    /// It is not over yet: time ran out, or a person is asked.
    Waiting,
}

impl Exit {
    pub const ALL: [Self; 8] = [
        Self::Ok,
        Self::Failed,
        Self::Usage,
        Self::Unreachable,
        Self::Denied,
        Self::NotFound,
        Self::Conflict,
        Self::Waiting,
    ];

    pub const fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Unreachable => 3,
            Self::Denied => 4,
            Self::NotFound => 5,
            Self::Conflict => 6,
            Self::Waiting => 7,
        }
    }

    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Ok => "done",
            Self::Failed => "not done, or doctor found a failure",
            Self::Usage => "the command line or the input is wrong",
            Self::Unreachable => "the server is not running or cannot be reached",
            Self::Denied => "policy, a person or a missing permission said no",
            Self::NotFound => "what was named does not exist",
            Self::Conflict => "it contradicts what is there",
            Self::Waiting => "not over yet: time ran out, or a person is asked",
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
