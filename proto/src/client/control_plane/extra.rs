//! What a runtime needs beside the port: to go on while the control plane is away.

use std::net::IpAddr;

use secrecy::SecretString;
use vaultpilot_core::{Caller, TenantName};
use vaultpilot_ports::Fault;

use super::{RemoteControlPlane, client};
use crate::client::SnapshotStream;
use crate::client::link::Manner;
use crate::wire::Read;
use crate::{Wire, pb};

/// As many contexts as one snapshot is made for.
const MAX_CONTEXTS: usize = 32;

impl RemoteControlPlane {
    /// The caller a credential was exchanged for before, while its context is good and for as long
    /// as callers are kept after that. Asks nobody: for reads, while nobody can be asked.
    pub fn recognise(
        &self,
        tenant: &TenantName,
        credential: &SecretString,
        ip: Option<IpAddr>,
    ) -> Option<Caller> {
        let fingerprint = self.contexts.fingerprint(tenant, credential, ip);
        self.contexts.recognise(fingerprint)
    }

    /// The context a caller acted under last, for what is told about it later.
    pub fn context_of(&self, caller: &Caller) -> Option<Vec<u8>> {
        self.contexts.of(caller)
    }

    /// The contexts a snapshot is wanted for: those used last.
    pub fn contexts(&self) -> Vec<Vec<u8>> {
        self.contexts.recent(MAX_CONTEXTS)
    }

    /// What there is to read for these contexts, and every change of it.
    ///
    /// # Errors
    /// When the control plane is away or does not let us in.
    pub async fn watch_snapshot(
        &self,
        tenant: &TenantName,
        contexts: Vec<Vec<u8>>,
        resume_token: &str,
    ) -> Result<SnapshotStream, Fault> {
        let request = pb::WatchSnapshotRequest {
            tenant: Wire::write(tenant.clone()),
            contexts,
            resume_token: resume_token.to_owned(),
        };
        SnapshotStream::open(&self.link, request).await
    }

    /// Tells what was served from a snapshot, for the audit log.
    ///
    /// # Errors
    /// When it was not written down; it may be told again.
    pub async fn record_reads(&self, tenant: &TenantName, reads: Vec<Read>) -> Result<u32, Fault> {
        let message = pb::RecordReadsRequest {
            tenant: Wire::write(tenant.clone()),
            reads: Wire::write(reads),
        };
        let answer = self
            .link
            .ask(Manner::READ, message, |channel, request| async move {
                client(channel).record_reads(request).await
            })
            .await?;
        Ok(answer.recorded)
    }
}
