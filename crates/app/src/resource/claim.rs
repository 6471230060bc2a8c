//! To which resource a record belongs.

use vaultpilot_core::Managed;
use vaultpilot_ports::Fault;

/// How a resource comes to its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Claim {
    /// It is its own.
    Held,
    /// It was nobody's, or a resource's of the same name that is gone.
    Taken,
}

/// Whether the record may belong to `by`.
///
/// # Errors
/// `Conflict` when it belongs to another resource.
pub(crate) fn claim(held: Option<&Managed>, by: &Managed) -> Result<Claim, Fault> {
    match held {
        None => Ok(Claim::Taken),
        Some(held) if held == by => Ok(Claim::Held),
        Some(held) if is_same_name(held, by) => Ok(Claim::Taken),
        Some(held) => {
            let message = format!("it belongs to {held}; {by} does not take it over");
            Err(Fault::conflict("managed_by_other", message))
        }
    }
}

/// Whether a resource that goes lets this record go: not what belongs to nobody, to another, or to
/// a later resource of its name.
pub(super) fn is_held(held: Option<&Managed>, by: &Managed) -> bool {
    held == Some(by)
}

fn is_same_name(one: &Managed, other: &Managed) -> bool {
    (one.kind, &one.namespace, &one.name) == (other.kind, &other.namespace, &other.name)
}

/// Lets people and agents change what no resource owns.
///
/// # Errors
/// `Conflict` that names the resource.
pub(crate) fn free(held: Option<&Managed>, what: &str) -> Result<(), Fault> {
    match held {
        None => Ok(()),
        Some(held) => {
            let message = format!("{what} belongs to {held}; change it there, with kubectl or Git");
            Err(Fault::conflict("managed_by_resource", message))
        }
    }
}

#[cfg(test)]
mod tests {
    use vaultpilot_core::ResourceKind;

    use super::*;

    fn resource(kind: ResourceKind, name: &str, uid: &str) -> Managed {
        Managed {
            kind,
            namespace: Some("vp-acme".to_owned()),
            name: name.to_owned(),
            uid: uid.to_owned(),
        }
    }

    #[test]
    fn a_record_belongs_to_one_resource() {
        let ours = resource(ResourceKind::Wallet, "treasury", "1");
        let again = resource(ResourceKind::Wallet, "treasury", "2");
        let other = resource(ResourceKind::Wallet, "till", "3");
        let kind = resource(ResourceKind::Policy, "treasury", "1");
        assert_eq!(claim(None, &ours), Ok(Claim::Taken));
        assert_eq!(claim(Some(&ours), &ours), Ok(Claim::Held));
        assert_eq!(claim(Some(&ours), &again), Ok(Claim::Taken));
        for stranger in [other, kind] {
            let refused = claim(Some(&ours), &stranger).unwrap_err();
            assert_eq!(refused.code(), "managed_by_other");
        }
    }

    #[test]
    fn a_resource_that_was_made_again_is_not_let_go_by_the_one_before() {
        let before = resource(ResourceKind::Wallet, "treasury", "1");
        let again = resource(ResourceKind::Wallet, "treasury", "2");
        assert!(is_held(Some(&before), &before));
        assert!(!is_held(Some(&again), &before));
        assert!(!is_held(None, &before));
    }

    #[test]
    fn what_a_resource_owns_is_changed_there() {
        let ours = resource(ResourceKind::Policy, "limits", "1");
        assert_eq!(free(None, "policy limits"), Ok(()));
        let refused = free(Some(&ours), "policy limits").unwrap_err();
        assert_eq!(refused.code(), "managed_by_resource");
        assert!(refused.to_string().contains("Policy vp-acme/limits"));
    }
}
