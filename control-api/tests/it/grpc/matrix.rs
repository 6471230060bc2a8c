//! Every method of the contract, whoever asks: enumerated from the descriptor, never sampled.

use std::collections::BTreeSet;

use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, Value,
};
use vaultpilot_control_api::grpc::{Access, TABLE, access};
use vaultpilot_core::Clock as _;
use vaultpilot_proto::prost::Message as _;
use vaultpilot_proto::tonic::{Code, Status};
use vaultpilot_proto::{FILE_DESCRIPTOR_SET, Method, methods};

use super::door::{Door, Side};
use super::wire::{call, reason};

#[test]
fn every_method_stands_in_the_table() {
    let contract: BTreeSet<String> = methods().iter().map(Method::path).collect();
    assert!(contract.len() > 30, "{contract:?}");
    for path in &contract {
        assert!(access(path).is_some(), "{path} is not in the table");
    }
    for (service, method, access) in TABLE {
        let ours = service.starts_with("vaultpilot.");
        assert_eq!(ours, *access != Access::Open, "{service}/{method}");
        let known = contract.contains(&format!("/{service}/{method}"));
        assert_eq!(known, ours, "{service}/{method} is in no contract");
    }
    let rows: BTreeSet<_> = TABLE.iter().map(|(s, m, _)| (s, m)).collect();
    assert_eq!(rows.len(), TABLE.len(), "a row stands twice");
}

/// Whose words stand in a message.
struct Words<'a> {
    /// Of every id, name and credential.
    of: &'a Side,
    /// Of the tenant the message names.
    tenant: &'a Side,
    context: &'a [u8],
    now: prost_reflect::prost_types::Timestamp,
}

impl Words<'_> {
    fn message(&self, method: &Method, kind: &MessageDescriptor) -> Vec<u8> {
        self.fill(method, kind).encode_to_vec()
    }

    fn fill(&self, method: &Method, kind: &MessageDescriptor) -> DynamicMessage {
        let mut message = DynamicMessage::new(kind.clone());
        let mut seen = BTreeSet::new();
        for field in kind.fields() {
            // One of a choice is enough.
            let choice = field.containing_oneof().filter(|one| !one.is_synthetic());
            if choice.is_some_and(|one| !seen.insert(one.name().to_owned())) {
                continue;
            }
            let value = self.value(method, &field);
            let value = if field.is_list() {
                Value::List(vec![value])
            } else {
                value
            };
            message.set_field(&field, value);
        }
        message
    }

    fn value(&self, method: &Method, field: &FieldDescriptor) -> Value {
        match field.kind() {
            Kind::Message(kind) if kind.full_name() == "google.protobuf.Timestamp" => {
                let mut at = DynamicMessage::new(kind);
                at.set_field_by_name("seconds", Value::I64(self.now.seconds));
                Value::Message(at)
            }
            Kind::Message(kind) => Value::Message(self.fill(method, &kind)),
            Kind::String => Value::String(self.text(method, field.name())),
            Kind::Bytes => Value::Bytes(self.context.to_vec().into()),
            Kind::Bool => Value::Bool(false),
            Kind::Enum(_) => Value::EnumNumber(1),
            Kind::Uint32 => Value::U32(1),
            Kind::Int32 => Value::I32(1),
            Kind::Uint64 => Value::U64(1),
            Kind::Int64 => Value::I64(1),
            other => panic!("{}: no word for {other:?}", field.full_name()),
        }
    }

    /// A field that has no word here fails the test: nothing is left empty by mistake.
    fn text(&self, method: &Method, field: &str) -> String {
        let Side {
            wallet,
            label,
            address,
            transaction,
            request,
            key,
            ..
        } = self.of;
        let by_id = method.service.ends_with("StrategyService");
        match field {
            "tenant" if by_id => self.tenant.id.to_string(),
            "tenant" => self.tenant.name.to_owned(),
            "credential" => key.clone(),
            "wallet" if method.service.ends_with("ResourceService") => label.clone(),
            "wallet" => wallet.clone(),
            "label" => format!("{label}-two"),
            "to" => address.clone(),
            "transaction" | "confirm_duplicate_of" => transaction.clone(),
            "request_id" => request.clone(),
            "approval" => "apr_01HZX3J9QK8B3V6T2N4M5P7R9S".to_owned(),
            "run" => "run_01HZX3J9QK8B3V6T2N4M5P7R9S".to_owned(),
            "name" if method.name.starts_with("Tenant") => self.of.name.to_owned(),
            "name" => label.clone(),
            "namespace" => format!("vp-{}", self.of.name),
            "chain" | "chains" => "eip155:31337".to_owned(),
            "token" => "native".to_owned(),
            "amount" if method.name == "Faucet" => "1".to_owned(),
            "amount" | "max_per_run" | "max_per_day" | "max_total" | "min_wallet_balance" => {
                "0.1".to_owned()
            }
            "max_base_fee_gwei" => "100".to_owned(),
            "tool" => "get_wallet".to_owned(),
            "state" => "broadcast".to_owned(),
            "client_ip" => "10.0.0.1".to_owned(),
            "holder" => "pod-1".to_owned(),
            "cron" => "0 * * * *".to_owned(),
            "time_zone" => "UTC".to_owned(),
            "id" => "read-1".to_owned(),
            "cursor" | "resume_token" | "refused" => String::new(),
            "reason" | "memo" | "suspended" | "frozen" | "uid" | "document" => "x".to_owned(),
            other => panic!("{}: no word for {other}", method.path()),
        }
    }
}

struct Matrix {
    door: Door,
    pool: DescriptorPool,
    now: prost_reflect::prost_types::Timestamp,
}

impl Matrix {
    async fn new() -> Self {
        let door = Door::new().await;
        let now = prost_reflect::prost_types::Timestamp {
            seconds: door.clock.now().as_second(),
            nanos: 0,
        };
        Self {
            door,
            pool: DescriptorPool::decode(FILE_DESCRIPTOR_SET).unwrap(),
            now,
        }
    }

    fn message(&self, method: &Method, of: &Side, tenant: &Side, context: &[u8]) -> Vec<u8> {
        let kind = self
            .pool
            .get_message_by_name(method.input.trim_start_matches('.'))
            .unwrap();
        let words = Words {
            of,
            tenant,
            context,
            now: self.now,
        };
        words.message(method, &kind)
    }

    async fn ask(
        &self,
        method: &Method,
        message: Vec<u8>,
        token: Option<&str>,
    ) -> Result<Vec<u8>, Status> {
        let (channel, path) = (&self.door.channel, method.path());
        call(channel, &path, method.streams, message, token).await
    }
}

#[track_caller]
fn refused(method: &Method, answer: &Result<Vec<u8>, Status>, reasons: &[&str]) {
    let status = answer
        .as_ref()
        .err()
        .unwrap_or_else(|| panic!("{} was answered", method.path()));
    assert_eq!(status.code(), Code::Unauthenticated, "{status:?}");
    let reason = reason(status);
    assert!(
        reasons.contains(&reason.as_str()),
        "{}: {reason} is none of {reasons:?}",
        method.path()
    );
}

#[tokio::test]
async fn nobody_is_let_in_without_a_token() {
    let matrix = Matrix::new().await;
    let (acme, reviews) = (&matrix.door.acme, matrix.door.cluster.reviews());
    for method in methods() {
        let message = matrix.message(&method, acme, acme, &acme.context);
        let answer = matrix.ask(&method, message, None).await;
        refused(&method, &answer, &["workload_refused"]);
    }
    assert_eq!(
        matrix.door.cluster.reviews(),
        reviews,
        "nobody was asked about"
    );
}

#[tokio::test]
async fn tenants_never_meet() {
    let matrix = Matrix::new().await;
    let Door { acme, umbra, .. } = &matrix.door;
    let before = matrix.door.entries(umbra).await;
    let strange = ["workload_refused", "context_over"];
    let mut answered = 0;
    for method in methods() {
        let access = access(&method.path()).unwrap();
        // All of it is the other tenant's: names, ids, credential, context.
        let theirs = matrix.message(&method, umbra, umbra, &umbra.context);
        let answer = matrix.ask(&method, theirs, Some(&acme.token)).await;
        refused(&method, &answer, &strange);
        // The tenant is named rightly, the context is the other tenant's.
        let mixed = matrix.message(&method, umbra, acme, &umbra.context);
        let answer = matrix.ask(&method, mixed, Some(&acme.token)).await;
        if let Access::Caller | Access::Operator = access {
            refused(&method, &answer, &strange);
        }
        nothing_of(umbra, &method, answer.as_ref());
        // Tenant and context are its own, and every id is the other tenant's.
        let ids = matrix.message(&method, umbra, acme, &acme.context);
        let answer = matrix.ask(&method, ids, Some(&acme.token)).await;
        if access == Access::Operator {
            refused(&method, &answer, &strange);
        }
        nothing_of(umbra, &method, answer.as_ref());
        answered += usize::from(answer.is_ok());
    }
    assert!(answered >= 5, "what names nothing is answered: {answered}");
    let after = matrix.door.entries(umbra).await;
    assert_eq!(after, before, "nothing happened at the other tenant");
    let mut view = vaultpilot_ports::Store::read(&matrix.door.store, umbra.id)
        .await
        .unwrap();
    let wallets = view
        .wallet_list(vaultpilot_ports::store::Page::first(10))
        .await
        .unwrap();
    assert_eq!(wallets.len(), 1);
    assert_eq!(wallets[0].state, vaultpilot_core::WalletState::Active);
}

/// No word of the other tenant comes back that the asker did not say itself; an answer, least of
/// all, tells what it does not know.
fn nothing_of(other: &Side, method: &Method, answer: Result<&Vec<u8>, &Status>) {
    let Ok(bytes) = answer else { return };
    let text = String::from_utf8_lossy(bytes);
    // `to` of a payment is the asker's own word.
    let secrets = [
        ("tenant", other.id.to_string()),
        ("wallet", other.wallet.clone()),
        ("transaction", other.transaction.clone()),
        ("key", other.key_id.to_string()),
        ("agent", format!("{}-bot", other.name)),
    ];
    for (what, secret) in secrets {
        assert!(
            secret.is_empty() || !text.contains(&secret),
            "{} gives the other tenant's {what}: {text}",
            method.path()
        );
    }
}

#[tokio::test]
async fn a_pod_gets_what_is_its_own() {
    let matrix = Matrix::new().await;
    let acme = &matrix.door.acme;
    let mut answered = Vec::new();
    for method in methods() {
        if access(&method.path()) == Some(Access::Operator) {
            continue;
        }
        let message = matrix.message(&method, acme, acme, &acme.context);
        match matrix.ask(&method, message, Some(&acme.token)).await {
            Ok(_) => answered.push(method.name),
            Err(status) => assert_ne!(
                status.code(),
                Code::Unauthenticated,
                "{}: {status:?}",
                method.path()
            ),
        }
    }
    for name in [
        "Authenticate",
        "Tools",
        "WalletFetch",
        "WalletList",
        "Budget",
        "Policy",
        "Check",
        "Transaction",
        "EventList",
        "WatchSnapshot",
        "RecordReads",
        "StrategyLease",
        "StrategyNext",
    ] {
        assert!(
            answered.iter().any(|one| one == name),
            "{name} is not among {answered:?}"
        );
    }
}
