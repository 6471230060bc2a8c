//! Reading a body: so many bytes, in so much time.

use axum::body::{Body, Bytes};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use super::Refusal;
use crate::Limits;

pub(crate) async fn read(body: Body, limits: Limits) -> Result<Bytes, Refusal> {
    let limit = limits.max_body_bytes;
    let collected = Limited::new(body, limit).collect();
    match tokio::time::timeout(limits.body_timeout, collected).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Refusal::BodyTooLarge { limit }),
        Ok(Err(_)) => Err(Refusal::BodyUnreadable),
        Err(_) => Err(Refusal::BodyTooSlow),
    }
}
