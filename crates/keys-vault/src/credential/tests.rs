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

#[tokio::test]
async fn a_credential_is_a_regular_file_and_read_no_further_than_it_may_be_long() {
    let folder = tempfile::tempdir().unwrap();
    let error = read(folder.path()).await.unwrap_err().to_string();
    assert!(error.ends_with("is no regular file"), "{error}");
    let endless = std::path::Path::new("/dev/zero");
    let error = read(endless).await.unwrap_err().to_string();
    assert!(error.ends_with("is no regular file"), "{error}");
    let path = folder.path().join("token");
    std::fs::write(&path, "s".repeat(super::LONGEST)).unwrap();
    let longest = read(&path).await.unwrap();
    assert_eq!(longest.expose_secret().len(), super::LONGEST);
    std::fs::write(&path, "s".repeat(super::LONGEST + 1)).unwrap();
    let error = read(&path).await.unwrap_err().to_string();
    assert!(error.ends_with("is too long"), "{error}");
}
