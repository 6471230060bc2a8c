use super::Events;

#[test]
fn events_are_whole_wherever_they_are_cut() {
    let text = "id: 1\nretry: 10\ndata:\n\n: comment\ndata: {\"a\":\ndata: 1}\r\n\r\nevent: x\ndata:two\n\n";
    let expected = ["{\"a\":\n1}".to_owned(), "two".to_owned()];
    for size in 1..text.len() {
        let mut events = Events::default();
        let got: Vec<String> = text
            .as_bytes()
            .chunks(size)
            .flat_map(|chunk| events.push(chunk))
            .collect();
        assert_eq!(got, expected, "cut every {size} bytes");
    }
}

#[test]
fn an_unfinished_event_is_no_event() {
    assert!(Events::default().push(b"data: half").is_empty());
    assert!(Events::default().push(b"data: half\n").is_empty());
}
