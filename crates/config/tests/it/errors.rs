use crate::{Given, env, file, flag};

#[test]
fn every_problem_is_told_at_once_with_path_and_origin() {
    let given = Given {
        file: Some(
            "server:\n  lisen: 127.0.0.1:1\n  max_request_bytes: 5\nserver_: {}\nkeys:\n  kek: vault\n",
        ),
        env: &[("VAULTPILOT_LOG_FORMAT", "xml")],
        flags: vec![flag("server.listen", "--listen", "nowhere")],
    };
    let problems = given.problems();
    let expected = [
        "server_ (vaultpilot.yml:4) is not a known key; did you mean server?",
        "server.lisen (vaultpilot.yml:2) is not a known key; did you mean listen?",
        "server.listen (flag --listen) cannot be read: invalid socket address syntax",
        "keys.kek (vaultpilot.yml:6) cannot be read: unknown variant `vault`, expected `file` or `passphrase`",
        "log.format (env VAULTPILOT_LOG_FORMAT) cannot be read: unknown variant `xml`, expected `text` or `json`",
        "server.max_request_bytes (vaultpilot.yml:3) is 5, allowed is 1024 to 67108864",
    ];
    assert_eq!(problems, expected);
    let whole = given.load().unwrap_err().to_string();
    assert!(
        whole.starts_with("configuration has 6 problems\n  server_ (vaultpilot.yml:4)"),
        "{whole}"
    );
}

#[test]
fn each_rule_is_kept() {
    let table = [
        (
            "server: { public_url: vault.example.com }",
            "server.public_url (vaultpilot.yml:1) is not an http:// or https:// URL with a host",
        ),
        (
            "server: { allowed_hosts: [\"http://a\"] }",
            "server.allowed_hosts (vaultpilot.yml:1) is not a host name, optionally with a port",
        ),
        (
            "server: { allowed_origins: [\"https://a/b\"] }",
            "server.allowed_origins (vaultpilot.yml:1) is not an origin such as https://app.example.com",
        ),
        (
            "server: { listen: \"0.0.0.0:1\" }",
            "server.listen (vaultpilot.yml:1) listens beyond this machine: name the hosts it is reached by in server.allowed_hosts or set server.public_url",
        ),
        (
            "server: 1",
            "server (vaultpilot.yml:1) holds values, not a value: write them as `key: value` lines below it",
        ),
        (
            "- 1",
            "vaultpilot.yml:1 holds values, not a value: write them as `key: value` lines below it",
        ),
        (
            "data: { dir: \"\" }",
            "data.dir (vaultpilot.yml:1) is empty",
        ),
        (
            "keys: { kek: passphrase }",
            "keys.passphrase_file (default) is needed when keys.kek is passphrase",
        ),
        (
            "keys: { passphrase_file: /p }",
            "keys.passphrase_file (vaultpilot.yml:1) has no effect unless keys.kek is passphrase",
        ),
        (
            "log: { level: \"\" }",
            "log.level (vaultpilot.yml:1) is empty",
        ),
        ("colour: {}", "colour (vaultpilot.yml:1) is not a known key"),
        (
            "policies: devnet.yaml",
            "policies (vaultpilot.yml:1) cannot be read: it is not a list",
        ),
        (
            "chains: { \"eip155:1\": { confirmations: 0 } }",
            "chains.eip155:1.confirmations (vaultpilot.yml:1) is 0, allowed is 1 to 10000",
        ),
        (
            "chains: { \"eip155:1\": { poll_interval: 0s } }",
            "chains.eip155:1.poll_interval (vaultpilot.yml:1) is 0, allowed is 1 to 3600",
        ),
        (
            "chains: { \"eip155:1\": { rpc: [\"ws://a\"] } }",
            "chains.eip155:1.rpc (vaultpilot.yml:1) is not an http:// or https:// URL with a host",
        ),
        (
            "chains: { ethereum: { rpc: [\"http://a\"] } }",
            "chains.ethereum (vaultpilot.yml:1) is no chain id: write CAIP-2, such as eip155:8453",
        ),
    ];
    for (text, expected) in table {
        assert_eq!(file(text).problems(), [expected], "{text}");
    }
}

#[test]
fn broken_yaml_names_its_line() {
    let problems = file("server:\n  listen: [\n").problems();
    assert_eq!(problems.len(), 1);
    assert!(
        problems[0].starts_with("vaultpilot.yml:") && problems[0].contains("is not valid YAML"),
        "{problems:?}"
    );
    let twice = file("server: {}\nserver: {}\n").problems();
    assert!(
        twice[0].contains("is not valid YAML"),
        "a duplicate key is an error: {twice:?}"
    );
}

#[test]
fn a_bad_lower_layer_is_told_even_where_a_higher_one_wins() {
    let given = Given {
        file: Some("server: { listen: x }"),
        env: &[("VAULTPILOT_SERVER_LISTEN", "127.0.0.1:2")],
        flags: vec![],
    };
    assert_eq!(
        given.problems(),
        ["server.listen (vaultpilot.yml:1) cannot be read: invalid socket address syntax"]
    );
}

#[test]
fn a_text_that_is_no_number_is_told() {
    let problems = env(&[("VAULTPILOT_SERVER_MAX_REQUEST_BYTES", "1MiB")]).problems();
    assert_eq!(
        problems,
        [
            "server.max_request_bytes (env VAULTPILOT_SERVER_MAX_REQUEST_BYTES) cannot be read: invalid type: string \"1MiB\", expected u64"
        ]
    );
}

#[test]
fn inline_policies_are_read_as_strictly_as_files() {
    let problems = file(
        "policies:\n  - guard.yaml\n  - { apiVersion: vaultpilot.io/v1alpha1, kind: Policy, metadata: { name: a }, spec: {} }\n",
    )
    .problems();
    assert_eq!(
        problems,
        ["policies[1] (vaultpilot.yml:2) cannot be read: missing field `selector`"]
    );
}
