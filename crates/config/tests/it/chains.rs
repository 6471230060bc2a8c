use vaultpilot_config::{PolicySource, builtin};

use crate::{Given, env, file};

#[test]
fn the_well_known_chains_are_there_and_off() {
    let table = [
        (1, "Ethereum", "ETH", false),
        (8453, "Base", "ETH", false),
        (42_161, "Arbitrum One", "ETH", false),
        (10, "OP Mainnet", "ETH", false),
        (137, "Polygon PoS", "POL", false),
        (11_155_111, "Sepolia", "ETH", true),
        (84_532, "Base Sepolia", "ETH", true),
        (421_614, "Arbitrum Sepolia", "ETH", true),
        (11_155_420, "OP Sepolia", "ETH", true),
        (80_002, "Amoy", "POL", true),
    ];
    let chains = builtin();
    assert_eq!(chains.len(), table.len());
    for (number, name, currency, testnet) in table {
        let chain = &chains[&vaultpilot_core::ChainId::eip155(number)];
        assert_eq!(
            (chain.name.as_str(), chain.currency.as_str()),
            (name, currency)
        );
        assert_eq!(chain.testnet, testnet);
        assert!(chain.rpc.is_empty() && chain.confirmations >= 5);
        assert!(
            chain
                .explorer
                .as_deref()
                .is_some_and(|url| url.ends_with("/tx/"))
        );
    }
}

#[test]
fn endpoints_enable_a_chain() {
    let loaded = env(&[(
        "VAULTPILOT_RPC_8453",
        "https://a.example/v1/k, https://b.example",
    )])
    .load()
    .unwrap();
    let enabled: Vec<_> = loaded.config.enabled_chains().collect();
    assert_eq!(enabled.len(), 1);
    assert_eq!(enabled[0].0.to_string(), "eip155:8453");
    assert_eq!(enabled[0].1.name, "Base");
    let urls: Vec<&str> = enabled[0]
        .1
        .rpc
        .iter()
        .map(vaultpilot_config::RpcUrl::expose)
        .collect();
    assert_eq!(urls, ["https://a.example/v1/k", "https://b.example"]);
}

#[test]
fn a_chain_of_ones_own_needs_a_name_and_a_coin() {
    let text = "chains:\n  eip155:777:\n    rpc: [\"https://rpc.example\"]\n";
    assert_eq!(
        file(text).problems(),
        [
            "chains.eip155:777.name (default) is needed when the chain is not a built-in one",
            "chains.eip155:777.currency (default) is needed when the chain is not a built-in one",
        ]
    );
    let text = "chains:\n  eip155:777: { name: Ours, currency: OUR, allow_private: true, poll_interval: 1s }\n";
    let given = Given {
        file: Some(text),
        env: &[("VAULTPILOT_RPC_777", "http://10.0.0.1")],
        flags: vec![],
    };
    let loaded = given.load().unwrap();
    let (id, chain) = loaded.config.enabled_chains().next().unwrap();
    assert_eq!(
        (id.reference(), chain.name.as_str(), chain.allow_private),
        (777, "Ours", true)
    );
}

#[test]
fn a_built_in_chain_can_be_told_otherwise() {
    let loaded = file("chains:\n  eip155:1: { confirmations: 64 }\n")
        .load()
        .unwrap();
    let chain = &loaded.config.chains[&vaultpilot_core::ChainId::eip155(1)];
    assert_eq!((chain.confirmations, chain.name.as_str()), (64, "Ethereum"));
    assert_eq!(
        loaded.origin("chains.eip155:1.confirmations").to_string(),
        "vaultpilot.yml:2"
    );
    assert_eq!(loaded.config.chains.len(), builtin().len());
}

#[test]
fn policies_are_files_or_documents() {
    let inline = vaultpilot_policy::DEVNET_GUARD
        .lines()
        .map(|line| format!("    {line}\n"));
    let text = format!(
        "policies:\n  - guard.yaml\n  -\n{}",
        inline.collect::<String>()
    );
    let policies = file(&text).load().unwrap().config.policies;
    assert!(
        matches!(&policies[0], PolicySource::File(path) if path.to_str() == Some("guard.yaml"))
    );
    let PolicySource::Inline(document) = &policies[1] else {
        panic!("{policies:?}")
    };
    assert_eq!(document.metadata.name.as_str(), "devnet-guard");
}

#[test]
fn private_endpoints_must_be_meant() {
    let table = [
        ("http://127.0.0.1:8545", true),
        ("http://LOCALHOST/x", true),
        ("http://u:p@10.1.2.3/x", true),
        ("http://192.168.0.1", true),
        ("http://169.254.169.254/latest", true),
        ("http://0.0.0.0", true),
        ("http://[::1]:8545", true),
        ("http://[fd00::1]", true),
        ("http://[::ffff:127.0.0.1]", true),
        ("https://rpc.example/localhost", false),
        ("https://8.8.8.8", false),
        ("https://[2001:4860:4860::8888]", false),
        ("https://localhost.example", false),
    ];
    for (url, private) in table {
        let variables = [("VAULTPILOT_RPC_1", url)];
        let given = Given {
            env: &variables,
            ..Given::default()
        };
        assert_eq!(given.load().is_err(), private, "{url}");
        let text = "chains: { \"eip155:1\": { allow_private: true } }";
        let meant = Given {
            file: Some(text),
            env: &variables,
            flags: vec![],
        };
        assert!(meant.load().is_ok(), "{url}");
    }
    let expected = "chains.eip155:1.rpc (env VAULTPILOT_RPC_1) names an address on this machine or in \
                    a private network, which needs allow_private: true";
    assert_eq!(
        env(&[("VAULTPILOT_RPC_1", "http://127.0.0.1:1")]).problems(),
        [expected]
    );
}
