//! Arguments of tools, from what models write to the types of the house. Every error names the
//! field, so that the model can correct it.

use rmcp::model::JsonObject;
use serde::de::DeserializeOwned;
use serde_json::Value;
use vaultpilot_core::{
    Address, ApprovalId, ChainId, IntentId, Label, RequestId, Token, parse_address,
};
use vaultpilot_ports::Fault;
use vaultpilot_ports::control_plane::{ListQuery, TransactionRef, WalletRef};

/// The largest page a list tool gives.
pub(crate) const MAX_PAGE: u32 = 100;
/// Free text of agents is short, or it is no memo.
pub(crate) const MAX_TEXT: usize = 200;

/// The longest complaint of the parser that is passed on; it may quote the caller.
const MAX_COMPLAINT: usize = 200;

/// Reads the arguments of a call.
///
/// # Errors
/// `invalid_params`, with the field.
pub(crate) fn read<T: DeserializeOwned>(arguments: JsonObject) -> Result<T, Fault> {
    let arguments = Value::Object(arguments);
    serde_path_to_error::deserialize(&arguments).map_err(|error| {
        let path = error.path().to_string();
        let complaint = error.into_inner().to_string();
        malformed(&path, &complaint, arguments.get(&path))
    })
}

fn malformed(path: &str, complaint: &str, given: Option<&Value>) -> Fault {
    let code = "invalid_params";
    if path.ends_with("amount") && given.is_some_and(Value::is_number) {
        let message = "amount is text, such as \"0.5\": a JSON number may lose digits";
        return Fault::invalid(code, path, message);
    }
    // A missing or unknown field is quoted by the parser; its path is that of the object.
    let quoted = complaint.split('`').nth(1);
    let named = complaint.starts_with("missing field") || complaint.starts_with("unknown field");
    let field = match quoted {
        Some(quoted) if named => quoted,
        _ => path,
    };
    let end = complaint.floor_char_boundary(MAX_COMPLAINT);
    Fault::invalid(code, field, &complaint[..end])
}

pub(crate) fn wallet(text: &str) -> Result<WalletRef, Fault> {
    let invalid = |error| invalid("wallet_malformed", "wallet", error);
    text.parse().map_err(invalid)
}

pub(crate) fn chain(text: &str) -> Result<ChainId, Fault> {
    text.parse()
        .map_err(|error| invalid("chain_malformed", "chain", error))
}

pub(crate) fn chains(texts: &[String]) -> Result<Vec<ChainId>, Fault> {
    let one = |text: &String| {
        let invalid = |error| invalid("chain_malformed", "chains", error);
        text.parse().map_err(invalid)
    };
    texts.iter().map(one).collect()
}

pub(crate) fn address(field: &str, text: &str) -> Result<Address, Fault> {
    parse_address(text).map_err(|error| invalid(error.code(), field, error))
}

pub(crate) fn token(field: &str, text: &str) -> Result<Token, Fault> {
    text.parse()
        .map_err(|error: vaultpilot_core::AddressError| {
            let message = format!("{error}; an asset is \"native\" or a token's address");
            Fault::invalid(error.code(), field, message)
        })
}

pub(crate) fn label(text: &str) -> Result<Label, Fault> {
    text.parse()
        .map_err(|error| invalid("label_malformed", "label", error))
}

pub(crate) fn request_id(text: &str) -> Result<RequestId, Fault> {
    text.parse()
        .map_err(|error| invalid("request_id_malformed", "request_id", error))
}

pub(crate) fn transaction(text: &str) -> Result<TransactionRef, Fault> {
    text.parse()
        .map_err(|error| invalid("transaction_malformed", "id", error))
}

pub(crate) fn intent(field: &str, text: &str) -> Result<IntentId, Fault> {
    text.parse()
        .map_err(|error| invalid("transaction_malformed", field, error))
}

pub(crate) fn approval(text: &str) -> Result<ApprovalId, Fault> {
    text.parse()
        .map_err(|error| invalid("approval_malformed", "id", error))
}

/// Free text: short, and without characters that would write over somebody's screen.
pub(crate) fn text(field: &str, text: String) -> Result<String, Fault> {
    if text.chars().count() > MAX_TEXT {
        let message = format!("{field} has more than {MAX_TEXT} characters");
        return Err(Fault::invalid("text_too_long", field, message));
    }
    if text.chars().any(char::is_control) {
        let message = format!("{field} has control characters");
        return Err(Fault::invalid(
            "text_has_control_characters",
            field,
            message,
        ));
    }
    Ok(text)
}

pub(crate) fn page(cursor: Option<String>, limit: Option<u32>) -> Result<ListQuery, Fault> {
    if limit.is_some_and(|limit| limit == 0 || limit > MAX_PAGE) {
        let message = format!("limit is not between 1 and {MAX_PAGE}");
        return Err(Fault::invalid("limit_out_of_range", "limit", message));
    }
    Ok(ListQuery { cursor, limit })
}

fn invalid(code: &str, field: &str, error: impl std::fmt::Display) -> Fault {
    Fault::invalid(code, field, error.to_string())
}

#[cfg(test)]
mod tests;
