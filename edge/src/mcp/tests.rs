use serde_json::json;

use super::{protocol_of, routing};

#[test]
fn headers_say_what_the_message_says() {
    let call = json!({
        "method": "tools/call",
        "params": {
            "name": "transfer",
            "_meta": { "io.modelcontextprotocol/protocolVersion": "2026-07-28" }
        }
    });
    assert_eq!(protocol_of(&call), Some("2026-07-28"));
    assert_eq!(
        routing(&call),
        [("mcp-method", "tools/call"), ("mcp-name", "transfer")]
    );

    let list = json!({ "method": "tools/list" });
    assert_eq!(protocol_of(&list), None);
    assert_eq!(routing(&list), [("mcp-method", "tools/list")]);
    assert!(routing(&json!({ "result": {} })).is_empty());
    let odd = json!({ "method": "tools/call", "params": { "name": "bad\r\nname" } });
    assert_eq!(
        routing(&odd),
        [("mcp-method", "tools/call")],
        "a header is never split"
    );
}
