//! The transit engine: what encrypts, decrypts and rewraps, for a context.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use vaultpilot_ports::keys::KeyError;
use vaultpilot_secret::{Secret, erase};
use zeroize::Zeroizing;

use crate::ciphertext::Ciphertext;
use crate::context;
use crate::http::{Answer, Request};
use crate::json;
use crate::key::{Action, Key};
use crate::line::{Line, Repeat};
use crate::refusal::{self, Words};
use crate::session::Session;
use crate::sessions::Sessions;

/// A seed in base64.
const ENCODED: usize = 44;
/// What decoding wants room for.
const DECODED: usize = 48;

#[derive(Serialize)]
struct Encrypt<'a> {
    plaintext: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<&'a str>,
}

#[derive(Serialize)]
struct Open<'a> {
    ciphertext: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<&'a str>,
}

#[derive(Deserialize)]
struct Reply<T> {
    data: T,
}

#[derive(Deserialize)]
struct Encrypted<'a> {
    ciphertext: &'a str,
}

#[derive(Deserialize)]
struct Decrypted<'a> {
    plaintext: &'a str,
}

#[derive(Deserialize)]
struct About {
    #[serde(default)]
    exportable: bool,
    #[serde(default)]
    allow_plaintext_backup: bool,
}

/// A ciphertext, and the root that made it.
pub(crate) struct Made {
    pub(crate) root: String,
    pub(crate) text: String,
}

pub(crate) struct Transit {
    pub(crate) line: Line,
    pub(crate) sessions: Sessions,
}

impl Transit {
    /// Whether the key encrypts now, and for its context alone: a key that is not derived takes a
    /// context and ignores it, so that what was wrapped for one tenant opens for every other. No seed
    /// is sent before this is known. The call with a context comes first, because a call for a key
    /// that is missing makes one, for whoever may, and without a context one that is not derived.
    pub(crate) async fn check(&self, key: &Key<'_>) -> Result<Made, KeyError> {
        let nothing = STANDARD.encode([0; Secret::LEN]);
        let context = context::of_check();
        let made = self.encrypt_text(key, &nothing, &context).await?;
        let body = json::body(&Encrypt {
            plaintext: &nothing,
            context: None,
        });
        self.demand_derived(key, Action::Encrypt, body).await?;
        Ok(made)
    }

    /// Refuses a key that can be taken out of Vault; whoever may not read what kind of key it is
    /// takes Vault's administrator at his word.
    pub(crate) async fn demand_kept(&self, key: &Key<'_>) -> Result<(), KeyError> {
        let answer = self.call(key, Request::get(&key.about())).await?;
        let about = json::read::<Reply<About>>(&answer.body);
        match (answer.status, about) {
            (200, Some(Reply { data })) if data.exportable || data.allow_plaintext_backup => {
                Err(KeyError::Denied {
                    detail: format!("{} can be exported from vault", key.shown()),
                })
            }
            (200, None) => Err(self.line.unavailable("answered what is no key")),
            (200 | 403 | 404, _) => Ok(()),
            _ => Err(refusal::error(&self.line, key, Action::Encrypt, &answer)),
        }
    }

    pub(crate) async fn encrypt(
        &self,
        key: &Key<'_>,
        seed: &Secret,
        context: &str,
    ) -> Result<Made, KeyError> {
        let mut encoded = Zeroizing::new([0; ENCODED]);
        let text = erase::after(|| {
            STANDARD
                .encode_slice(seed.bytes(), encoded.as_mut_slice())
                .ok()?;
            std::str::from_utf8(encoded.as_slice()).ok()
        });
        let text = text.ok_or(KeyError::Envelope)?;
        self.encrypt_text(key, text, context).await
    }

    pub(crate) async fn decrypt(
        &self,
        key: &Key<'_>,
        ciphertext: Ciphertext<'_>,
        context: &str,
    ) -> Result<Secret, KeyError> {
        self.demand_bound(key, ciphertext).await?;
        let answer = self
            .open(key, Action::Decrypt, ciphertext, Some(context))
            .await?;
        if answer.status != 200 {
            return Err(refusal::error(&self.line, key, Action::Decrypt, &answer));
        }
        erase::after(|| seed(&answer)).ok_or_else(|| self.line.unavailable("answered with no seed"))
    }

    pub(crate) async fn rewrap(
        &self,
        key: &Key<'_>,
        ciphertext: Ciphertext<'_>,
        context: &str,
    ) -> Result<Made, KeyError> {
        self.demand_bound(key, ciphertext).await?;
        let answer = self
            .open(key, Action::Rewrap, ciphertext, Some(context))
            .await?;
        self.made(key, Action::Rewrap, &answer)
    }

    /// Asks for the ciphertext to be wrapped anew without a context, which no plaintext comes from.
    async fn demand_bound(
        &self,
        key: &Key<'_>,
        ciphertext: Ciphertext<'_>,
    ) -> Result<(), KeyError> {
        let body = json::body(&Open {
            ciphertext: ciphertext.text(),
            context: None,
        });
        self.demand_derived(key, Action::Rewrap, body).await
    }

    /// What has no context must be refused for that reason, and for no other.
    async fn demand_derived(
        &self,
        key: &Key<'_>,
        action: Action,
        without_context: Zeroizing<Vec<u8>>,
    ) -> Result<(), KeyError> {
        let request = Request::post(&key.path(action), without_context);
        let answer = self.call(key, request).await?;
        match (answer.status, Words::of(&answer)) {
            (400, Words::NoContext) => Ok(()),
            (200..=299, _) => Err(KeyError::Denied {
                detail: format!("{} is not derived: it ignores the tenant", key.shown()),
            }),
            _ => Err(refusal::error(&self.line, key, action, &answer)),
        }
    }

    async fn encrypt_text(
        &self,
        key: &Key<'_>,
        plaintext: &str,
        context: &str,
    ) -> Result<Made, KeyError> {
        let context = Some(context);
        let body = json::body(&Encrypt { plaintext, context });
        let request = Request::post(&key.path(Action::Encrypt), body);
        let answer = self.call(key, request).await?;
        self.made(key, Action::Encrypt, &answer)
    }

    async fn open(
        &self,
        key: &Key<'_>,
        action: Action,
        ciphertext: Ciphertext<'_>,
        context: Option<&str>,
    ) -> Result<Answer, KeyError> {
        let body = json::body(&Open {
            ciphertext: ciphertext.text(),
            context,
        });
        self.call(key, Request::post(&key.path(action), body)).await
    }

    fn made(&self, key: &Key<'_>, action: Action, answer: &Answer) -> Result<Made, KeyError> {
        if answer.status != 200 {
            return Err(refusal::error(&self.line, key, action, answer));
        }
        let reply = json::read::<Reply<Encrypted<'_>>>(&answer.body);
        let text = reply.map(|reply| reply.data.ciphertext);
        let ciphertext = text.and_then(|text| Ciphertext::parse(text.as_bytes()));
        let ciphertext =
            ciphertext.ok_or_else(|| self.line.unavailable("answered with no ciphertext"))?;
        Ok(Made {
            root: ciphertext.root(key.mount, key.name),
            text: ciphertext.text().to_owned(),
        })
    }

    /// As the role of the key. A session that Vault no longer knows is begun anew, once.
    async fn call(&self, key: &Key<'_>, request: Request) -> Result<Answer, KeyError> {
        let role = self.sessions.role(key.role)?;
        let session = self.sessions.current(&self.line, role).await?;
        let answer = self.ask(request.clone(), &session).await?;
        if answer.status != 403 {
            return Ok(answer);
        }
        let another = self.sessions.instead_of(&self.line, role, &session).await?;
        match another {
            Some(session) => self.ask(request, &session).await,
            None => Ok(answer),
        }
    }

    async fn ask(&self, request: Request, session: &Arc<Session>) -> Result<Answer, KeyError> {
        self.line
            .ask(request, Some(&session.token), Repeat::Always)
            .await
    }
}

fn seed(answer: &Answer) -> Option<Secret> {
    let reply = json::read::<Reply<Decrypted<'_>>>(&answer.body)?;
    let mut decoded = Zeroizing::new([0; DECODED]);
    let length = STANDARD
        .decode_slice(reply.data.plaintext, decoded.as_mut_slice())
        .ok()?;
    let bytes = decoded.get(..length)?;
    if length != Secret::LEN {
        return None;
    }
    let mut seed = Secret::empty();
    seed.bytes_mut().copy_from_slice(bytes);
    Some(seed)
}
