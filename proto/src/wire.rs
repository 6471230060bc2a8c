//! The house's types into messages and out of them. Writing cannot fail; reading believes nothing:
//! every id, chain, address and time is parsed into its type again.

mod ask;
mod caller;
mod decision;
mod event;
mod key;
mod payment;
mod plain;
mod resource;
mod snapshot;
mod strategy;
mod time;
mod wallet;

use vaultpilot_ports::Fault;

pub use ask::{Ask, Wait};
pub use snapshot::{Admission, Read, Seen, Snapshot};

/// How a value of the house stands in a message.
pub trait Wire<T>: Sized {
    fn write(value: T) -> Self;

    /// # Errors
    /// When the message is not one that `write` could have made.
    fn read(self) -> Result<T, WireError>;
}

/// A message that says something its contract does not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct WireError {
    /// Its path in the message, such as `decision.reasons`.
    pub field: String,
    pub problem: String,
}

impl WireError {
    pub fn new(problem: impl std::fmt::Display) -> Self {
        Self {
            field: String::new(),
            problem: problem.to_string(),
        }
    }

    fn missing() -> Self {
        Self::new("is missing")
    }

    /// The same, seen from the message around it.
    #[must_use]
    pub fn within(mut self, field: &str) -> Self {
        self.field = match self.field.as_str() {
            "" => field.to_owned(),
            inner => format!("{field}.{inner}"),
        };
        self
    }
}

/// For servers: what was sent is bad input.
impl From<WireError> for Fault {
    fn from(error: WireError) -> Self {
        let WireError { field, problem } = error;
        Self::invalid("invalid_message", &field, problem)
    }
}

impl<T, P: Wire<T>> Wire<Option<T>> for Option<P> {
    fn write(value: Option<T>) -> Self {
        value.map(P::write)
    }

    fn read(self) -> Result<Option<T>, WireError> {
        self.map(P::read).transpose()
    }
}

impl<T, P: Wire<T>> Wire<Vec<T>> for Vec<P> {
    fn write(value: Vec<T>) -> Self {
        value.into_iter().map(P::write).collect()
    }

    fn read(self) -> Result<Vec<T>, WireError> {
        self.into_iter().map(P::read).collect()
    }
}

/// A field that a message cannot be without.
///
/// # Errors
/// When it is absent or cannot be read.
pub fn required<T, P: Wire<T>>(message: Option<P>) -> Result<T, WireError> {
    message.ok_or_else(WireError::missing)?.read()
}

fn at<T>(field: &'static str, read: Result<T, WireError>) -> Result<T, WireError> {
    read.map_err(|error| error.within(field))
}

/// A struct and a message with the same fields. `required` are those that protobuf makes optional
/// because they are messages. Both sides are named in full, so that a new field does not compile
/// until it is on both.
macro_rules! mirror {
    (
        $domain:ident as $message:path {
            $($field:ident),* $(,)?
        } $(required { $($must:ident),* $(,)? })?
    ) => {
        impl $crate::Wire<$domain> for $message {
            fn write(value: $domain) -> Self {
                let $domain { $($field,)* $($($must,)*)? } = value;
                Self {
                    $($field: $crate::Wire::write($field),)*
                    $($($must: Some($crate::Wire::write($must)),)*)?
                }
            }

            fn read(self) -> Result<$domain, $crate::WireError> {
                let Self { $($field,)* $($($must,)*)? } = self;
                Ok($domain {
                    $($field: $crate::wire::at(stringify!($field), $crate::Wire::read($field))?,)*
                    $($($must: $crate::wire::at(stringify!($must), $crate::required($must))?,)*)?
                })
            }
        }

        $crate::wire::standard!($domain as $message);
    };
}

/// The same as `From` and `TryFrom`, for callers that do not know `Wire`.
macro_rules! standard {
    ($domain:ident as $message:path) => {
        impl From<$domain> for $message {
            fn from(value: $domain) -> Self {
                $crate::Wire::write(value)
            }
        }

        impl TryFrom<$message> for $domain {
            type Error = $crate::WireError;

            fn try_from(message: $message) -> Result<Self, $crate::WireError> {
                $crate::Wire::read(message)
            }
        }
    };
}

/// An enum without facts, and the protobuf enum of the same names.
macro_rules! names {
    ($domain:ident as $message:path { $($name:ident),* $(,)? }) => {
        impl $crate::Wire<$domain> for i32 {
            fn write(value: $domain) -> Self {
                use $message as Message;
                match value {
                    $($domain::$name => Message::$name,)*
                }
                .into()
            }

            fn read(self) -> Result<$domain, $crate::WireError> {
                use $message as Message;
                match Message::try_from(self) {
                    $(Ok(Message::$name) => Ok($domain::$name),)*
                    Ok(Message::Unspecified) => Err($crate::WireError::new("is not given")),
                    Err(_) => Err($crate::WireError::new(format_args!("{self} is not known"))),
                }
            }
        }
    };
}

/// A page of a list.
macro_rules! page {
    ($item:ty as $message:path) => {
        impl $crate::Wire<vaultpilot_ports::control_plane::Listed<$item>> for $message {
            fn write(value: vaultpilot_ports::control_plane::Listed<$item>) -> Self {
                Self {
                    items: $crate::Wire::write(value.items),
                    next_cursor: value.next_cursor,
                }
            }

            fn read(
                self,
            ) -> Result<vaultpilot_ports::control_plane::Listed<$item>, $crate::WireError> {
                Ok(vaultpilot_ports::control_plane::Listed {
                    items: $crate::wire::at("items", $crate::Wire::read(self.items))?,
                    next_cursor: self.next_cursor,
                })
            }
        }

        impl From<vaultpilot_ports::control_plane::Listed<$item>> for $message {
            fn from(value: vaultpilot_ports::control_plane::Listed<$item>) -> Self {
                $crate::Wire::write(value)
            }
        }
    };
}

use {mirror, names, page, standard};
