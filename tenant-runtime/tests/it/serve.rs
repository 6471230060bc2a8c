//! Who may connect, for how long, and where from.

use std::net::IpAddr;
use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout};
use vaultpilot_policy::document::Network;
use vaultpilot_tenant_runtime::Listening;

use crate::house::KEY;
use crate::wire::Endpoint;

const LIST: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
const SOON: Duration = Duration::from_secs(20);

fn impatient() -> Listening {
    Listening {
        head_timeout: Duration::from_millis(300),
        ..Listening::default()
    }
}

async fn connect(endpoint: &Endpoint) -> TcpStream {
    let address = endpoint.base.strip_prefix("http://").unwrap();
    TcpStream::connect(address).await.unwrap()
}

/// Everything the server says until it hangs up.
async fn rest(socket: &mut TcpStream) -> String {
    let mut said = Vec::new();
    // A reset is a way of hanging up.
    let _ = timeout(SOON, socket.read_to_end(&mut said)).await.unwrap();
    String::from_utf8(said).unwrap()
}

fn listing() -> String {
    format!(
        "POST /t/default/mcp HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {KEY}\r\n\
         content-type: application/json\r\naccept: application/json, text/event-stream\r\n\
         content-length: {}\r\n\r\n{LIST}",
        LIST.len()
    )
}

/// Reads one answer and leaves the connection open.
async fn answer(socket: &mut TcpStream) -> String {
    let mut said = Vec::new();
    let whole = async {
        while !is_whole(&String::from_utf8_lossy(&said)) {
            assert_ne!(socket.read_buf(&mut said).await.unwrap(), 0, "hung up");
        }
    };
    timeout(SOON, whole).await.unwrap();
    String::from_utf8(said).unwrap()
}

fn is_whole(said: &str) -> bool {
    let Some((head, body)) = said.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    body.len() == length.unwrap().parse::<usize>().unwrap()
}

#[tokio::test]
async fn a_client_that_sends_nothing_is_hung_up_on() {
    let endpoint = Endpoint::listening(impatient()).await;
    let mut socket = connect(&endpoint).await;
    assert_eq!(rest(&mut socket).await, "");
}

#[tokio::test]
async fn a_client_that_drips_its_head_is_hung_up_on() {
    let endpoint = Endpoint::listening(impatient()).await;
    let mut socket = connect(&endpoint).await;
    let started = Instant::now();
    let head = "POST /t/default/mcp HTTP/1.1\r\nhost: localhost\r\nx-drip: ".to_owned();
    socket.write_all(head.as_bytes()).await.unwrap();
    let drip = async {
        // A byte now and then does not buy more time.
        while socket.write_all(b"a").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(SOON, drip).await.unwrap();
    assert!(started.elapsed() >= Duration::from_millis(300));
    assert_eq!(endpoint.house.count(), 0);
}

#[tokio::test]
async fn a_connection_is_used_again_until_it_idles() {
    let endpoint = Endpoint::listening(impatient()).await;
    let mut socket = connect(&endpoint).await;
    for _ in 0..2 {
        socket.write_all(listing().as_bytes()).await.unwrap();
        let answer = answer(&mut socket).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    assert_eq!(rest(&mut socket).await, "");
}

#[tokio::test]
async fn a_head_that_never_ends_is_refused() {
    let endpoint = Endpoint::new().await;
    let mut socket = connect(&endpoint).await;
    let head = format!(
        "POST / HTTP/1.1\r\nhost: localhost\r\nx-long: {}",
        "a".repeat(200_000)
    );
    let _ = socket.write_all(head.as_bytes()).await;
    let said = rest(&mut socket).await;
    assert!(
        said.is_empty() || said.starts_with("HTTP/1.1 431"),
        "{said}"
    );
}

#[tokio::test]
async fn one_connection_too_many_waits_for_a_place() {
    let endpoint = Endpoint::listening(Listening {
        max_connections: 1,
        ..Listening::default()
    })
    .await;
    let mut first = connect(&endpoint).await;
    first.write_all(listing().as_bytes()).await.unwrap();
    answer(&mut first).await;

    let mut second = connect(&endpoint).await;
    second.write_all(listing().as_bytes()).await.unwrap();
    let waited = timeout(Duration::from_millis(300), answer(&mut second)).await;
    assert!(waited.is_err(), "answered beside the first");
    drop(first);
    let said = answer(&mut second).await;
    assert!(said.starts_with("HTTP/1.1 200"), "{said}");
}

#[tokio::test]
async fn who_is_being_answered_is_answered_before_the_end() {
    let (stop, stopped) = oneshot::channel::<()>();
    let shutdown = async {
        let _ = stopped.await;
    };
    let endpoint = Endpoint::until(Listening::default(), shutdown).await;
    *endpoint.house.slow.lock().unwrap() = true;
    let mut idle = connect(&endpoint).await;
    idle.write_all(listing().as_bytes()).await.unwrap();
    answer(&mut idle).await;

    let arguments = json!({
        "wallet": "treasury", "chain": "eip155:31337", "asset": "native", "amount": "1",
        "to": "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
        "request_id": "request-0000000000000001",
    });
    let call = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": "transfer", "arguments": arguments },
    });
    let paying = endpoint.post().body(call.to_string()).send();
    let ending = async {
        endpoint.house.begun.notified().await;
        stop.send(()).unwrap();
        // Whoever only idles is let go, and nobody new is let in.
        assert_eq!(rest(&mut idle).await, "");
        let address = endpoint.base.strip_prefix("http://").unwrap();
        assert!(TcpStream::connect(address).await.is_err());
        endpoint.house.go_on.notify_one();
    };
    let (paid, ()) = tokio::join!(paying, ending);
    let paid: Value = paid.unwrap().json().await.unwrap();
    assert_eq!(
        paid["result"]["structuredContent"]["status"], "submitted",
        "{paid}"
    );
    timeout(SOON, endpoint.ended()).await.unwrap();
}

#[tokio::test]
async fn a_forwarded_address_is_believed_of_trusted_proxies_only() {
    let loopback: Network = serde_json::from_value(json!("127.0.0.1")).unwrap();
    let other: Network = serde_json::from_value(json!("192.0.2.0/24")).unwrap();
    let ip = |text: &str| Some(text.parse::<IpAddr>().unwrap());
    let cases = [
        (loopback, vec!["203.0.113.9"], ip("203.0.113.9")),
        (loopback, vec!["10.0.0.1, 203.0.113.9"], ip("203.0.113.9")),
        (
            loopback,
            vec!["10.0.0.1", "203.0.113.9, 127.0.0.1"],
            ip("203.0.113.9"),
        ),
        (loopback, vec!["203.0.113.9, unknown"], None),
        (loopback, vec![], ip("127.0.0.1")),
        (other, vec!["203.0.113.9"], ip("127.0.0.1")),
        (other, vec!["unknown"], ip("127.0.0.1")),
    ];
    for (trusted, forwarded, expected) in cases {
        let endpoint = Endpoint::listening(Listening {
            trusted_proxies: vec![trusted],
            ..Listening::default()
        })
        .await;
        let mut request = endpoint.post().body(LIST);
        for line in &forwarded {
            request = request.header("x-forwarded-for", *line);
        }
        assert_eq!(request.send().await.unwrap().status(), StatusCode::OK);
        let seen = endpoint.house.ips.lock().unwrap().clone();
        assert_eq!(seen, [expected], "{trusted:?} {forwarded:?}");
    }
}
