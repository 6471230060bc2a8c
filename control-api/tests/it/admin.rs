//! The admin page and the way in: a link that works once.

use reqwest::StatusCode;
use serde_json::json;
use vaultpilot_core::Duration;
use vaultpilot_testkit::store::FailPoint;

use crate::client::{Answer, Ask, get, post};
use crate::house::House;

impl House {
    /// The path and query of a fresh one-time link.
    async fn link(&self, key: &str) -> String {
        let answer = post("/api/v1/admin/link").key(key).send(self).await.json();
        assert_eq!(answer["expires_in_s"], 1800);
        let url = answer["url"].as_str().unwrap();
        url.strip_prefix(&format!("http://{}", self.at))
            .unwrap()
            .to_owned()
    }

    /// The owner's session id.
    pub(crate) async fn log_in(&self) -> String {
        let link = self.link(&self.owner).await;
        session(&get(&link).send(self).await)
    }
}

fn session(answer: &Answer) -> String {
    let cookie = answer.header("set-cookie").unwrap();
    let rest = cookie.strip_prefix("vaultpilot_session=").unwrap();
    rest.split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_link_logs_in_once() {
    let house = House::new().await;
    let link = house.link(&house.owner).await;
    let first = get(&link).send(&house).await;
    assert_eq!(
        (first.status, first.header("location")),
        (StatusCode::SEE_OTHER, Some("/admin"))
    );
    let cookie = first.header("set-cookie").unwrap();
    for part in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let session = session(&first);
    let me = get("/api/v1/whoami")
        .session(&session)
        .send(&house)
        .await
        .json();
    assert_eq!(
        (&me["name"], &me["role"], &me["kind"]),
        (&json!("olivia"), &json!("owner"), &json!("person"))
    );

    let again = get(&link).send(&house).await;
    assert_eq!(
        (again.status.as_u16(), again.problem().as_str()),
        (401, "link_invalid")
    );
    assert_eq!(again.header("set-cookie"), None);
    // A browser is shown the page that says what to do; who is in already goes on.
    let browser = get(&link)
        .with("accept", "text/html,*/*")
        .send(&house)
        .await;
    assert_eq!(browser.status, StatusCode::UNAUTHORIZED);
    assert!(browser.text.contains("vaultpilot admin"));
    let inside = get(&link).session(&session).send(&house).await;
    assert_eq!(inside.header("location"), Some("/admin"));
    let bare = get("/admin/login").send(&house).await;
    assert_eq!(
        (bare.status.as_u16(), bare.problem().as_str()),
        (422, "query_invalid")
    );
}

#[tokio::test]
async fn a_link_and_a_session_grow_old() {
    let house = House::new().await;
    let link = house.link(&house.owner).await;
    house.clock.advance(Duration::from_mins(30));
    assert_eq!(get(&link).send(&house).await.problem(), "link_invalid");

    let session = house.log_in().await;
    let whoami = async || {
        get("/api/v1/whoami")
            .session(&session)
            .send(&house)
            .await
            .status
    };
    house
        .clock
        .advance(Duration::from_hours(12) - Duration::from_secs(1));
    assert_eq!(whoami().await, StatusCode::OK);
    house.clock.advance(Duration::from_secs(1));
    assert_eq!(whoami().await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn logging_out_ends_the_session() {
    let house = House::new().await;
    let (session, other) = (house.log_in().await, house.log_in().await);
    let out = post("/admin/logout").session(&session).send(&house).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    assert!(out.header("set-cookie").unwrap().contains("Max-Age=0"));
    let gone = get("/api/v1/whoami").session(&session).send(&house).await;
    assert_eq!(gone.problem(), "unauthenticated");
    let stays = get("/api/v1/whoami").session(&other).send(&house).await;
    assert_eq!(stays.status, StatusCode::OK);
    let made_up = get("/api/v1/whoami")
        .session(&"0".repeat(64))
        .send(&house)
        .await;
    assert_eq!(made_up.problem(), "unauthenticated");
}

#[tokio::test]
async fn a_revoked_key_takes_its_sessions_and_links_along() {
    let house = House::new().await;
    let made = post("/api/v1/keys").key(&house.owner);
    let made = made
        .json(&json!({ "name": "second", "role": "owner" }))
        .send(&house)
        .await
        .json();
    let secret = made["secret"].as_str().unwrap();
    let session = session(&get(&house.link(secret).await).send(&house).await);
    let unused = house.link(secret).await;
    let path = format!("/api/v1/keys/{}", made["key"]["id"].as_str().unwrap());
    let revoked = Ask::new("delete", &path)
        .key(&house.owner)
        .send(&house)
        .await;
    assert_eq!(revoked.status, StatusCode::NO_CONTENT);
    let answer = get("/api/v1/whoami").session(&session).send(&house).await;
    assert_eq!(answer.problem(), "unauthenticated");
    assert_eq!(get(&unused).send(&house).await.problem(), "link_invalid");
}

#[tokio::test]
async fn links_and_logins_are_written_down_or_do_not_happen() {
    let house = House::new().await;
    house.store.fail_next(FailPoint::Audit);
    let refused = post("/api/v1/admin/link")
        .key(&house.owner)
        .send(&house)
        .await;
    assert_eq!(
        (refused.status.as_u16(), refused.problem().as_str()),
        (503, "audit_unavailable")
    );
    assert_eq!(refused.header("retry-after"), Some("1"));

    let link = house.link(&house.owner).await;
    house.store.fail_next(FailPoint::Audit);
    let refused = get(&link).send(&house).await;
    assert_eq!(
        (refused.problem().as_str(), refused.header("set-cookie")),
        ("audit_unavailable", None)
    );

    house.log_in().await;
    let events = get("/api/v1/events?limit=2")
        .key(&house.owner)
        .send(&house)
        .await
        .json();
    let actions: Vec<_> = events["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["action"])
        .collect();
    assert_eq!(actions, ["session.started", "link.created"]);
}

#[tokio::test]
async fn the_page_is_whole_and_locked_down() {
    let house = House::new().await;
    let page = get("/admin").send(&house).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.header("content-type")
            .unwrap()
            .starts_with("text/html")
    );
    let policy = page.header("content-security-policy").unwrap();
    for part in [
        "default-src 'none'",
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    // Nothing is fetched from elsewhere, and no words of others become markup.
    for foreign in [
        "src=",
        "href=\"http",
        "url(",
        "@import",
        "innerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
    ] {
        assert!(!page.text.contains(foreign), "{foreign}");
    }
}
