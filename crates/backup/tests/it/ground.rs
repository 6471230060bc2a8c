//! A small backup, and who opens it.

use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};

use age::x25519::Identity;
use tempfile::TempDir;
use vaultpilot_backup::{
    BackupError, Database, Digesting, Edition, FORMAT, Kind, Manifest, Member, Opener, Seal,
    TableMark, TenantMark, Visit, Writer, Written,
};
use vaultpilot_core::Timestamp;

pub(crate) const DATABASE: &[u8] = b"not really a database, but as good as one";
pub(crate) const ROWS: &[u8] = b"{\"id\":1}\n{\"id\":2}\n";

pub(crate) struct Ground {
    pub(crate) folder: TempDir,
    pub(crate) identity: Identity,
}

impl Ground {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            identity: Identity::generate(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn seal(&self) -> Seal {
        Seal::to(&[self.identity.to_public().to_string()]).unwrap()
    }

    pub(crate) fn opener(&self) -> Opener {
        Opener::Identities(vec![self.identity.clone()])
    }

    pub(crate) fn make(&self, name: &str) -> Written {
        write(&self.path(name), &self.seal(), &manifest()).unwrap()
    }

    pub(crate) fn read(&self, name: &str) -> Result<Seen, BackupError> {
        read(&self.path(name), &self.opener())
    }

    /// Seals whatever an archive is made of.
    pub(crate) fn forge(&self, name: &str, archive: &[u8]) {
        let to = self.identity.to_public();
        let recipients = [&to as &dyn age::Recipient];
        let encryptor = age::Encryptor::with_recipients(recipients.into_iter()).unwrap();
        let file = std::fs::File::create(self.path(name)).unwrap();
        let mut sealed = encryptor.wrap_output(file).unwrap();
        sealed.write_all(archive).unwrap();
        sealed.finish().unwrap();
    }
}

pub(crate) fn write(to: &Path, seal: &Seal, manifest: &Manifest) -> Result<Written, BackupError> {
    let mut writer = Writer::create(to, seal, manifest)?;
    writer.member("database.sqlite", DATABASE)?;
    writer.member("tables/wallets.jsonl", ROWS)?;
    writer.finish()
}

pub(crate) fn read(path: &Path, opener: &Opener) -> Result<Seen, BackupError> {
    let mut seen = Seen::default();
    vaultpilot_backup::read(path, opener, &mut seen)?;
    Ok(seen)
}

pub(crate) fn member(name: &str, kind: Kind, content: &[u8]) -> Member {
    let counted = Digesting::new(content).finish().unwrap();
    Member {
        name: name.to_owned(),
        kind,
        bytes: counted.bytes,
        sha256: counted.sha256,
    }
}

pub(crate) fn manifest() -> Manifest {
    let table = Kind::Table {
        table: "wallets".to_owned(),
    };
    Manifest {
        format: FORMAT,
        product: "0.1.0".to_owned(),
        edition: Edition::Edge,
        created_at: Timestamp::UNIX_EPOCH,
        database: Database {
            kind: "sqlite".to_owned(),
            schema: "0001".to_owned(),
        },
        tenants: vec![TenantMark {
            id: "ten_1".to_owned(),
            name: "acme".to_owned(),
            audit_entries: 0,
            audit_head: "0".repeat(64),
        }],
        tables: vec![TableMark {
            name: "wallets".to_owned(),
            rows: 2,
            references: vec![],
        }],
        members: vec![
            member("database.sqlite", Kind::File, DATABASE),
            member("tables/wallets.jsonl", table, ROWS),
        ],
        roots: vec!["local".to_owned()],
        has_secrets: false,
    }
}

/// Remembers what it was shown.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) manifests: usize,
    pub(crate) members: Vec<(String, Vec<u8>)>,
}

impl Visit for Seen {
    type Error = BackupError;

    fn manifest(&mut self, _: &Manifest) -> Result<(), BackupError> {
        self.manifests += 1;
        Ok(())
    }

    fn member(&mut self, member: &Member, content: &mut dyn Read) -> Result<(), BackupError> {
        let mut bytes = Vec::new();
        content
            .read_to_end(&mut bytes)
            .map_err(|error| BackupError::Damaged {
                what: error.to_string(),
            })?;
        self.members.push((member.name.clone(), bytes));
        Ok(())
    }
}
