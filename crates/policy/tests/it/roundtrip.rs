//! A document written and read again is the same document, in both forms.

use proptest::prelude::*;
use vaultpilot_policy::{Document, PolicySet};

use crate::{random::document, script::decimals};

proptest! {
    #[test]
    fn documents_survive_yaml_and_json(document in document("guard".to_owned())) {
        let yaml = serde_saphyr::to_string(&document).unwrap();
        let json = serde_json::to_string(&document).unwrap();
        let from_yaml = Document::from_yaml(&yaml);
        prop_assert!(from_yaml.is_ok(), "{}: {}", from_yaml.unwrap_err(), yaml);
        prop_assert_eq!(&from_yaml.unwrap(), &document);
        prop_assert_eq!(&Document::from_json(&json).unwrap(), &document);
    }

    #[test]
    fn the_version_names_the_content(one in document("a".to_owned()), other in document("a".to_owned())) {
        let version = |document: &Document| {
            PolicySet::new(vec![document.compile(&decimals).unwrap()]).version()
        };
        prop_assert_eq!(version(&one) == version(&other), one == other);
        prop_assert_eq!(version(&one).to_string().parse(), Ok(version(&one)));
        // Also of two that share a name, in either order.
        let both = |a: &Document, b: &Document| {
            let compiled = [a, b].map(|document| document.compile(&decimals).unwrap());
            PolicySet::new(compiled.to_vec()).version()
        };
        prop_assert_eq!(both(&one, &other), both(&other, &one));
    }
}
