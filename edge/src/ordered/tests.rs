use super::Ordered;

#[test]
fn order_survives_and_new_members_come_last() {
    let text = r#"{"zeta":[1,-2,2.5,null,true,{"b":1,"a":2}],"alpha":{"y":"x"}}"#;
    let mut json: Ordered = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&json).unwrap(), text);

    let servers = json.object_at("servers").unwrap();
    servers.set("b", Ordered::Leaf(1.into())).unwrap();
    servers.set("a", Ordered::Leaf(2.into())).unwrap();
    servers.set("b", Ordered::Leaf(3.into())).unwrap();
    let expected = text.replace("}}", r#"},"servers":{"b":3,"a":2}}"#);
    assert_eq!(serde_json::to_string(&json).unwrap(), expected);
    assert!(
        json.object_at("zeta")
            .unwrap()
            .set("x", Ordered::Leaf(1.into()))
            .is_none()
    );
}
