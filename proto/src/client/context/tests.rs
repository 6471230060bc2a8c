use std::time::Duration;

use secrecy::SecretString;
use vaultpilot_core::{Caller, TenantId};

use super::{Contexts, Fingerprint, MAX_CALLERS};

const LIFE: Duration = Duration::from_mins(5);
const KEEP: Duration = Duration::from_mins(10);

fn contexts() -> Contexts {
    Contexts::new([7; 32], KEEP)
}

fn print(contexts: &Contexts, credential: &str) -> Fingerprint {
    let tenant = "acme".parse().unwrap();
    contexts.fingerprint(&tenant, &SecretString::from(credential.to_owned()), None)
}

fn caller(last: u8) -> Caller {
    let tenant: TenantId = "tnt_01JAAAAAAAAAAAAAAAAAAAAAAA".parse().unwrap();
    let mut caller = Caller::system(tenant);
    caller.ip = Some([10, 0, 0, last].into());
    caller
}

#[test]
fn a_fingerprint_is_of_tenant_address_and_credential() {
    let contexts = contexts();
    let acme = "acme".parse().unwrap();
    let other = "other".parse().unwrap();
    let key = SecretString::from("key".to_owned());
    let base = contexts.fingerprint(&acme, &key, None);
    assert!(base == contexts.fingerprint(&acme, &key, None));
    assert!(base != contexts.fingerprint(&other, &key, None));
    assert!(base != contexts.fingerprint(&acme, &key, Some([10, 0, 0, 1].into())));
    assert!(base != print(&contexts, "kez"));
    assert!(base != print(&Contexts::new([8; 32], KEEP), "key"));
}

#[tokio::test(start_paused = true)]
async fn a_context_is_good_then_only_recognised_then_gone() {
    let contexts = contexts();
    let print = print(&contexts, "key");
    contexts.insert(print, caller(1), vec![1], LIFE);
    assert_eq!(contexts.caller(print), Some(caller(1)));
    assert_eq!(contexts.recent(8), [vec![1]]);

    tokio::time::advance(LIFE).await;
    assert_eq!(contexts.caller(print), None);
    assert_eq!(contexts.recent(8), Vec::<Vec<u8>>::new());
    assert_eq!(contexts.recognise(print), Some(caller(1)));
    assert_eq!(contexts.of(&caller(1)), Some(vec![1]));

    tokio::time::advance(KEEP).await;
    assert_eq!(contexts.recognise(print), None);
}

#[tokio::test(start_paused = true)]
async fn a_caller_has_its_newest_context_and_can_be_forgotten() {
    let contexts = contexts();
    let (old, new) = (print(&contexts, "old"), print(&contexts, "new"));
    contexts.insert(old, caller(1), vec![1], LIFE);
    contexts.insert(new, caller(1), vec![2], LIFE);
    assert_eq!(contexts.of(&caller(1)), Some(vec![2]));
    contexts.forget_caller(&caller(1));
    assert_eq!(contexts.of(&caller(1)), None);
    assert_eq!(contexts.recognise(old), None);
    assert_eq!(contexts.recognise(new), None);
}

#[tokio::test(start_paused = true)]
async fn memory_is_bounded_and_the_eldest_goes_first() {
    let contexts = contexts();
    let first = print(&contexts, "0");
    for number in 0..=MAX_CALLERS {
        tokio::time::advance(Duration::from_micros(1)).await;
        let print = print(&contexts, &number.to_string());
        contexts.insert(print, caller(1), vec![], LIFE);
    }
    assert_eq!(contexts.lock().known.len(), MAX_CALLERS);
    assert_eq!(contexts.recognise(first), None);
}
