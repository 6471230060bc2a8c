//! One binary: transcripts people can read, and properties over random policies.

#[cfg(test)]
mod docs_examples;
#[cfg(test)]
mod example;
#[cfg(test)]
mod layer;
#[cfg(test)]
mod random;
#[cfg(test)]
mod rate;
#[cfg(test)]
mod roundtrip;
#[cfg(test)]
mod script;
#[cfg(test)]
mod transcript;
#[cfg(test)]
mod window;
#[cfg(test)]
mod wire;
