#![doc = include_str!("../README.md")]

mod chain;
mod digest;
mod error;
mod key;
mod line;
mod manifest;
mod reader;
mod row;
mod summary;
mod writer;

pub use chain::{ChainError, chains};
pub use digest::{Counted, Digesting};
pub use error::BackupError;
pub use key::{Opener, Seal};
pub use line::Lines;
pub use manifest::{
    Database, Edition, FORMAT, Kind, Manifest, Member, Reference, TableMark, TenantMark,
};
pub use reader::{Visit, read};
pub use row::Rows;
pub use summary::file_name;
pub use writer::{Writer, Written};
