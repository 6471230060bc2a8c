//! What the machine gives: time, randomness, environment. Read here and nowhere else.

mod clock;
mod entropy;
mod env;

pub(crate) use clock::SystemClock;
pub(crate) use entropy::OsEntropy;
pub(crate) use env::of_process;
