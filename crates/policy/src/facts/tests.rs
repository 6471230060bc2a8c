use std::collections::BTreeSet;

use super::GrantedApproval;
use crate::Approvers;

#[test]
fn a_grant_must_be_as_much_as_the_terms_ask() {
    let granted = GrantedApproval {
        id: "apr_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap(),
        quorum: 1,
        code: false,
        by: vec!["maria".to_owned()],
    };
    let anybody = Approvers::default();
    let only = |name: &str| Approvers(BTreeSet::from([BTreeSet::from([name.to_owned()])]));
    assert!(granted.satisfies(1, false, &anybody));
    assert!(granted.satisfies(1, false, &only("maria")));
    assert!(!granted.satisfies(2, false, &anybody));
    assert!(!granted.satisfies(1, true, &anybody));
    assert!(!granted.satisfies(1, false, &only("peter")));
}
