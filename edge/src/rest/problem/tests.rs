use super::Problem;
use crate::exit::Exit;

#[test]
fn a_problem_is_what_why_next() {
    let table = [
        (
            404,
            r#"{"title":"not found","code":"not_found","detail":"wallet ghost does not exist"}"#,
            Exit::NotFound,
            ("wallet ghost does not exist", "not_found"),
            Some("vaultpilot wallet list"),
        ),
        (
            422,
            r#"{"title":"invalid","code":"label_malformed","detail":"is not a label","field":"label"}"#,
            Exit::Usage,
            ("label: is not a label", "label_malformed"),
            None,
        ),
        (
            503,
            r#"{"title":"unavailable","code":"chain_unreachable","retryable":true,"retry_after_s":2}"#,
            Exit::Failed,
            ("unavailable", "chain_unreachable"),
            Some("the same command again in 2 s"),
        ),
        (
            502,
            "<html>\nbad gateway",
            Exit::Failed,
            ("<html>", "http_502"),
            Some("vaultpilot doctor"),
        ),
        (
            401,
            "",
            Exit::Denied,
            ("server answered HTTP 401", "http_401"),
            None,
        ),
    ];
    for (status, body, exit, (what, why), next) in table {
        let problem = Problem::read(status, body);
        assert_eq!(problem.exit(), exit, "{body}");
        assert_eq!(problem.what(), what, "{body}");
        assert_eq!(problem.why(), why, "{body}");
        assert_eq!(problem.next().as_deref(), next, "{body}");
    }
}
