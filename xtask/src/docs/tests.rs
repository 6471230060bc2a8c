use super::*;

#[test]
fn finds_what_links_point_to() {
    let text =
        "- [One](a/one.md): first\n- [Two](two.json), [three](https://example.com)\nno [link]";
    let found: Vec<&str> = targets(text).collect();
    assert_eq!(found, ["a/one.md", "two.json", "https://example.com"]);
}

#[test]
fn copies_what_is_wanted_and_keeps_the_folders() {
    let from = tempfile::tempdir().unwrap();
    let to = tempfile::tempdir().unwrap();
    fs::create_dir(from.path().join("inner")).unwrap();
    for name in ["page.md", "inner/page.md", "inner/data.json"] {
        fs::write(from.path().join(name), name).unwrap();
    }
    let to = to.path().join("site");
    let pages = |file: &Path| file.extension() == Some(OsStr::new("md"));
    copy(from.path(), &to, &pages).unwrap();
    assert_eq!(
        fs::read_to_string(to.join("inner/page.md")).unwrap(),
        "inner/page.md"
    );
    assert!(to.join("page.md").is_file());
    assert!(!to.join("inner/data.json").exists());
}
