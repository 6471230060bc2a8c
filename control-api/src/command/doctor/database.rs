//! The database: reached, migrated, and with a role that nothing lets past the border of tenants.

use vaultpilot_config::Database;
use vaultpilot_store::PostgresStore;

use super::check::Check;
use super::why;
use crate::house::{As, store_options};

pub(super) async fn checks(database: &Database) -> Vec<Check> {
    let place = format!("{}:{}/{}", database.host, database.port, database.name);
    let options = match store_options(database, As::App) {
        Ok(options) => options,
        Err(error) => {
            let next = "mount the password of database.user";
            return vec![Check::bad("database password", why(&error), next)];
        }
    };
    let store = match PostgresStore::connect(&options).await {
        Ok(store) => store,
        Err(error) => {
            let next = "check database.host, its network policy, and the password";
            return vec![Check::bad("database", why(&error), next)];
        }
    };
    let mut checks = vec![Check::good("database", format!("{place} answers"))];
    checks.push(match store.pending().await {
        Ok(0) => {
            let version = store.version().await.ok().flatten().unwrap_or_default();
            Check::good("schema", format!("is {version}"))
        }
        Ok(pending) => Check::bad(
            "schema",
            format!("lacks {pending} changes"),
            "control-api migrate",
        ),
        Err(error) => Check::bad("schema", why(&error), "control-api migrate"),
    });
    match store.check().await {
        Ok(findings) if findings.is_empty() => {
            let role = format!(
                "{} owns nothing, and row-level security binds it on every table",
                database.user
            );
            checks.push(Check::good("database role", role));
        }
        Ok(findings) => {
            let next = "control-api migrate, and take the role's other rights away";
            checks.extend(
                findings
                    .into_iter()
                    .map(|finding| Check::bad("database role", finding, next)),
            );
        }
        Err(error) => checks.push(Check::bad(
            "database role",
            why(&error),
            "control-api migrate",
        )),
    }
    checks
}
