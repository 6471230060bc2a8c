//! What the machine gives: time, randomness, the environment. Read here and nowhere else; everything
//! below is handed them.

mod clock;
mod entropy;
mod env;

pub use clock::SystemClock;
pub use entropy::OsEntropy;
pub use env::Env;
