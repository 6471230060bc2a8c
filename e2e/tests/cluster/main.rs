//! Tests on a real cluster: the API server, the kubelet and the packets say what holds.

#[cfg(test)]
mod kinds;
#[cfg(test)]
mod story;
#[cfg(test)]
mod vault;
#[cfg(test)]
mod world;
