//! A chain to test on, and what is done on it.

use std::path::PathBuf;
use std::time::Duration;

use alloy::primitives::{Address, B256, Bytes, U256, address};
use k256::ecdsa::SigningKey;
use serde_json::{Value, json};
use vaultpilot_chain::{
    ChainSpec, Chains, Devnet, DevnetOptions, Eip1559, Endpoint, EndpointGuard, FaucetKind,
};
use vaultpilot_core::{BaseUnits, Call, ChainId, Wei};
use vaultpilot_intent::{Fees, Receipt, UnsignedTx};
use vaultpilot_ports::chain::ChainView;
use vaultpilot_ports::keys::Signature;
use vaultpilot_ports::{ChainReader, TxCodec};

pub(crate) const CHAIN: ChainId = ChainId::eip155(31_337);
pub(crate) const ELSEWHERE: ChainId = ChainId::eip155(4_242);

/// The first two accounts of every development node, with a fortune each.
pub(crate) const OWNER: Address = address!("f39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
pub(crate) const SECOND: Address = address!("70997970C51812dc3A010C7d01b50e0d17dc79C8");
const KEYS: [(Address, &str); 2] = [
    (
        OWNER,
        "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
    ),
    (
        SECOND,
        "59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
    ),
];
/// Accounts with nothing.
pub(crate) const ALICE: Address = address!("00000000000000000000000000000000000a11ce");
pub(crate) const BOB: Address = address!("0000000000000000000000000000000000000b0b");

pub(crate) const TOKEN: &str = include_str!("contract/Token.hex");
pub(crate) const OLD_TOKEN: &str = include_str!("contract/OldToken.hex");
pub(crate) const OTHER: &str = include_str!("contract/Other.hex");

pub(crate) const ETHER: u128 = 1_000_000_000_000_000_000;

pub(crate) struct Ground {
    pub(crate) devnet: Devnet,
    pub(crate) chains: Chains,
}

/// A chain that mines each transaction at once.
pub(crate) async fn ground() -> Ground {
    start(options()).await
}

/// A chain that mines when told to.
pub(crate) async fn slow_ground() -> Ground {
    start(DevnetOptions {
        block_time: Duration::from_hours(1),
        ..options()
    })
    .await
}

pub(crate) fn options() -> DevnetOptions {
    install_tls();
    DevnetOptions {
        block_time: Duration::ZERO,
        ..DevnetOptions::new(anvil())
    }
}

fn anvil() -> PathBuf {
    std::env::var_os("VAULTPILOT_ANVIL")
        .expect("VAULTPILOT_ANVIL is not set: run `cargo xtask test`")
        .into()
}

async fn start(options: DevnetOptions) -> Ground {
    let devnet = Devnet::start(options).await.unwrap();
    let chains = reach(&[&devnet.url()]);
    Ground { devnet, chains }
}

/// One process, one provider; only the first call installs it.
pub(crate) fn install_tls() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// The development chain through these endpoints, the first one preferred.
pub(crate) fn reach(urls: &[&str]) -> Chains {
    Chains::new(vec![spec(urls)], EndpointGuard::local()).unwrap()
}

pub(crate) fn spec(urls: &[&str]) -> ChainSpec {
    install_tls();
    let weights = [1_000_000, 1_000, 1];
    ChainSpec {
        view: ChainView {
            id: CHAIN,
            name: "devnet".to_owned(),
            currency: "ETH".to_owned(),
            testnet: true,
            confirmations: 1,
            explorer: None,
            faucet: false,
        },
        endpoints: urls
            .iter()
            .zip(weights)
            .map(|(url, weight)| Endpoint {
                url: (*url).to_owned(),
                weight,
            })
            .collect(),
        poll_interval: Duration::ZERO,
        faucet: FaucetKind::DevAccount,
    }
}

impl Ground {
    pub(crate) async fn rpc(&self, method: &str, params: Value) -> Value {
        rpc(&self.devnet.url(), method, params).await
    }

    /// The receipt, as soon as there is one: a node that mines at once still takes a moment.
    pub(crate) async fn mined(&self, hash: B256) -> Receipt {
        mined(&self.chains, hash).await
    }

    /// Deploys creation code from the first account and gives the contract's address.
    pub(crate) async fn deploy(&self, code: &str) -> Address {
        let data = format!("0x{}", code.trim());
        let hash = self
            .rpc(
                "eth_sendTransaction",
                json!([{ "from": OWNER, "data": data, "gas": "0x200000" }]),
            )
            .await;
        self.mined(hash.as_str().unwrap().parse().unwrap()).await;
        let receipt = self.rpc("eth_getTransactionReceipt", json!([hash])).await;
        receipt["contractAddress"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap()
    }
}

pub(crate) async fn mined(chains: &Chains, hash: B256) -> Receipt {
    let look = async {
        loop {
            if let Some(receipt) = chains.receipt(CHAIN, hash).await.unwrap() {
                break receipt;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(10), look)
        .await
        .unwrap()
}

pub(crate) async fn rpc(url: &str, method: &str, params: Value) -> Value {
    let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer: Value = client
        .post(url)
        .json(&request)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(answer.get("error"), None, "{method}");
    answer["result"].clone()
}

/// Coins from one account to another.
pub(crate) fn coins(to: Address, amount: u128) -> Call {
    Call {
        chain: CHAIN,
        to,
        value: BaseUnits::from_u128(amount),
        data: Bytes::new(),
    }
}

/// `transfer(to, amount)` of a token.
pub(crate) fn transfer(token: Address, to: Address, amount: u64) -> Call {
    call(
        token,
        0,
        "a9059cbb",
        &[to.into_word(), B256::from(U256::from(amount))],
    )
}

pub(crate) fn call(to: Address, value: u128, selector: &str, words: &[B256]) -> Call {
    let mut data = hex::decode(selector).unwrap();
    data.extend(words.iter().flat_map(|word| word.0));
    Call {
        chain: CHAIN,
        to,
        value: BaseUnits::from_u128(value),
        data: data.into(),
    }
}

/// A transaction of `from`, dear enough for any test.
pub(crate) fn tx(from: Address, nonce: u64, call: Call) -> UnsignedTx {
    UnsignedTx {
        from,
        call,
        nonce,
        fees: Fees {
            gas_limit: 100_000,
            max_fee_per_gas: Wei(20_000_000_000),
            max_priority_fee_per_gas: Wei(1_000_000_000),
        },
    }
}

/// Signed by the key of its sender.
pub(crate) fn sealed(tx: &UnsignedTx) -> (Bytes, B256) {
    let (_, key) = KEYS
        .iter()
        .find(|(account, _)| *account == tx.from)
        .unwrap();
    sealed_with(tx, key)
}

pub(crate) fn sealed_with(tx: &UnsignedTx, key: &str) -> (Bytes, B256) {
    let key = SigningKey::from_slice(&hex::decode(key).unwrap()).unwrap();
    let hash = Eip1559.signing_hash(tx);
    let (signature, recovery) = key.sign_prehash_recoverable(hash.as_slice()).unwrap();
    let signature = Signature {
        r: U256::from_be_slice(&signature.r().to_bytes()),
        s: U256::from_be_slice(&signature.s().to_bytes()),
        y_parity: recovery.is_y_odd(),
    };
    Eip1559.seal(tx, &signature).unwrap()
}
