//! The decision that travels with a denial: a detail of our own beside those of google.rpc.

use prost::Message as _;
use prost_types::Any;
use tonic::Status;
use tonic_types::pb::Status as Details;
use vaultpilot_policy::Decision;

use crate::{Wire, pb};

const TYPE_URL: &str = "type.googleapis.com/vaultpilot.v1.Decision";

pub(super) fn attach(status: &Status, decision: &Decision) -> Status {
    let Ok(mut details) = Details::decode(status.details()) else {
        return status.clone();
    };
    details.details.push(Any {
        type_url: TYPE_URL.to_owned(),
        value: pb::Decision::write(decision.clone()).encode_to_vec(),
    });
    let bytes = details.encode_to_vec();
    Status::with_details(status.code(), status.message(), bytes.into())
}

pub(super) fn find(status: &Status) -> Option<Decision> {
    let details = Details::decode(status.details()).ok()?;
    let mut details = details.details.iter();
    let decision = details.find(|detail| detail.type_url == TYPE_URL)?;
    let message = pb::Decision::decode(decision.value.as_slice()).ok()?;
    message.read().ok()
}
