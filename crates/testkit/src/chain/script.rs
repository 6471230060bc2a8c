//! What a test wants to go wrong.

use std::collections::{BTreeMap, VecDeque};

use vaultpilot_core::B256;
use vaultpilot_intent::Answer;
use vaultpilot_ports::ChainError;
use vaultpilot_ports::chain::Simulation;

/// A kind of question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ask {
    Status,
    Head,
    Balance,
    Token,
    Fees,
    Nonces,
    Gas,
    Simulate,
    Receipt,
    Knows,
    Fund,
}

/// Whether bytes arrive although the answer says something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    Pool,
    Nowhere,
}

#[derive(Debug, Default)]
pub(super) struct Script {
    pub(super) failures: BTreeMap<Ask, ChainError>,
    pub(super) asked: BTreeMap<Ask, usize>,
    pub(super) answers: VecDeque<(Answer, Reach)>,
    pub(super) broadcasts: Vec<B256>,
    pub(super) gas: Option<u64>,
    pub(super) simulation: Option<Simulation>,
}

impl Script {
    /// Counts the question; fails it when it was scripted to.
    pub(super) fn ask(&mut self, ask: Ask) -> Result<(), ChainError> {
        *self.asked.entry(ask).or_default() += 1;
        self.failures
            .get(&ask)
            .map_or(Ok(()), |error| Err(error.clone()))
    }
}
