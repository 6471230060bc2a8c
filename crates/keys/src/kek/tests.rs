use vaultpilot_core::{KeyManagement, TenantId, Timestamp};
use vaultpilot_ports::keys::{KeyContext, KeyError};

use super::*;

const TENANT: &str = "tnt_01HZX3J9QK8B3V6T2N4M5P7R9S";
const OTHER: &str = "tnt_01HZX3J9QK8B3V6T2N4M5P7R9T";

type Forge = fn(&mut TenantKek);

fn seed(byte: u8) -> Secret {
    let mut seed = Secret::empty();
    seed.bytes_mut().fill(byte);
    seed
}

fn tenant(text: &str) -> TenantId {
    text.parse().unwrap()
}

fn kek(mac: &KekMac) -> TenantKek {
    let publics = OpenKek::of(&seed(1)).publics().ok().unwrap();
    let mut kek = TenantKek {
        version: 1,
        generation: 1,
        management: KeyManagement::Local,
        root: "0011223344556677".to_owned(),
        wrapped: vec![1, 2, 3],
        seals: publics.seals,
        imports: publics.imports,
        mac: [0; 32],
        created_at: Timestamp::UNIX_EPOCH,
    };
    kek.mac = mac.over(tenant(TENANT), &kek);
    kek
}

#[test]
fn both_pairs_are_the_seeds_own() {
    let [one, again, two] = [1, 1, 2].map(|byte| OpenKek::of(&seed(byte)).publics().ok().unwrap());
    assert_eq!(one, again);
    assert_ne!(one.seals, two.seals);
    assert_ne!(one.imports, two.imports);
    assert_ne!(one.seals, one.imports);
}

#[test]
fn the_mac_covers_all_that_stays() {
    let mac = KekMac::new(&[7; 32]);
    let real = kek(&mac);
    assert_eq!(mac.admit(tenant(TENANT), &real), Ok(()));
    assert_eq!(
        mac.admit(tenant(OTHER), &real),
        Err(KeyError::KekForged),
        "another tenant's"
    );
    let other = KekMac::new(&[8; 32]);
    assert_eq!(
        other.admit(tenant(TENANT), &real),
        Err(KeyError::KekForged),
        "another house's"
    );
    let vault = KeyManagement::Vault {
        mount: "transit".to_owned(),
        key: "root".to_owned(),
        role: String::new(),
    };
    let forgeries: [(&str, Forge); 5] = [
        ("version", |kek| kek.version = 2),
        ("seals", |kek| kek.seals[31] ^= 1),
        ("imports", |kek| kek.imports[0] ^= 1),
        ("mac", |kek| kek.mac[0] ^= 1),
        ("halves", |kek| {
            std::mem::swap(&mut kek.seals, &mut kek.imports);
        }),
    ];
    for (what, forge) in forgeries {
        let mut forged = real.clone();
        forge(&mut forged);
        let refused = mac.admit(tenant(TENANT), &forged);
        assert_eq!(refused, Err(KeyError::KekForged), "{what}");
    }
    let elsewhere = TenantKek {
        management: vault,
        ..real.clone()
    };
    let refused = mac.admit(tenant(TENANT), &elsewhere);
    assert_eq!(refused, Err(KeyError::KekForged));

    // Wrapped anew it is the same key.
    let anew = TenantKek {
        generation: 2,
        root: "another".to_owned(),
        wrapped: vec![4],
        ..real
    };
    assert_eq!(mac.admit(tenant(TENANT), &anew), Ok(()));
}

#[test]
fn a_voucher_is_for_one_tenant_and_one_text() {
    let mac = KekMac::new(&[7; 32]);
    let said = mac.vouch(tenant(TENANT), b"export");
    let vouched = |mac: &KekMac, of, what: &[u8]| mac.vouched(tenant(of), what, &said);
    assert_eq!(vouched(&mac, TENANT, b"export"), Ok(()));
    for (mac, of, what) in [
        (&mac, OTHER, &b"export"[..]),
        (&mac, TENANT, b"export "),
        (&mac, TENANT, b""),
        (&KekMac::new(&[8; 32]), TENANT, b"export"),
    ] {
        assert_eq!(vouched(mac, of, what), Err(KeyError::NotVouched));
    }
}

/// One pepper, three keys: what is said under one of them says nothing under another.
#[test]
fn no_voucher_passes_for_another_kind() {
    let mac = KekMac::new(&[7; 32]);
    let real = kek(&mac);
    let context = KeyContext {
        tenant: tenant(TENANT),
        wallet: "wal_01HZX3J9QK8B3V6T2N4M5P7R9T".parse().unwrap(),
        version: 1,
    };
    let external = mac.over_external(&context, b"envelope");
    assert_eq!(mac.admit_external(&context, b"envelope", &external), Ok(()));
    let text = format!("{}|{}|envelope", context.wallet, context.version);
    let said = mac.vouch(context.tenant, text.as_bytes());
    assert_ne!(said, external, "the same text under another key");
    let refused = mac.admit_external(&context, b"envelope", &said);
    assert_eq!(refused, Err(KeyError::NotUnwrapped));
    let text = format!(
        "1|\"local\"|{}|{}",
        hex::encode(real.seals),
        hex::encode(real.imports)
    );
    let forged = TenantKek {
        mac: mac.vouch(context.tenant, text.as_bytes()),
        ..real
    };
    let refused = mac.admit(context.tenant, &forged);
    assert_eq!(refused, Err(KeyError::KekForged));
}
