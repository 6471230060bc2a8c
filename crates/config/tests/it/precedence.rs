use vaultpilot_config::LogFormat;

use crate::{Given, env, file, flag};

#[test]
fn nothing_given_is_a_working_default() {
    let loaded = Given::default().load().unwrap();
    assert_eq!(loaded.config.server.listen.to_string(), "127.0.0.1:8420");
    assert!(!loaded.config.server.is_exposed());
    assert_eq!(loaded.config.server.base_url(), "http://127.0.0.1:8420");
    assert_eq!(loaded.config.enabled_chains().count(), 0);
    assert_eq!(loaded.origin("server.listen").to_string(), "default");
}

#[test]
fn each_layer_beats_the_one_below_and_says_so() {
    let text = "server:\n  listen: 127.0.0.1:1\nlog: { level: info }\n";
    let variables = [("VAULTPILOT_SERVER_LISTEN", "127.0.0.1:2")];
    let flags = vec![flag("server.listen", "--listen", "127.0.0.1:3")];

    let steps = [
        (file(text), 1, "vaultpilot.yml:2"),
        (
            Given {
                file: Some(text),
                env: &variables,
                flags: vec![],
            },
            2,
            "env VAULTPILOT_SERVER_LISTEN",
        ),
        (
            Given {
                file: Some(text),
                env: &variables,
                flags,
            },
            3,
            "flag --listen",
        ),
    ];
    for (given, port, origin) in steps {
        let loaded = given.load().unwrap();
        assert_eq!(loaded.config.server.listen.port(), port);
        assert_eq!(loaded.origin("server.listen").to_string(), origin);
        assert_eq!(loaded.origin("log.level").to_string(), "vaultpilot.yml:3");
    }
}

#[test]
fn text_takes_the_form_the_key_has() {
    let loaded = env(&[
        ("VAULTPILOT_SERVER_MAX_REQUEST_BYTES", "2048"),
        (
            "VAULTPILOT_SERVER_ALLOWED_HOSTS",
            "vault.example.com, vault:8420",
        ),
        ("VAULTPILOT_SERVER_TRUSTED_PROXIES", "10.0.0.0/8,127.0.0.1"),
        ("VAULTPILOT_LOG_FORMAT", "json"),
        ("VAULTPILOT_SERVER_PUBLIC_URL", ""),
    ])
    .load()
    .unwrap();
    let server = &loaded.config.server;
    assert_eq!(server.max_request_bytes, 2048);
    assert_eq!(server.allowed_hosts, ["vault.example.com", "vault:8420"]);
    assert_eq!(server.trusted_proxies.len(), 2);
    assert_eq!(loaded.config.log.format, LogFormat::Json);
    assert_eq!(server.public_url, None, "an empty variable is not set");
}

#[test]
fn the_data_folder_follows_flag_env_file_xdg_home() {
    let xdg = ("XDG_DATA_HOME", "/xdg");
    let home = ("HOME", "/home/ada");
    let table: [(Given<'_>, &str); 7] = [
        (
            Given {
                env: &[home],
                ..Given::default()
            },
            "/home/ada/.local/share/vaultpilot",
        ),
        (
            Given {
                env: &[home, ("XDG_DATA_HOME", "")],
                ..Given::default()
            },
            "/home/ada/.local/share/vaultpilot",
        ),
        (
            Given {
                env: &[home, xdg],
                ..Given::default()
            },
            "/xdg/vaultpilot",
        ),
        (
            Given {
                file: Some("data: { dir: /file }"),
                env: &[home, xdg],
                flags: vec![],
            },
            "/file",
        ),
        (
            Given {
                file: Some("data: { dir: ~/vp }"),
                env: &[home],
                flags: vec![],
            },
            "/home/ada/vp",
        ),
        (
            Given {
                file: Some("data: { dir: /file }"),
                env: &[("VAULTPILOT_DATA_DIR", "/env")],
                flags: vec![],
            },
            "/env",
        ),
        (
            Given {
                file: None,
                env: &[("VAULTPILOT_DATA_DIR", "/env")],
                flags: vec![flag("data.dir", "--data-dir", "/flag")],
            },
            "/flag",
        ),
    ];
    for (given, expected) in table {
        assert_eq!(
            given.load().unwrap().config.data.dir.to_str(),
            Some(expected)
        );
    }
}

#[test]
fn variables_that_miss_their_key_are_told() {
    let loaded = env(&[
        ("VAULTPILOT_SERVER_LISTN", "127.0.0.1:1"),
        ("VAULTPILOT_RPC_999", "https://rpc.example"),
        ("VAULTPILOT_KEY", "not a setting"),
        ("PATH", "/bin"),
    ])
    .load()
    .unwrap();
    assert_eq!(
        loaded.unused_env,
        ["VAULTPILOT_RPC_999", "VAULTPILOT_SERVER_LISTN"]
    );
}

#[test]
fn an_empty_file_says_nothing() {
    for text in ["", "# only a comment\n", "server:\n", "---\n"] {
        assert_eq!(
            file(text).load().unwrap().config.server.listen.port(),
            8420,
            "{text:?}"
        );
    }
}
