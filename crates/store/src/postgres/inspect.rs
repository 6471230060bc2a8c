//! Whether the database is as the program needs it, seen with the application's own eyes.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use vaultpilot_ports::store::StoreError;

use super::error::reading;
use super::{PostgresError, PostgresStore, grant, once};
use crate::migrations;

/// Tables whose rows are no single tenant's.
const OF_NOBODY: [&str; 2] = ["leases", "__diesel_schema_migrations"];

/// What keeps rows that are written once as they are.
const GUARDS: [&str; 16] = [
    "wallet_keys_no_update",
    "wallet_keys_no_delete",
    "wallet_keys_no_truncate",
    "wallet_keys_in_order",
    "tenant_keks_no_update",
    "tenant_keks_no_delete",
    "tenant_keks_no_truncate",
    "tenant_keks_in_order",
    "tenants_keep_keys",
    "nonces_no_update",
    "nonces_no_delete",
    "nonces_no_truncate",
    "mcp_events_no_update",
    "mcp_events_no_delete",
    "mcp_events_no_truncate",
    "mcp_events_no_gap",
];

#[derive(QueryableByName)]
struct Finding {
    #[diesel(sql_type = Text)]
    finding: String,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Bool)]
    ssl: bool,
}

#[derive(QueryableByName)]
struct Schema {
    #[diesel(sql_type = Bool)]
    there: bool,
}

#[derive(QueryableByName)]
struct Applied {
    #[diesel(sql_type = Nullable<Text>)]
    version: Option<String>,
    #[diesel(sql_type = BigInt)]
    count: i64,
}

impl PostgresStore {
    /// The newest schema change that was applied.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn version(&self) -> Result<Option<String>, StoreError> {
        Ok(self.applied().await?.version)
    }

    /// How many schema changes are missing.
    ///
    /// # Errors
    /// [`PostgresError::Newer`] when a newer program has been here.
    pub async fn pending(&self) -> Result<usize, StoreError> {
        let ours = migrations::names::<Pg>(&migrations::POSTGRES).map_err(PostgresError::from)?;
        let applied = self.applied().await?;
        migrations::known(applied.version, &ours).map_err(PostgresError::from)?;
        let count = usize::try_from(applied.count).unwrap_or_default();
        Ok(ours.len().saturating_sub(count))
    }

    /// What is wrong with the database or with the role we signed in as, one line each; nothing
    /// when both are as they should be.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn check(&self) -> Result<Vec<String>, StoreError> {
        let pending = self.pending().await?;
        let mut findings = once!(self, inspect())?;
        if pending > 0 {
            findings.push(format!("{pending} schema changes are missing"));
        }
        Ok(findings)
    }

    /// Whether what we say cannot be read on the way.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn encrypted(&self) -> Result<bool, StoreError> {
        once!(self, encrypted())
    }

    async fn applied(&self) -> Result<Applied, StoreError> {
        once!(self, applied())
    }
}

async fn applied(conn: &mut AsyncPgConnection) -> Result<Applied, StoreError> {
    let schema: Schema = diesel::sql_query(
        "SELECT to_regclass('public.__diesel_schema_migrations') IS NOT NULL AS there",
    )
    .get_result(conn)
    .await
    .map_err(reading)?;
    if !schema.there {
        return Ok(Applied {
            version: None,
            count: 0,
        });
    }
    diesel::sql_query(
        "SELECT max(version) AS version, count(*) AS count FROM __diesel_schema_migrations",
    )
    .get_result(conn)
    .await
    .map_err(reading)
}

async fn encrypted(conn: &mut AsyncPgConnection) -> Result<bool, StoreError> {
    let line: Line = diesel::sql_query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        .get_result(conn)
        .await
        .map_err(reading)?;
    Ok(line.ssl)
}

async fn inspect(conn: &mut AsyncPgConnection) -> Result<Vec<String>, StoreError> {
    let mut findings = role(conn).await?;
    findings.extend(tables(conn).await?);
    findings.extend(guards(conn).await?);
    findings.extend(rights(conn).await?);
    Ok(findings)
}

/// What would let our role past the border between tenants, or change the schema.
async fn role(conn: &mut AsyncPgConnection) -> Result<Vec<String>, StoreError> {
    let query = diesel::sql_query(
        "SELECT 'role ' || current_user || ' ' || what AS finding
         FROM pg_roles, LATERAL (VALUES
             (rolsuper, 'is a superuser'),
             (rolbypassrls, 'bypasses row-level security'),
             (rolcreaterole, 'may make roles'),
             (rolcreatedb, 'may make databases'),
             (rolreplication, 'may replicate the server'),
             (has_schema_privilege(rolname, 'public', 'CREATE'), 'may make tables')
         ) AS power (has, what)
         WHERE rolname = current_user AND has
         UNION ALL
         SELECT 'role ' || current_user || ' may act as ' || owner.rolname || ', who owns tables'
         FROM (SELECT DISTINCT relowner FROM pg_class
               WHERE relnamespace = 'public'::regnamespace) AS it
         JOIN pg_roles AS owner ON owner.oid = it.relowner
         WHERE pg_has_role(current_user, owner.oid, 'MEMBER')
         UNION ALL
         SELECT 'role ' || current_user || ' may act as ' || mighty.rolname
         FROM pg_roles AS mighty JOIN pg_roles AS me ON me.rolname = current_user
         WHERE mighty.rolname <> me.rolname AND NOT me.rolsuper
             AND (mighty.rolsuper OR mighty.rolbypassrls OR mighty.rolname LIKE 'pg\\_%')
             AND pg_has_role(current_user, mighty.oid, 'MEMBER')",
    );
    load(conn, query).await
}

/// Tables without the border, and policies that open it.
async fn tables(conn: &mut AsyncPgConnection) -> Result<Vec<String>, StoreError> {
    let query = diesel::sql_query(
        "SELECT 'table ' || relname || ' does not force row-level security' AS finding
         FROM pg_class
         WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
             AND relname <> ALL ($1) AND NOT (relrowsecurity AND relforcerowsecurity)
         UNION ALL
         SELECT 'policy ' || polname || ' on table ' || relname || ' is not the tenant''s'
         FROM pg_policy JOIN pg_class ON pg_class.oid = polrelid
         WHERE relnamespace = 'public'::regnamespace
             AND EXISTS (
                 SELECT FROM unnest(polroles) AS its (role)
                 WHERE role = 0 OR pg_has_role(current_user, role, 'MEMBER')
             )
             AND NOT (
                 polname = 'of_tenant' AND polcmd = '*' AND polwithcheck IS NULL
                 AND pg_get_expr(polqual, polrelid) = '(' || CASE relname
                     WHEN 'tenants' THEN 'id' ELSE 'tenant_id'
                 END || ' = current_setting(''app.tenant_id''::text, true))'
             )",
    );
    load(conn, query.bind::<Array<Text>, _>(OF_NOBODY.to_vec())).await
}

async fn guards(conn: &mut AsyncPgConnection) -> Result<Vec<String>, StoreError> {
    let query = diesel::sql_query(
        "SELECT 'trigger ' || wanted || ' is missing or disabled' AS finding
         FROM unnest($1) AS wanted
         WHERE NOT EXISTS (
             SELECT FROM pg_trigger WHERE tgname = wanted AND tgenabled IN ('O', 'A')
         )",
    );
    load(conn, query.bind::<Array<Text>, _>(GUARDS.to_vec())).await
}

/// Rights on tables that are missing, or that we should not have.
async fn rights(conn: &mut AsyncPgConnection) -> Result<Vec<String>, StoreError> {
    let (tables, granted): (Vec<&str>, Vec<&str>) = grant::TABLES.into_iter().unzip();
    let query = diesel::sql_query(
        "SELECT 'role ' || current_user || CASE WHEN wanted THEN ' lacks ' ELSE ' has ' END
             || power || ' on table ' || wish.name AS finding
         FROM unnest($1, $2) AS wish (name, granted)
         CROSS JOIN unnest(ARRAY[
             'SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'
         ]) AS power
         CROSS JOIN LATERAL (SELECT power = ANY (string_to_array(granted, ', ')) AS wanted) AS it
         WHERE to_regclass('public.' || wish.name) IS NOT NULL
             AND has_table_privilege('public.' || wish.name, power) <> wanted",
    );
    let query = query
        .bind::<Array<Text>, _>(tables)
        .bind::<Array<Text>, _>(granted);
    load(conn, query).await
}

async fn load<'q, Q>(conn: &mut AsyncPgConnection, query: Q) -> Result<Vec<String>, StoreError>
where
    Q: diesel_async::methods::LoadQuery<'q, AsyncPgConnection, Finding> + Send + 'q,
{
    let findings: Vec<Finding> = RunQueryDsl::load(query, conn).await.map_err(reading)?;
    Ok(findings.into_iter().map(|it| it.finding).collect())
}
