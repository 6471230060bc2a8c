//! The rows of one table as a stream of lines, a few hundred in memory at a time.

use std::collections::VecDeque;
use std::io::{self, Read};

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::Wrapper;
use super::catalog::{Line, Table};

const BATCH: &str = "FETCH FORWARD 250 FROM backup";

/// A table's rows. Dropped half-way, the snapshot goes on.
pub struct SnapshotRows<'a> {
    conn: &'a mut Wrapper,
    table: &'a Table,
    /// Whose rows are still to be read; `None` stands for everybody's.
    owners: VecDeque<Option<&'a str>>,
    open: bool,
    buffer: Vec<u8>,
    read: usize,
}

impl<'a> SnapshotRows<'a> {
    pub(super) fn new(conn: &'a mut Wrapper, table: &'a Table, tenants: &'a [String]) -> Self {
        let owners = match table.owner() {
            Some(_) => tenants.iter().map(|tenant| Some(&**tenant)).collect(),
            None => VecDeque::from([None]),
        };
        Self {
            conn,
            table,
            owners,
            open: false,
            buffer: Vec::new(),
            read: 0,
        }
    }

    /// Fills the buffer; leaves it empty when nothing is left.
    fn fill(&mut self) -> QueryResult<()> {
        self.buffer.clear();
        self.read = 0;
        loop {
            if !self.open && !self.next_owner()? {
                return Ok(());
            }
            let lines: Vec<Line> = diesel::sql_query(BATCH).load(self.conn)?;
            for Line { line } in &lines {
                self.buffer.extend_from_slice(line.as_bytes());
                self.buffer.push(b'\n');
            }
            if !lines.is_empty() {
                return Ok(());
            }
            self.close()?;
        }
    }

    fn next_owner(&mut self) -> QueryResult<bool> {
        let Some(owner) = self.owners.pop_front() else {
            return Ok(false);
        };
        let (name, order) = (self.table.quoted(), self.table.order());
        // An id is letters, digits and an underscore; a cursor takes no parameter that it binds.
        let tenant = owner.map(|tenant| tenant.replace('\'', "''"));
        let filter = match (self.table.owner(), &tenant) {
            (Some(column), Some(tenant)) => format!("WHERE {column} = '{tenant}'"),
            _ => String::new(),
        };
        if let Some(tenant) = owner {
            diesel::sql_query("SELECT set_config('app.tenant_id', $1, true)")
                .bind::<Text, _>(tenant)
                .execute(self.conn)?;
        }
        self.conn.batch_execute(&format!(
            "DECLARE backup NO SCROLL CURSOR FOR
             SELECT row_to_json(it)::text AS line FROM {name} AS it {filter} ORDER BY {order}"
        ))?;
        self.open = true;
        Ok(true)
    }

    fn close(&mut self) -> QueryResult<()> {
        self.open = false;
        self.conn.batch_execute("CLOSE backup")
    }
}

impl Read for SnapshotRows<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.read == self.buffer.len() {
            self.fill().map_err(io::Error::other)?;
        }
        let left = self.buffer.get(self.read..).unwrap_or_default();
        let count = left.len().min(into.len());
        if let (Some(into), Some(left)) = (into.get_mut(..count), left.get(..count)) {
            into.copy_from_slice(left);
        }
        self.read = self.read.saturating_add(count);
        Ok(count)
    }
}

impl Drop for SnapshotRows<'_> {
    fn drop(&mut self) {
        if self.open
            && let Err(error) = self.close()
        {
            tracing::debug!(%error, "a cursor ended with its transaction");
        }
    }
}
