//! Sessions of the admin page: a one-time link becomes a cookie.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use subtle::ConstantTimeEq;
use vaultpilot_core::{Caller, Clock, Duration, Entropy, KeyId, Timestamp, clock};

/// The cookie's name.
pub(crate) const COOKIE: &str = "vaultpilot_session";
/// How long a login link works.
pub(crate) const LINK: Duration = Duration::from_mins(30);
/// How long a session lasts.
const SESSION: Duration = Duration::from_hours(12);

struct Link {
    token: String,
    caller: Caller,
    until: Timestamp,
}

struct Session {
    caller: Caller,
    until: Timestamp,
}

#[derive(Default)]
struct Held {
    links: Vec<Link>,
    sessions: HashMap<String, Session>,
}

/// Links and sessions of this process; a restart ends them all.
#[derive(Clone)]
pub struct Sessions {
    held: Arc<Mutex<Held>>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl Sessions {
    pub fn new(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self {
            held: Arc::default(),
            clock,
            entropy,
        }
    }

    /// A token for one login as `caller`, within 30 minutes.
    pub fn link(&self, caller: Caller) -> String {
        let token = self.token();
        let now = self.clock.now();
        if let Ok(mut held) = self.held.lock() {
            held.links.retain(|link| link.until > now);
            let until = clock::after(now, LINK);
            held.links.push(Link {
                token: token.clone(),
                caller,
                until,
            });
        }
        token
    }

    /// Turns a link's token into a session and its caller, once.
    pub(crate) fn login(&self, token: &str) -> Option<(String, Caller)> {
        let now = self.clock.now();
        let mut held = self.held.lock().ok()?;
        let fits = |link: &Link| bool::from(link.token.as_bytes().ct_eq(token.as_bytes()));
        let at = held.links.iter().position(fits)?;
        let link = held.links.swap_remove(at);
        if link.until <= now {
            return None;
        }
        held.sessions.retain(|_, session| session.until > now);
        let id = self.token();
        let until = clock::after(now, SESSION);
        held.sessions.insert(
            id.clone(),
            Session {
                caller: link.caller.clone(),
                until,
            },
        );
        Some((id, link.caller))
    }

    pub(crate) fn caller(&self, id: &str) -> Option<Caller> {
        let held = self.held.lock().ok()?;
        let session = held.sessions.get(id)?;
        (session.until > self.clock.now()).then(|| session.caller.clone())
    }

    pub(crate) fn logout(&self, id: &str) {
        if let Ok(mut held) = self.held.lock() {
            held.sessions.remove(id);
        }
    }

    /// Ends what was opened with a key that is revoked: its sessions, and links not yet used.
    pub(crate) fn end_of(&self, key: KeyId) {
        if let Ok(mut held) = self.held.lock() {
            held.links.retain(|link| link.caller.key() != Some(key));
            held.sessions
                .retain(|_, session| session.caller.key() != Some(key));
        }
    }

    fn token(&self) -> String {
        let mut bytes = [0u8; 32];
        self.entropy.fill(&mut bytes);
        hex::encode(bytes)
    }
}
