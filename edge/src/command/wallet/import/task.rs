//! The server's side of an import: whom keys are sealed to, and the task that opens them.

use serde_json::{Value, json};
use tokio::time::{Duration, Instant};
use vaultpilot_control_api::OsEntropy;
use vaultpilot_keys::material;
use vaultpilot_secret::Secret;

use super::{FirstPolicy, ImportError};
use crate::failure::Failure;
use crate::rest::{Rest, segment};

/// How long an import is waited for. It goes on without us.
const PATIENCE: Duration = Duration::from_mins(2);

/// Whom keys are sealed to.
pub(crate) struct Recipient {
    /// `age1…`
    pub recipient: String,
    /// The version of the key-encryption key behind it.
    pub kek: u64,
}

impl Recipient {
    pub(crate) async fn fetch(rest: &Rest) -> Result<Self, Failure> {
        let custody = rest.get("custody").await?;
        let found = custody.get("recipient");
        let text = found.and_then(|found| found.get("recipient")?.as_str());
        let kek = found.and_then(|found| found.get("kek")?.as_u64());
        if let (Some(text), Some(kek)) = (text, kek) {
            return Ok(Self {
                recipient: text.to_owned(),
                kek,
            });
        }
        let trouble = custody.get("trouble").and_then(Value::as_str);
        Err(ImportError::NoRecipient {
            trouble: trouble.unwrap_or("it does not say why").to_owned(),
        }
        .into())
    }

    pub(crate) fn seal(&self, secret: &Secret) -> Result<String, ImportError> {
        material::seal(secret, &self.recipient, &OsEntropy).map_err(ImportError::Seal)
    }
}

/// Sends sealed keys and waits until all of them are wallets, or none is.
///
/// # Errors
/// Why none is; or that it is not over.
pub(crate) async fn send(
    rest: &Rest,
    keys: Vec<Value>,
    policy: FirstPolicy,
    kek: Option<u64>,
) -> Result<Value, Failure> {
    let mut body = json!({ "keys": keys, "policy": policy.name() });
    if let Some(kek) = kek {
        body["kek"] = json!(kek);
    }
    let begun = rest.post("custody/imports", body).await?;
    over(rest, begun).await
}

async fn over(rest: &Rest, mut task: Value) -> Result<Value, Failure> {
    let until = Instant::now() + PATIENCE;
    loop {
        let text = |name: &str| task.get(name).and_then(Value::as_str).map(str::to_owned);
        let id = text("id").unwrap_or_default();
        match text("state").as_deref() {
            Some("succeeded") => return Ok(task),
            _ if task.get("over").and_then(Value::as_bool) == Some(true) => {
                let code = text("code").unwrap_or_else(|| "import_failed".to_owned());
                let detail = text("detail").unwrap_or_else(|| code.clone());
                return Err(ImportError::Failed { code, detail }.into());
            }
            _ if Instant::now() >= until => {
                let detail = text("detail").or_else(|| text("code"));
                return Err(ImportError::NotOver { task: id, detail }.into());
            }
            _ => {
                let path = format!("custody/tasks/{}?wait_s=10", segment(&id));
                task = rest.get(&path).await?;
            }
        }
    }
}
