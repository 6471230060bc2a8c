use super::*;

/// The leaves of Certificate Transparency's own tests.
const LEAVES: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];

fn root_of(count: usize) -> String {
    let mut tree = Tree::default();
    for leaf in LEAVES.iter().take(count) {
        tree.push_leaf(&hex::decode(leaf).unwrap());
    }
    tree.root().to_string()
}

/// The definition of RFC 6962, word for word: split at the largest power of two below the size.
fn defined(leaves: &[EntryHash]) -> [u8; 32] {
    match leaves {
        [] => Sha256::digest(b"").into(),
        [only] => leaf(&only.0),
        more => {
            let (left, right) = more.split_at(more.len().next_power_of_two() / 2);
            node(&defined(left), &defined(right))
        }
    }
}

#[test]
fn roots_are_those_of_certificate_transparency() {
    let known = [
        (
            0,
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ),
        (
            1,
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        ),
        (
            2,
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        ),
        (
            3,
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        ),
        (
            8,
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ),
    ];
    for (count, root) in known {
        assert_eq!(root_of(count), root, "{count} leaves");
    }
}

#[test]
fn growing_gives_the_defined_root_at_every_size() {
    let mut tree = Tree::default();
    let mut leaves = Vec::new();
    for n in 0..=u8::MAX {
        assert_eq!(tree.root().0, defined(&leaves), "{n} entries");
        assert_eq!(tree.size(), u64::from(n));
        leaves.push(EntryHash([n; 32]));
        tree.push(EntryHash([n; 32]));
    }
    assert_eq!(tree.root().0, defined(&leaves));
}
