//! The whole list of methods, out of the contract itself: tests enumerate it, never sample.

use prost::Message as _;
use prost_types::FileDescriptorSet;

/// One method of one service.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Method {
    /// Such as `vaultpilot.v1.RuntimeService`.
    pub service: String,
    pub name: String,
    /// Such as `.vaultpilot.v1.TransferRequest`.
    pub input: String,
    pub streams: bool,
}

impl Method {
    /// Such as `/vaultpilot.v1.RuntimeService/Transfer`.
    pub fn path(&self) -> String {
        format!("/{}/{}", self.service, self.name)
    }
}

/// Every method of every service, sorted.
pub fn methods() -> Vec<Method> {
    // The compiler wrote these bytes; an empty list would fail every test that enumerates.
    let set = FileDescriptorSet::decode(crate::FILE_DESCRIPTOR_SET).unwrap_or_default();
    let mut methods = Vec::new();
    for file in &set.file {
        for service in &file.service {
            methods.extend(service.method.iter().map(|method| Method {
                service: format!("{}.{}", file.package(), service.name()),
                name: method.name().to_owned(),
                input: method.input_type().to_owned(),
                streams: method.server_streaming(),
            }));
        }
    }
    methods.sort();
    methods
}
