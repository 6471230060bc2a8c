//! Schemas as the API server wants them, beyond what the derive knows.

use serde_json::Value;

/// Nothing is nullable: an optional field is left out, and `null` in its place would be a third
/// state, which defaults pass over and rules do not expect. Bounds of integers are integers.
pub(super) fn tidied(mut value: Value) -> Value {
    tidy(&mut value);
    value
}

fn tidy(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if fields.get("nullable") == Some(&Value::Bool(true)) {
                fields.remove("nullable");
            }
            for bound in ["minimum", "maximum"] {
                if let Some(number) = fields.get_mut(bound) {
                    whole(number);
                }
            }
            fields.values_mut().for_each(tidy);
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        _ => {}
    }
}

fn whole(number: &mut Value) {
    let text = number.to_string();
    if let Some(Ok(whole)) = text.strip_suffix(".0").map(str::parse::<i64>) {
        *number = whole.into();
    }
}
