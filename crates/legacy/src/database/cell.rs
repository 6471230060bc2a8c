//! One value of a row, as it lies there: SQLite gives any type for any column.

use rusqlite::Row;
use rusqlite::types::ValueRef;

use crate::Problem;
use crate::amount;
use crate::strategy::Amount;

pub(super) struct Cells<'a>(pub(super) &'a Row<'a>);

impl<'a> Cells<'a> {
    fn get(&self, field: &'static str) -> Result<ValueRef<'a>, Problem> {
        self.0.get_ref(field).map_err(|_| Problem::field(field))
    }

    pub(super) fn optional_text(&self, field: &'static str) -> Result<Option<&'a str>, Problem> {
        match self.get(field)? {
            ValueRef::Null => Ok(None),
            ValueRef::Text(text) => str::from_utf8(text)
                .map(Some)
                .map_err(|_| Problem::field(field)),
            _ => Err(Problem::field(field)),
        }
    }

    pub(super) fn text(&self, field: &'static str) -> Result<&'a str, Problem> {
        self.optional_text(field)?
            .ok_or_else(|| Problem::field(field))
    }

    /// Some drivers keep bytes as text.
    pub(super) fn bytes(&self, field: &'static str) -> Result<&'a [u8], Problem> {
        match self.get(field)? {
            ValueRef::Blob(bytes) | ValueRef::Text(bytes) => Ok(bytes),
            _ => Err(Problem::field(field)),
        }
    }

    pub(super) fn optional_integer(&self, field: &'static str) -> Result<Option<i64>, Problem> {
        match self.get(field)? {
            ValueRef::Null => Ok(None),
            ValueRef::Integer(number) => Ok(Some(number)),
            _ => Err(Problem::field(field)),
        }
    }

    pub(super) fn integer(&self, field: &'static str) -> Result<i64, Problem> {
        self.optional_integer(field)?
            .ok_or_else(|| Problem::field(field))
    }

    pub(super) fn yes(&self, field: &'static str) -> Result<bool, Problem> {
        match self.optional_integer(field)? {
            None | Some(0) => Ok(false),
            Some(1) => Ok(true),
            Some(_) => Err(Problem::field(field)),
        }
    }

    pub(super) fn optional_amount(
        &self,
        field: &'static str,
        decimals: u8,
    ) -> Result<Option<Amount>, Problem> {
        match self.get(field)? {
            ValueRef::Null => Ok(None),
            ValueRef::Real(number) => Ok(Some(amount::of_float(number, decimals))),
            ValueRef::Integer(number) => Ok(Some(amount::exact(&number.to_string(), decimals))),
            _ => Err(Problem::field(field)),
        }
    }

    pub(super) fn amount(&self, field: &'static str, decimals: u8) -> Result<Amount, Problem> {
        self.optional_amount(field, decimals)?
            .ok_or_else(|| Problem::field(field))
    }
}
