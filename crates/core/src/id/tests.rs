use super::*;
use crate::Timestamp;

struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(1_700_000_000_123).unwrap()
    }
}

impl Entropy for Fixed {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

#[test]
fn round_trips_and_carries_its_prefix() {
    let id = WalletId::new(&Fixed, &Fixed);
    let text = id.to_string();
    assert!(text.starts_with("wal_") && text.len() == 30, "{text}");
    assert_eq!(text.parse::<WalletId>().unwrap(), id);
    assert_eq!(
        serde_json::from_str::<WalletId>(&format!("\"{text}\"")).unwrap(),
        id
    );
}

#[test]
fn one_kind_is_never_another() {
    let text = WalletId::new(&Fixed, &Fixed).to_string();
    assert!(text.parse::<TenantId>().is_err());
    assert!(text.to_lowercase().parse::<WalletId>().is_err());
    assert!("wal_".parse::<WalletId>().is_err());
}
