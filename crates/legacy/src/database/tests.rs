use std::path::PathBuf;

use rusqlite::params;
use tempfile::TempDir;

use super::*;
use crate::Problem;
use crate::fernet::FernetKey;

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const TOKEN: &str = "gAAAAABrAp_LYLGQsfPuT3Pcw93NfnOl4R3NI8AUKJbDukzNxZ64V8RT4vSZtr0NUDt0MULFt6T9b_sLKD0hHaGTuBhzoSUSVjUXa9kQWbZC4n3ypPN51GUj1ipkQo_Zq_4PICge36B8";

const SCHEMA: &str = "
    CREATE TABLE wallets (id VARCHAR(36) NOT NULL, agent_id VARCHAR(255) NOT NULL,
        address VARCHAR(42) NOT NULL, encrypted_privkey BLOB NOT NULL, chain_id INTEGER NOT NULL,
        last_nonce INTEGER, metadata_json JSON, tenant_id VARCHAR(36) DEFAULT 'default' NOT NULL);
    CREATE TABLE strategies (id VARCHAR(36) NOT NULL, label VARCHAR(255) NOT NULL,
        agent_id VARCHAR(255) NOT NULL, strategy_type VARCHAR(64) NOT NULL,
        to_address VARCHAR(64) NOT NULL, amount_eth FLOAT NOT NULL, interval_seconds INTEGER,
        enabled BOOLEAN DEFAULT 0, max_base_fee_gwei FLOAT, daily_cap_eth FLOAT,
        next_run_at DATETIME, last_run_at DATETIME, last_tx_hash VARCHAR(120), spent_day DATE,
        spent_today_eth FLOAT DEFAULT 0, config JSON,
        tenant_id VARCHAR(36) DEFAULT 'default' NOT NULL);
    CREATE TABLE mcp_events (id VARCHAR(36), request_payload JSON,
        tenant_id VARCHAR(36) DEFAULT 'default' NOT NULL);";

struct Old {
    folder: TempDir,
}

impl Old {
    fn new(schema: &str) -> Self {
        let old = Self {
            folder: TempDir::new().unwrap(),
        };
        old.run(schema);
        old
    }

    fn path(&self) -> PathBuf {
        // A name that a URI would read otherwise.
        self.folder.path().join("vault pilot?#%41.db")
    }

    fn run(&self, sql: &str) {
        Connection::open(self.path())
            .unwrap()
            .execute_batch(sql)
            .unwrap();
    }

    fn wallet(&self, agent: &str, tenant: &str) {
        let sql = "INSERT INTO wallets VALUES ('1', ?1, \
                   '0xf4998d8143bb394de261c0cf372B58aFf8E9Cf8D', ?2, 31337, 4, '{}', ?3)";
        let connection = Connection::open(self.path()).unwrap();
        connection
            .execute(sql, params![agent, TOKEN.as_bytes(), tenant])
            .unwrap();
    }

    fn strategy(&self, amount: f64) {
        let sql = "INSERT INTO strategies VALUES ('1', 'weekly', 'alice', 'dca', \
                   '0x70997970C51812dc3A010C7d01b50e0d17dc79C8', ?1, 604800, 1, 40.0, 0.05, \
                   '2026-11-29 07:45:45.866274', NULL, NULL, '2026-11-22', 0.0, '{}', 'default')";
        let connection = Connection::open(self.path()).unwrap();
        connection.execute(sql, params![amount]).unwrap();
    }

    fn read(&self) -> Result<Contents, DatabaseError> {
        read(&self.path(), None)
    }
}

#[test]
fn what_lies_there_is_read_and_nothing_changes() {
    let old = Old::new(SCHEMA);
    old.wallet("alice", "default");
    // Its text has 17 digits, of which SQLite's own conversion would keep 15.
    old.strategy(0.1 + 0.2);
    old.run("INSERT INTO mcp_events VALUES ('1', '{\"private_key\": \"0xdd99\"}', 'default')");
    let (bytes, time) = (std::fs::read(old.path()).unwrap(), modified(&old.path()));
    let contents = old.read().unwrap();
    let wallet = contents.wallets[0].record.as_ref().unwrap();
    assert_eq!(
        (wallet.agent_id.as_str(), wallet.last_nonce),
        ("alice", Some(4))
    );
    let (secret, _) = wallet.open(&[FernetKey::parse(KEY).unwrap()]).unwrap();
    assert!(hex::encode(secret.bytes()).starts_with("dd9930cb"));
    let strategy = contents.strategies[0].record.as_ref().unwrap();
    assert_eq!(strategy.amount.to_string(), "300000000000000040");
    let next = strategy.next_run_at.unwrap().to_string();
    assert_eq!(next, "2026-11-29T07:45:45.866274Z");
    assert_eq!(contents.events, 1);
    assert_eq!(std::fs::read(old.path()).unwrap(), bytes);
    assert_eq!(modified(&old.path()), time);
    let beside = std::fs::read_dir(old.folder.path()).unwrap().count();
    assert_eq!(beside, 1);
}

fn modified(path: &Path) -> std::time::SystemTime {
    std::fs::metadata(path).unwrap().modified().unwrap()
}

#[test]
fn tenants_are_told_apart() {
    let old = Old::new(SCHEMA);
    old.wallet("alice", "one");
    old.wallet("bob", "two");
    let error = old.read().unwrap_err();
    assert_eq!(error.code(), "database_several_tenants");
    assert!(error.to_string().contains("one, two"), "{error}");
    let one = read(&old.path(), Some("one")).unwrap();
    assert_eq!(one.wallets.len(), 1);
    assert_eq!(one.wallets[0].name, "alice");
    let none = read(&old.path(), Some("three")).unwrap_err();
    assert_eq!(none.code(), "database_no_such_tenant");
}

#[test]
fn what_is_not_in_the_file_yet_is_not_overlooked() {
    let old = Old::new(SCHEMA);
    old.wallet("alice", "default");
    for ending in ["-wal", "-journal"] {
        let beside = PathBuf::from(format!("{}{ending}", old.path().display()));
        std::fs::write(&beside, "x").unwrap();
        assert_eq!(old.read().unwrap_err().code(), "database_in_use");
        std::fs::write(&beside, "").unwrap();
        assert!(old.read().is_ok());
    }
}

#[test]
fn a_record_that_lies_about_its_types_is_named() {
    let old = Old::new(SCHEMA);
    old.wallet("alice", "default");
    old.wallet("bob", "default");
    old.strategy(0.02);
    let changes = [
        (
            "UPDATE wallets SET chain_id = 'many' WHERE agent_id = 'bob'",
            "chain_id",
        ),
        (
            "UPDATE wallets SET chain_id = 1, address = 7 WHERE agent_id = 'bob'",
            "address",
        ),
        (
            "UPDATE wallets SET encrypted_privkey = 1.5 WHERE agent_id = 'bob'",
            "encrypted_privkey",
        ),
    ];
    for (sql, field) in changes {
        old.run(sql);
        let contents = old.read().unwrap();
        assert!(contents.wallets[0].record.is_ok());
        let said = contents.wallets[1].record.as_ref().unwrap_err();
        assert!(said.to_string().contains(field), "{said}");
    }
    old.run("UPDATE wallets SET agent_id = 'alice'");
    let twice = old.read().unwrap().wallets;
    assert!(
        twice
            .iter()
            .all(|found| found.record == Err(Problem::Duplicate))
    );
    for (sql, code) in [
        ("UPDATE strategies SET amount_eth = 'much'", "record_field"),
        ("UPDATE strategies SET amount_eth = -1.0", "amount_negative"),
        (
            "UPDATE strategies SET amount_eth = 9e999",
            "amount_not_a_decimal",
        ),
        (
            "UPDATE strategies SET amount_eth = 1, enabled = 2",
            "record_field",
        ),
        (
            "UPDATE strategies SET enabled = 1, strategy_type = 'swap'",
            "strategy_type",
        ),
    ] {
        old.run(sql);
        let contents = old.read().unwrap();
        let said = contents.strategies[0].record.as_ref().unwrap_err();
        assert_eq!(said.code(), code, "{sql}");
    }
}

#[test]
fn a_file_that_is_none_or_is_cut_off_is_refused() {
    let old = Old::new(SCHEMA);
    for n in 0..200 {
        old.wallet(&format!("agent-{n}"), "default");
    }
    let whole = std::fs::read(old.path()).unwrap();
    for part in [1, 2, 3] {
        std::fs::write(old.path(), &whole[..whole.len() * part / 4]).unwrap();
        let error = old.read().unwrap_err();
        assert_eq!(error.code(), "database_damaged", "{part}: {error}");
    }
    std::fs::write(old.path(), "gAAAAAB, a token and no database").unwrap();
    assert_eq!(old.read().unwrap_err().code(), "database_damaged");
    std::fs::write(old.path(), "").unwrap();
    assert_eq!(old.read().unwrap_err().code(), "database_of_something_else");
    std::fs::remove_file(old.path()).unwrap();
    assert_eq!(old.read().unwrap_err().code(), "database_unreadable");
    std::fs::create_dir(old.path()).unwrap();
    assert_eq!(old.read().unwrap_err().code(), "database_not_a_file");
}

/// A view that never ends, and one that would, are not tables.
#[test]
fn a_hostile_schema_computes_nothing() {
    let endless = "CREATE VIEW wallets AS WITH RECURSIVE c(x) AS \
                   (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x AS agent_id FROM c;";
    assert_eq!(
        Old::new(endless).read().unwrap_err().code(),
        "database_of_something_else"
    );
    let old = Old::new(SCHEMA);
    let long = format!(
        "INSERT INTO wallets SELECT '1', zeroblob({}), 'x', 'x', 1, 1, '', 'default'",
        2 << 20
    );
    old.run(&long);
    assert_eq!(old.read().unwrap_err().code(), "database_damaged");
}
