//! The reason codes, as a page.

use std::fmt::Write as _;

use vaultpilot_policy::ReasonCode;

pub(super) fn page() -> String {
    let mut page = String::from(
        "# Reason codes\n\nWhy a payment or a tool call was not simply allowed. The codes are \
         stable: agents branch on them. Each comes with a sentence and, where they apply, `limit`, \
         `used`, `requested`, `remaining`, `would_pass`, `resets_at`, `policy`, `rule` and \
         `retryable`.\n\n| code | meaning |\n| --- | --- |\n",
    );
    for code in ReasonCode::ALL {
        // Writing to a String cannot fail.
        let _ = writeln!(page, "| `{}` | {} |", code.as_str(), code.explain());
    }
    page
}
