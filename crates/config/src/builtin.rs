//! The chains that need no introduction: name, coin, explorer and finality. Endpoints are nobody's
//! default: whom an operator asks about money is the operator's choice.

use std::collections::BTreeMap;

use vaultpilot_core::ChainId;
use vaultpilot_policy::document::Span;

use crate::section::Chain;

struct Known {
    id: u64,
    name: &'static str,
    currency: &'static str,
    testnet: bool,
    confirmations: u64,
    explorer: &'static str,
    poll_s: u64,
}

/// Confirmations follow each chain's depth of reorganisations, not its marketing: Ethereum's two
/// epochs are 64 blocks, 12 is what exchanges of old took; rollups are final once their sequencer's
/// batch is, until when a handful of blocks guards against a restarted sequencer.
const KNOWN: [Known; 10] = [
    Known {
        id: 1,
        name: "Ethereum",
        currency: "ETH",
        testnet: false,
        confirmations: 12,
        explorer: "https://etherscan.io/tx/",
        poll_s: 6,
    },
    Known {
        id: 10,
        name: "OP Mainnet",
        currency: "ETH",
        testnet: false,
        confirmations: 10,
        explorer: "https://optimistic.etherscan.io/tx/",
        poll_s: 2,
    },
    Known {
        id: 137,
        name: "Polygon PoS",
        currency: "POL",
        testnet: false,
        confirmations: 64,
        explorer: "https://polygonscan.com/tx/",
        poll_s: 2,
    },
    Known {
        id: 8453,
        name: "Base",
        currency: "ETH",
        testnet: false,
        confirmations: 10,
        explorer: "https://basescan.org/tx/",
        poll_s: 2,
    },
    Known {
        id: 42_161,
        name: "Arbitrum One",
        currency: "ETH",
        testnet: false,
        confirmations: 20,
        explorer: "https://arbiscan.io/tx/",
        poll_s: 1,
    },
    Known {
        id: 80_002,
        name: "Amoy",
        currency: "POL",
        testnet: true,
        confirmations: 12,
        explorer: "https://amoy.polygonscan.com/tx/",
        poll_s: 2,
    },
    Known {
        id: 84_532,
        name: "Base Sepolia",
        currency: "ETH",
        testnet: true,
        confirmations: 5,
        explorer: "https://sepolia.basescan.org/tx/",
        poll_s: 2,
    },
    Known {
        id: 421_614,
        name: "Arbitrum Sepolia",
        currency: "ETH",
        testnet: true,
        confirmations: 10,
        explorer: "https://sepolia.arbiscan.io/tx/",
        poll_s: 1,
    },
    Known {
        id: 11_155_111,
        name: "Sepolia",
        currency: "ETH",
        testnet: true,
        confirmations: 5,
        explorer: "https://sepolia.etherscan.io/tx/",
        poll_s: 6,
    },
    Known {
        id: 11_155_420,
        name: "OP Sepolia",
        currency: "ETH",
        testnet: true,
        confirmations: 5,
        explorer: "https://sepolia-optimism.etherscan.io/tx/",
        poll_s: 2,
    },
];

/// The built-in chains, none of them enabled.
pub fn builtin() -> BTreeMap<ChainId, Chain> {
    KNOWN
        .iter()
        .map(|known| {
            let chain = Chain {
                name: known.name.to_owned(),
                currency: known.currency.to_owned(),
                testnet: known.testnet,
                rpc: Vec::new(),
                confirmations: known.confirmations,
                explorer: Some(known.explorer.to_owned()),
                allow_private: false,
                poll_interval: Span::seconds(known.poll_s),
            };
            (ChainId::eip155(known.id), chain)
        })
        .collect()
}
