use super::*;

#[test]
fn no_password_breaks_the_address() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("password");
    let password = "p@ss:w/o?r#d% é";
    std::fs::write(&file, format!("{password}\nsecond line\n")).unwrap();
    let database = Database {
        host: "postgres".to_owned(),
        user: "vp app".to_owned(),
        password_file: file,
        tls: DatabaseTls::Plain,
        ..Database::default()
    };
    let options = store_options(&database, As::App).unwrap();
    assert_eq!(
        options.url.expose_secret(),
        "postgres://vp%20app:p%40ss%3Aw%2Fo%3Fr%23d%25%20%C3%A9@postgres:5432/vaultpilot"
    );
    assert_eq!(options.ssl_mode, Some(SslMode::Disable));
    let missing = store_options(&database, As::Owner).err().unwrap();
    assert!(matches!(missing, SecretError::Read { .. }), "{missing}");
}
