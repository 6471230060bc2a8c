//! The processes themselves, on a real Postgres.

mod backup;
mod place;

use std::time::Duration;

use serde_json::Value;

use place::Place;

#[tokio::test(flavor = "multi_thread")]
async fn migrate_serve_execute_doctor_and_keys() {
    let place = Place::new().await;
    // Before there is a schema: alive, not ready, and says why.
    let serve = place.start("serve").await;
    assert_eq!(serve.get("/healthz").await, (200, "ok\n".to_owned()));
    let (status, why) = serve.get("/readyz").await;
    assert_eq!(status, 503, "{why}");

    let migrated = place.run(&["migrate", "--json"]).await;
    assert!(migrated.ok(), "{migrated:?}");
    let report: Value = serde_json::from_str(&migrated.out).unwrap();
    assert!(report["applied"].as_u64().unwrap() > 0, "{report}");
    let again = place.run(&["migrate", "--json"]).await;
    let again: Value = serde_json::from_str(&again.out).unwrap();
    assert_eq!(again["applied"], 0);
    assert_eq!(again["version"], report["version"]);

    serve.ready().await;
    // Several of each go along with each other.
    let second = place.start("serve").await;
    let (first_signer, second_signer) =
        (place.start("execute").await, place.start("execute").await);
    for process in [&second, &first_signer, &second_signer] {
        process.ready().await;
        let (status, text) = process.get("/metrics").await;
        assert_eq!(status, 200);
        assert!(text.contains("edition=\"cluster\""), "{text}");
    }

    let doctor = place.run(&["doctor", "--json"]).await;
    let report: Value = serde_json::from_str(&doctor.out).unwrap();
    let state = |name: &str| {
        let checks = report["checks"].as_array().unwrap();
        let check = checks.iter().find(|check| check["name"] == name).unwrap();
        check["state"].as_str().unwrap().to_owned()
    };
    for name in [
        "configuration",
        "key encryption key",
        "pepper",
        "context key",
        "server certificate",
        "client CA",
        "database",
        "schema",
        "database role",
    ] {
        assert_eq!(state(name), "good", "{report:#}");
    }
    assert_eq!(state("chains"), "warning");
    // Nobody is there who could review a token, and the exit code says so.
    assert_eq!(state("Kubernetes API server"), "bad");
    assert_eq!(doctor.code, Some(1));

    for process in [serve, second, first_signer, second_signer] {
        assert_eq!(process.end().await, Some(0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_made_once_heard_everywhere_and_ended_at_once() {
    let place = Place::new().await;
    assert!(place.run(&["migrate"]).await.ok());
    let unknown = ["key", "create", "--tenant", "acme", "--name", "bot"];
    let unknown = [&unknown[..], &["--role", "agent"]].concat();
    let refused = place.run(&unknown).await;
    assert_eq!(refused.code, Some(5), "{refused:?}");
    assert!(refused.err.contains("tenant acme does not exist"));

    place.tenant("acme").await;
    let (one, two) = (place.start("serve").await, place.start("serve").await);
    one.ready().await;
    two.ready().await;
    let made = place.run(&unknown).await;
    assert!(made.ok(), "{made:?}");
    let key = made.out.trim().to_owned();
    assert!(key.starts_with("vp_test_"), "{made:?}");
    assert!(!made.err.contains(&key));
    for process in [&one, &two] {
        let (status, body) = process.rest("/t/acme/api/v1/whoami", &key).await;
        assert_eq!(
            (status, body["name"].as_str()),
            (200, Some("bot")),
            "{body}"
        );
        assert_eq!(process.rest("/t/other/api/v1/whoami", &key).await.0, 401);
        assert_eq!(process.rest("/api/v1/whoami", &key).await.0, 404);
        assert_eq!(process.rest("/t/acme/admin", &key).await.0, 404);
    }
    let twice = place.run(&unknown).await;
    assert_eq!(twice.code, Some(6), "{twice:?}");
    let listed = place.run(&["key", "list", "--tenant", "acme"]).await;
    assert!(listed.out.contains("bot"), "{listed:?}");
    assert!(!listed.out.contains(&key));

    let revoked = ["key", "revoke", "--tenant", "acme", "--name", "bot"];
    assert!(place.run(&revoked).await.ok());
    for process in [&one, &two] {
        // A hint is on its way at most a moment.
        for _ in 0..50 {
            if process.rest("/t/acme/api/v1/whoami", &key).await.0 == 401 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(process.rest("/t/acme/api/v1/whoami", &key).await.0, 401);
    }
    assert_eq!(one.end().await, Some(0));
    assert_eq!(two.end().await, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_waiting_mends_is_told_at_once() {
    let place = Place::new().await;
    for (variable, file, told) in [
        (
            "VAULTPILOT_GRPC_CERT_FILE",
            "nowhere",
            "nowhere cannot be read",
        ),
        (
            "VAULTPILOT_KEYS_CONTEXT_FILE",
            "tls.crt",
            "64 hexadecimal digits",
        ),
        ("VAULTPILOT_GRPC_MAX_IN_FLIGHT", "0", "allowed is 1 to"),
        (
            "VAULTPILOT_DATABASE_PASSWORD_FILE",
            "nowhere",
            "nowhere cannot be read",
        ),
    ] {
        let failed = place.run_with(&["serve"], &[(variable, file)]).await;
        assert!(!failed.ok(), "{variable}");
        assert!(failed.err.contains(told), "{variable}: {}", failed.err);
    }
    let unreachable = [("VAULTPILOT_DATABASE_PORT", "1")];
    let failed = place
        .run_with(&["migrate", "--wait", "1s"], &unreachable)
        .await;
    assert_eq!(failed.code, Some(3), "{failed:?}");
    assert!(
        failed.err.contains("database cannot be reached"),
        "{failed:?}"
    );
}
