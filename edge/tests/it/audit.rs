use std::fs;

use vaultpilot_audit::{Action, Actor, Draft, Head, Outcome, chain};
use vaultpilot_core::id::IdError;
use vaultpilot_core::{AuditId, TenantId, Timestamp};

use crate::desk::{Answer, Desk, Double};

fn export(entries: u8) -> Result<String, IdError> {
    let tenant: TenantId = "tnt_01HZX3J9QK8B3V6T2N4M5P7R9S".parse()?;
    let id: AuditId = "evt_01HZX3J9QK8B3V6T2N4M5P7R9S".parse()?;
    let draft = |n: u8| {
        let at = Timestamp::UNIX_EPOCH;
        Draft::new(id, at, Action::ToolCalled, Actor::System, Outcome::Allowed).fact("n", n)
    };
    let (entries, _) = chain(tenant, Head::GENESIS, (0..entries).map(draft).collect());
    let line = |entry| serde_json::to_string(entry).unwrap_or_default() + "\n";
    Ok(entries.iter().map(line).collect())
}

#[tokio::test]
async fn an_export_is_verified_without_a_server() {
    let desk = Desk::new().unwrap();
    let text = export(5).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let altered = text.replacen("\"n\",\"2\"", "\"n\",\"3\"", 1);
    assert_ne!(altered, text);
    let removed = [&lines[..2], &lines[3..]].concat().join("\n");
    let swapped = [lines[0], lines[2], lines[1]].join("\n");
    let table = [
        ("whole", text.clone(), 0, ""),
        ("empty", String::new(), 0, ""),
        ("altered", altered, 1, "entry 3 was altered"),
        ("removed", removed, 1, "entry 3 is missing"),
        ("swapped", swapped, 1, "entry 2 is missing"),
        ("torn", text[..text.len() - 9].to_owned(), 1, "line 5"),
    ];
    for (name, text, code, told) in table {
        fs::write(desk.path(name), text).unwrap();
        let said = desk.run(&["audit", "verify", "--file", name]).await;
        assert_eq!(said.code, code, "{name}: {}", said.err);
        assert!(said.err.contains(told), "{name}: {}", said.err);
    }
    let said = desk
        .run(&["audit", "verify", "--file", "whole", "--json"])
        .await;
    assert_eq!(said.json()["entries"], 5);
}

#[tokio::test]
async fn an_export_takes_every_page_in_order() {
    let text = export(25).unwrap();
    let served = text.clone();
    let double = Double::start(move |asked| {
        let query = asked.uri.split("after=").nth(1).unwrap_or_default();
        let after: usize = query
            .split('&')
            .next()
            .unwrap_or_default()
            .parse()
            .unwrap_or_default();
        let page: Vec<&str> = served.split_inclusive('\n').skip(after).take(10).collect();
        let next_after = (!page.is_empty()).then_some(after + page.len());
        Answer {
            next_after,
            ..Answer::text(200, "application/x-ndjson", page.concat())
        }
    })
    .await
    .unwrap();
    let desk = Desk::new().unwrap().with("VAULTPILOT_KEY", "vp_test_x");
    let said = desk.run(&["audit", "export", "--url", &double.url]).await;
    assert_eq!(
        (said.code, said.out.as_str()),
        (0, text.as_str()),
        "{}",
        said.err
    );

    let said = desk
        .run(&[
            "audit",
            "export",
            "--out",
            "all.jsonl",
            "--url",
            &double.url,
        ])
        .await;
    assert_eq!((said.code, said.out.as_str()), (0, ""), "{}", said.err);
    assert!(
        said.err.contains("25 entries written to all.jsonl"),
        "{}",
        said.err
    );
    assert_eq!(fs::read_to_string(desk.path("all.jsonl")).unwrap(), text);

    let said = desk
        .run(&["audit", "verify", "--json", "--url", &double.url])
        .await;
    assert_eq!(
        (said.code, said.json()["entries"].as_u64()),
        (0, Some(25)),
        "{}",
        said.err
    );
}
