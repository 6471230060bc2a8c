//! Accounts, pool and blocks.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::keccak256;
use vaultpilot_core::{Address, Asset, B256, BaseUnits, Call, ChainId, Token, U256, Wei};
use vaultpilot_intent::{Receipt, UnsignedTx};
use vaultpilot_ports::chain::{FeeQuote, Head, Movement, Nonces, TokenFacts};

const GWEI: u128 = 1_000_000_000;
const BLOCK_SECONDS: u64 = 12;
const FIRST_TIMESTAMP: u64 = 1_767_225_600;

#[derive(Debug)]
pub(super) struct Ledger {
    chain: ChainId,
    accounts: Accounts,
    pub(super) tokens: BTreeMap<Address, TokenFacts>,
    pub(super) fees: FeeQuote,
    pub(super) pool: BTreeMap<B256, UnsignedTx>,
    pub(super) receipts: BTreeMap<B256, Receipt>,
    pub(super) reverts: BTreeSet<B256>,
    blocks: Vec<Block>,
    /// Blocks ever made, so that a block after a reorganisation has another hash.
    made: u64,
}

#[derive(Debug, Clone, Default)]
struct Accounts {
    balances: BTreeMap<(Address, Token), BaseUnits>,
    nonces: BTreeMap<Address, u64>,
}

#[derive(Debug)]
struct Block {
    hash: B256,
    mined: Vec<(B256, UnsignedTx)>,
    before: Accounts,
}

impl Ledger {
    pub(super) fn new(chain: ChainId) -> Self {
        let fees = FeeQuote {
            base_fee: Wei(GWEI),
            max_fee_per_gas: Wei(3 * GWEI),
            max_priority_fee_per_gas: Wei(GWEI),
        };
        Self {
            chain,
            accounts: Accounts::default(),
            tokens: BTreeMap::new(),
            fees,
            pool: BTreeMap::new(),
            receipts: BTreeMap::new(),
            reverts: BTreeSet::new(),
            blocks: Vec::new(),
            made: 0,
        }
    }

    pub(super) fn balance(&self, account: Address, token: Token) -> BaseUnits {
        self.accounts
            .balances
            .get(&(account, token))
            .copied()
            .unwrap_or_default()
    }

    pub(super) fn put_balance(&mut self, account: Address, token: Token, amount: BaseUnits) {
        self.accounts.balances.insert((account, token), amount);
    }

    pub(super) fn bump_nonce(&mut self, account: Address) {
        *self.accounts.nonces.entry(account).or_default() += 1;
    }

    pub(super) fn nonces(&self, account: Address) -> Nonces {
        let latest = self
            .accounts
            .nonces
            .get(&account)
            .copied()
            .unwrap_or_default();
        let pooled = |nonce| {
            self.pool
                .values()
                .any(|tx| tx.from == account && tx.nonce == nonce)
        };
        let pending = (latest..u64::MAX)
            .find(|nonce| !pooled(*nonce))
            .unwrap_or(latest);
        Nonces { latest, pending }
    }

    pub(super) fn head(&self) -> Head {
        let number = u64::try_from(self.blocks.len()).unwrap_or(u64::MAX);
        let hash = self
            .blocks
            .last()
            .map_or_else(|| keccak256("genesis"), |block| block.hash);
        Head {
            number,
            hash,
            timestamp: FIRST_TIMESTAMP + number * BLOCK_SECONDS,
        }
    }

    pub(super) fn mine(&mut self) -> Head {
        let before = self.accounts.clone();
        self.made += 1;
        let hash = keccak256(format!("{}/{}", self.chain, self.made));
        self.blocks.push(Block {
            hash,
            mined: Vec::new(),
            before,
        });
        while let Some((tx_hash, tx)) = self.next_minable() {
            self.pool.remove(&tx_hash);
            let receipt = self.execute(tx_hash, &tx);
            self.receipts.insert(tx_hash, receipt);
            if let Some(block) = self.blocks.last_mut() {
                block.mined.push((tx_hash, tx));
            }
        }
        self.head()
    }

    pub(super) fn reorganise(&mut self, depth: usize) -> Head {
        for _ in 0..depth {
            let Some(block) = self.blocks.pop() else {
                break;
            };
            self.accounts = block.before;
            for (hash, tx) in block.mined {
                self.receipts.remove(&hash);
                self.pool.insert(hash, tx);
            }
        }
        self.head()
    }

    fn next_minable(&self) -> Option<(B256, UnsignedTx)> {
        let ready = |tx: &UnsignedTx| self.nonces(tx.from).latest == tx.nonce;
        self.pool
            .iter()
            .find(|(_, tx)| ready(tx))
            .map(|(hash, tx)| (*hash, tx.clone()))
    }

    fn execute(&mut self, hash: B256, tx: &UnsignedTx) -> Receipt {
        let gas_used = gas_of(tx.call.data.is_empty()).min(tx.fees.gas_limit);
        let head = self.head();
        let receipt = Receipt {
            block_number: head.number,
            block_hash: head.hash,
            succeeded: !self.reverts.remove(&hash) && self.can_pay(tx),
            gas_used,
            effective_gas_price: self.price(tx),
        };
        self.bump_nonce(tx.from);
        self.shift(
            tx.from,
            Token::Native,
            receipt.gas_paid().to_base_units(),
            None,
        );
        if receipt.succeeded {
            for movement in movements(tx.from, &tx.call) {
                self.shift(
                    tx.from,
                    movement.asset.token,
                    movement.amount,
                    Some(movement.to),
                );
            }
        }
        receipt
    }

    /// Base fee and tip, as far as the transaction goes.
    fn price(&self, tx: &UnsignedTx) -> Wei {
        let tip = tx.fees.max_priority_fee_per_gas.0;
        Wei(self.fees.base_fee.0.saturating_add(tip)).min(tx.fees.max_fee_per_gas)
    }

    pub(super) fn can_pay(&self, tx: &UnsignedTx) -> bool {
        let gas = tx
            .fees
            .max_cost()
            .map_or(BaseUnits::MAX, Wei::to_base_units);
        self.lacks(tx.from, &tx.call, gas).is_none()
    }

    /// The first token of which the account has too little for the call and this much gas.
    pub(super) fn lacks(&self, from: Address, call: &Call, gas: BaseUnits) -> Option<Token> {
        let mut needs = BTreeMap::from([(Token::Native, gas)]);
        for movement in movements(from, call) {
            let need: &mut BaseUnits = needs.entry(movement.asset.token).or_default();
            *need = need.saturating_add(movement.amount);
        }
        needs
            .into_iter()
            .find(|(token, need)| self.balance(from, *token) < *need)
            .map(|it| it.0)
    }

    pub(super) fn shift(
        &mut self,
        from: Address,
        token: Token,
        by: BaseUnits,
        to: Option<Address>,
    ) {
        self.put_balance(from, token, self.balance(from, token).saturating_sub(by));
        if let Some(to) = to {
            self.put_balance(to, token, self.balance(to, token).saturating_add(by));
        }
    }
}

pub(super) const fn gas_of(plain: bool) -> u64 {
    if plain { 21_000 } else { 65_000 }
}

/// What a call moves: its value, and an ERC-20 `transfer(address,uint256)`.
pub(super) fn movements(from: Address, call: &Call) -> Vec<Movement> {
    const TRANSFER: [u8; 4] = [0xa9, 0x05, 0x9c, 0xbb];
    let mut moved = Vec::new();
    if !call.value.is_zero() {
        let asset = Asset::native(call.chain);
        moved.push(Movement {
            asset,
            from,
            to: call.to,
            amount: call.value,
        });
    }
    if call.data.len() == 68 && call.data.starts_with(&TRANSFER) {
        let to = Address::from_word(B256::from_slice(&call.data[4..36]));
        let amount = BaseUnits(U256::from_be_slice(&call.data[36..68]));
        moved.push(Movement {
            asset: Asset::erc20(call.chain, call.to),
            from,
            to,
            amount,
        });
    }
    moved
}
