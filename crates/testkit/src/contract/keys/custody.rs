//! The way in and the way out.

use vaultpilot_ports::keys::{Export, KeyContext, KeyError, SealedKey};

use super::{Bench, context};
use crate::fixture::wallet_id;

pub(super) async fn run(bench: Bench<'_>) {
    brings_in_what_was_sealed_for_the_tenant(bench).await;
    brings_in_nothing_else(bench).await;
    seals_what_leaves_to_its_receiver(bench).await;
    writes_a_keystore(bench).await;
    lets_out_nothing_in_another_context(bench).await;
}

const DIGITS: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

async fn brings_in_what_was_sealed_for_the_tenant(bench: Bench<'_>) {
    let tenant = context().tenant;
    let old = bench.kek(tenant, 1).await;
    let new = bench.kek(tenant, 2).await;
    let mut addresses = Vec::new();
    for text in [
        DIGITS.to_owned(),
        format!("0x{DIGITS}"),
        format!(" \n0x{}\r\n", DIGITS.to_uppercase()),
    ] {
        // Sealed before a rotation, wrapped after it.
        let sealed = SealedKey((bench.seal)(&old.imports, &text));
        let context = KeyContext {
            tenant,
            ..context()
        };
        let imported = bench.custodian.import(context, &sealed, &old, &new).await;
        let (address, key) = imported.unwrap();
        assert_eq!(
            (key.version, key.generation, key.kek),
            (context.version, 1, Some(2))
        );
        let made = super::Made {
            context,
            kek: new.clone(),
            key,
            address,
        };
        assert!(bench.sign(&made).await.is_ok());
        addresses.push(address);
    }
    assert!(addresses.windows(2).all(|pair| pair[0] == pair[1]));
}

async fn brings_in_nothing_else(bench: Bench<'_>) {
    let context = context();
    let kek = bench.kek(context.tenant, 1).await;
    let other = bench.kek(super::context().tenant, 1).await;
    let seal = |text: &str| (bench.seal)(&kek.imports, text);
    let zero = "0".repeat(64);
    let whole = seal(DIGITS);
    for wrong in [
        (bench.seal)(&other.imports, DIGITS),
        seal(""),
        seal(&DIGITS[1..]),
        seal(&format!("{DIGITS}00")),
        seal(&DIGITS.replace('f', "g")),
        seal(&format!("{DIGITS}\n{DIGITS}")),
        seal(&zero),
        seal(&"f".repeat(64)),
        seal(&"0".repeat(100_000)),
        whole[..whole.len() / 2].to_owned(),
        DIGITS.to_owned(),
        String::new(),
    ] {
        let imported = bench
            .custodian
            .import(context, &SealedKey(wrong.clone()), &kek, &kek)
            .await;
        assert!(
            matches!(imported, Err(KeyError::Sealed { .. })),
            "{wrong}: {imported:?}"
        );
    }
}

/// What was exported to a tenant's own recipient is the same key when it is imported again.
async fn seals_what_leaves_to_its_receiver(bench: Bench<'_>) {
    let made = bench.made().await;
    let receiver = bench.kek(context().tenant, 1).await;
    let to = |recipient: String| Export::Age { recipient };
    let export = async |export: &Export| {
        bench
            .custodian
            .export(
                made.context,
                &made.key,
                Some(&made.kek),
                made.address,
                export,
                &made.kek,
            )
            .await
    };
    let bundle = export(&to((bench.recipient)(&receiver.imports))).await;
    let sealed = SealedKey(bundle.unwrap());
    let theirs = context();
    let imported = bench
        .custodian
        .import(theirs, &sealed, &made.kek, &made.kek)
        .await;
    assert!(
        matches!(imported, Err(KeyError::Sealed { .. } | KeyError::KekForged)),
        "{imported:?}"
    );
    for wrong in ["", "age1", "somebody"] {
        let refused = export(&to(wrong.to_owned())).await;
        assert!(matches!(refused, Err(KeyError::Sealed { .. })), "{wrong}");
    }

    let own = export(&to((bench.recipient)(&made.kek.imports))).await;
    let context = KeyContext {
        wallet: wallet_id(),
        ..made.context
    };
    let imported = bench
        .custodian
        .import(context, &SealedKey(own.unwrap()), &made.kek, &made.kek)
        .await;
    assert_eq!(imported.unwrap().0, made.address);
}

async fn writes_a_keystore(bench: Bench<'_>) {
    let made = bench.made().await;
    let export_for = async |password: String, kek: u32| {
        bench
            .custodian
            .export(
                made.context,
                &made.key,
                Some(&made.kek),
                made.address,
                &Export::Keystore { password, kek },
                &made.kek,
            )
            .await
    };
    let export = async |password: String| export_for(password, made.kek.version).await;
    let sealed = (bench.seal)(&made.kek.imports, "correct horse battery");
    // Where nobody said for which key, it is the one that is handed in; another one is asked for.
    assert!(export_for(sealed.clone(), 0).await.is_ok());
    let version = made.kek.version + 1;
    let refused = export_for(sealed.clone(), version).await;
    assert_eq!(refused, Err(KeyError::KekMissing { version }));
    let text = export(sealed).await.unwrap();
    let keystore: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(keystore["version"], 3);
    let address = keystore["address"].as_str().unwrap();
    let own = format!("{:x}", made.address);
    assert_eq!(address.trim_start_matches("0x"), own);
    let twelve = (bench.seal)(&made.kek.imports, "päßwörter-12");
    assert!(export(twelve).await.is_ok(), "characters count, not bytes");
    let short = (bench.seal)(&made.kek.imports, "päßwörter-1");
    for wrong in ["correct horse battery", "", short.as_str()] {
        let refused = export(wrong.to_owned()).await;
        assert!(matches!(refused, Err(KeyError::Sealed { .. })), "{wrong}");
    }
}

async fn lets_out_nothing_in_another_context(bench: Bench<'_>) {
    let (made, other) = (bench.made().await, bench.made().await);
    let export = Export::Age {
        recipient: (bench.recipient)(&other.kek.imports),
    };
    let wallet = KeyContext {
        wallet: other.context.wallet,
        ..made.context
    };
    for (context, address, why) in [
        (wallet, made.address, KeyError::NotUnwrapped),
        (other.context, made.address, KeyError::NotUnwrapped),
        (made.context, other.address, KeyError::WrongAddress),
    ] {
        let refused = bench
            .custodian
            .export(
                context,
                &made.key,
                Some(&made.kek),
                address,
                &export,
                &made.kek,
            )
            .await;
        assert_eq!(refused, Err(why));
    }
}
