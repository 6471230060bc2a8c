//! An API key as a row.

use diesel::prelude::*;
use vaultpilot_ports::store::{ApiKey, SecretHash, StoreError};

use crate::cell::{Cells, nanos};
use crate::schema::api_keys;
use crate::scope::Scope;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = api_keys)]
pub(crate) struct ApiKeyRow {
    pub(crate) tenant_id: String,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) role: String,
    pub(crate) scopes: String,
    pub(crate) prefix: String,
    pub(crate) hash: Vec<u8>,
    pub(crate) created_at: i64,
    pub(crate) expires_at: Option<i64>,
    pub(crate) revoked_at: Option<i64>,
    pub(crate) made_by: Option<String>,
}

impl ApiKeyRow {
    pub(crate) fn write(scope: &Scope, key: &ApiKey) -> Result<Self, StoreError> {
        let id = key.id.to_string();
        let cells = Cells::of("api_keys", &id);
        Ok(Self {
            tenant_id: scope.key().to_owned(),
            name: key.name.to_string(),
            role: cells.to_word("role", &key.role)?,
            scopes: cells.to_json("scopes", &key.scopes)?,
            prefix: key.prefix.clone(),
            hash: key.hash.0.to_vec(),
            created_at: nanos(key.created_at),
            expires_at: key.expires_at.map(nanos),
            revoked_at: key.revoked_at.map(nanos),
            made_by: key.made_by.map(|maker| maker.to_string()),
            id,
        })
    }

    pub(crate) fn read(&self) -> Result<ApiKey, StoreError> {
        let cells = Cells::of("api_keys", &self.id);
        let made_by = self.made_by.as_deref();
        Ok(ApiKey {
            id: cells.parse("id", &self.id)?,
            name: cells.parse("name", &self.name)?,
            role: cells.word("role", &self.role)?,
            scopes: cells.json("scopes", &self.scopes)?,
            prefix: self.prefix.clone(),
            hash: SecretHash(cells.bytes("hash", &self.hash)?),
            made_by: made_by
                .map(|maker| cells.parse("made_by", maker))
                .transpose()?,
            created_at: cells.time("created_at", self.created_at)?,
            expires_at: cells.maybe_time("expires_at", self.expires_at)?,
            revoked_at: cells.maybe_time("revoked_at", self.revoked_at)?,
        })
    }
}
