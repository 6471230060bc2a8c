use super::Account;

#[test]
fn only_service_accounts_have_one() {
    let account = Account::from_username("system:serviceaccount:vp-acme:mcp-runtime").unwrap();
    assert_eq!(account, Account::new("vp-acme", "mcp-runtime"));
    assert_eq!(account.to_string(), "vp-acme/mcp-runtime");
    for other in [
        "",
        "admin",
        "system:serviceaccount:",
        "system:serviceaccount:vp-acme",
        "system:serviceaccount:vp-acme:",
        "system:serviceaccount::mcp-runtime",
        "system:serviceaccount:vp-acme:mcp-runtime:more",
        "system:node:vp-acme:mcp-runtime",
        "SYSTEM:serviceaccount:vp-acme:mcp-runtime",
    ] {
        assert_eq!(Account::from_username(other), None, "{other}");
    }
}
