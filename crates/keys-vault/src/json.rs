//! JSON in buffers that are erased.

use serde::Serialize;
use serde::de::Deserialize;
use zeroize::Zeroizing;

/// Larger than any body sent: a buffer that grew would leave pieces of it behind.
const LARGEST_BODY: usize = 32 * 1024;

pub(crate) fn body(value: &impl Serialize) -> Zeroizing<Vec<u8>> {
    let mut body = Zeroizing::new(Vec::with_capacity(LARGEST_BODY));
    // Bodies are made of texts alone, which can always be written.
    if serde_json::to_writer(&mut *body, value).is_err() {
        body.clear();
    }
    body
}

/// Strings are borrowed: what is read leaves no copy behind.
pub(crate) fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Option<T> {
    serde_json::from_slice(body).ok()
}
