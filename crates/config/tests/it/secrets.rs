use crate::{Given, env, file};

const KEYED: &str = "https://user:pass@rpc.example:8443/v1/abcdef?token=x";

#[test]
fn an_endpoint_never_shows_its_key() {
    let loaded = env(&[("VAULTPILOT_RPC_1", KEYED)]).load().unwrap();
    let shown = loaded.show(false);
    let rpc = shown
        .iter()
        .find(|shown| shown.path == "chains.eip155:1.rpc")
        .unwrap();
    assert_eq!(rpc.value, serde_json::json!(["https://rpc.example:8443/…"]));
    assert_eq!(rpc.origin, "env VAULTPILOT_RPC_1");
    let everything = format!("{loaded:?} {}", serde_json::to_string(&shown).unwrap());
    // Two names of keys look like what must not be shown.
    let named = everything.replace("passphrase_file", "");
    let named = named.replace("token_file", "");
    for secret in ["abcdef", "pass", "token"] {
        assert!(!named.contains(secret), "{secret} in {named}");
    }
    let (_, chain) = loaded.config.enabled_chains().next().unwrap();
    assert_eq!(chain.rpc[0].expose(), KEYED);
}

#[test]
fn a_later_layer_keeps_the_secret_of_an_earlier_one() {
    let given = Given {
        file: Some(
            "chains:\n  eip155:1:\n    rpc: [\"https://rpc.example/secret\"]\n    confirmations: 3\n",
        ),
        ..Given::default()
    };
    let loaded = given.load().unwrap();
    let (_, chain) = loaded.config.enabled_chains().next().unwrap();
    assert_eq!(chain.rpc[0].expose(), "https://rpc.example/secret");
}

#[test]
fn references_are_followed_or_told() {
    let text = "chains:\n  eip155:1:\n    rpc: [\"env:MY_RPC\", \"https://plain.example\"]\n";
    let given = Given {
        file: Some(text),
        env: &[("MY_RPC", KEYED)],
        flags: vec![],
    };
    let loaded = given.load().unwrap();
    let (_, chain) = loaded.config.enabled_chains().next().unwrap();
    assert_eq!(chain.rpc[0].expose(), KEYED);
    assert_eq!(
        file(text).problems(),
        [
            "chains.eip155:1.rpc (vaultpilot.yml:3) refers to the environment variable MY_RPC, which is not set"
        ]
    );
}

#[test]
fn an_endpoint_can_be_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("url");
    std::fs::write(&path, format!("{KEYED}\n")).unwrap();
    let path = path.display();
    let text = format!("chains:\n  eip155:1:\n    rpc: [\"file:{path}\"]\n");
    let loaded = file(&text).load().unwrap();
    let (_, chain) = loaded.config.enabled_chains().next().unwrap();
    assert_eq!(chain.rpc[0].expose(), KEYED);
    folder.close().unwrap();
    let problem = format!(
        "chains.eip155:1.rpc (vaultpilot.yml:3) cannot be read: {path}: No such file or directory (os error 2)"
    );
    assert_eq!(file(&text).problems(), [problem]);
}

#[test]
fn chains_nobody_speaks_of_are_shown_on_demand_only() {
    let loaded = file("chains: { \"eip155:1\": { confirmations: 3 } }")
        .load()
        .unwrap();
    let chains = |all: bool| {
        let shown = loaded.show(all);
        shown
            .iter()
            .filter(|shown| shown.path.split('.').next_back() == Some("name"))
            .count()
    };
    assert_eq!((chains(false), chains(true)), (1, 10));
}
