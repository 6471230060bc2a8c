//! The kinds as the API server will see them, without an API server.

#[cfg(test)]
mod admission;
#[cfg(test)]
mod case;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod generated;
#[cfg(test)]
mod policy_document;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod structure;
