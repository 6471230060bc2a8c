use secrecy::ExposeSecret as _;

use super::read;

#[tokio::test]
async fn a_credential_is_what_its_file_says_now() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "  s.one\n").unwrap();
    assert_eq!(read(file.path()).await.unwrap().expose_secret(), "s.one");
    std::fs::write(file.path(), "s.two").unwrap();
    assert_eq!(read(file.path()).await.unwrap().expose_secret(), "s.two");
}

#[tokio::test]
async fn an_unusable_file_is_named_and_its_content_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let error = read(&path).await.unwrap_err().to_string();
    assert!(
        error.contains("cannot be read: entity not found"),
        "{error}"
    );
    let long = "hunter2".repeat(4000);
    for (content, why) in [
        (b" \n".as_slice(), "is empty"),
        (b"hunter2\xff".as_slice(), "is no text"),
        (long.as_bytes(), "is too long"),
    ] {
        std::fs::write(&path, content).unwrap();
        let error = read(&path).await.unwrap_err().to_string();
        assert!(error.ends_with(why), "{error}");
        assert!(error.contains(&path.display().to_string()));
        assert!(!error.contains("hunter2"));
    }
}
