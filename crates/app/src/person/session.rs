//! Logins to the admin page leave their entries; the sessions themselves are the door's.

use vaultpilot_audit::{Action, Outcome};
use vaultpilot_core::{Caller, Permission};
use vaultpilot_ports::Fault;

use super::allowed;
use crate::App;

impl App {
    /// Whether the caller may hand out a one-time link; written down before there is one.
    ///
    /// # Errors
    /// `Forbidden` for everybody but an owner: a link is a key.
    pub async fn link_create(&self, caller: &Caller) -> Result<(), Fault> {
        allowed(caller, Permission::KeyWrite)?;
        let draft = self.draft(caller, Action::LinkCreated, Outcome::Succeeded);
        self.audit(caller.tenant, draft).await
    }

    /// Writes down that somebody came in by a link.
    ///
    /// # Errors
    /// When it cannot be written: nobody comes in unseen.
    pub async fn session_start(&self, caller: &Caller) -> Result<(), Fault> {
        let draft = self.draft(caller, Action::SessionStarted, Outcome::Succeeded);
        self.audit(caller.tenant, draft).await
    }
}
