//! `docs/reference/kinds.md`.

mod field;

use std::fmt::Write;

use serde_json::Value;
use vaultpilot_crds::manifest::{ManifestError, kinds as definitions};
use vaultpilot_crds::{
    PolicyCondition, StrategyCondition, TenantCondition, WalletCondition, admission,
};

const HEAD: &str = "\
# Kinds

The kinds of `vaultpilot.io/v1alpha1`, in the category `vaultpilot`: `kubectl get vaultpilot -A` \
shows all of them. References are to objects of the same namespace. Amounts are decimal numbers \
in token units, in quotes.

Beside its type a field shows what it must look like; what is marked *required* has no default. \
The rules below a kind are evaluated by the API server, which refuses an object with the rule's \
sentence.
";

pub(crate) fn kinds() -> Result<String, ManifestError> {
    let mut page = HEAD.to_owned();
    for definition in definitions()? {
        kind(&mut page, &definition);
    }
    admissions(&mut page);
    Ok(page)
}

fn kind(page: &mut String, definition: &Value) {
    let spec = &definition["spec"];
    let version = &spec["versions"][0];
    let schema = &version["schema"]["openAPIV3Schema"];
    let name = text(&spec["names"]["kind"]);
    let short = text(&spec["names"]["shortNames"][0]);
    let scope = match text(&spec["scope"]) {
        "Cluster" => "Of the cluster, not of a namespace.",
        _ => "In a tenant's namespace.",
    };
    section(
        page,
        &format!("## {name}\n\n{}", text(&schema["description"])),
    );
    section(page, &format!("{scope} Short name `{short}`."));

    let columns = items(&version["additionalPrinterColumns"])
        .map(|column| format!("`{}`", text(&column["name"]).to_uppercase()))
        .collect::<Vec<_>>();
    section(
        page,
        &format!("`kubectl get` shows {}.", columns.join(" · ")),
    );

    for part in ["spec", "status"] {
        section(
            page,
            &format!("### {name}.{part}\n\n| field | type | meaning |\n| --- | --- | --- |"),
        );
        for field in field::fields(&schema["properties"][part]) {
            line(page, &field.row());
        }
    }
    section(page, &format!("### Rules of {name}"));
    line(page, "");
    for rule in field::rules(schema) {
        line(page, &format!("- {}", rule.replace('<', "&lt;")));
    }
    section(
        page,
        &format!("### Conditions of {name}\n\n| type | when it is `True` |\n| --- | --- |"),
    );
    for (condition, meaning) in conditions(name) {
        line(page, &format!("| `{condition}` | {meaning} |"));
    }
}

fn conditions(kind: &str) -> Vec<(&'static str, &'static str)> {
    macro_rules! of {
        ($kind:ident) => {
            $kind::ALL
                .iter()
                .map(|one| (one.as_str(), one.meaning()))
                .collect()
        };
    }
    match kind {
        "Tenant" => of!(TenantCondition),
        "Wallet" => of!(WalletCondition),
        "Strategy" => of!(StrategyCondition),
        _ => of!(PolicyCondition),
    }
}

fn admissions(page: &mut String) {
    section(
        page,
        "## Admission policies\n\nRules that need to know who asks, or what else is there.\n\n| \
         policy | refuses with |\n| --- | --- |",
    );
    for one in admission::all() {
        let name = one.policy.metadata.name.unwrap_or_default();
        let spec = one.policy.spec.unwrap_or_default();
        for validation in spec.validations.unwrap_or_default() {
            let message = validation.message.unwrap_or_default();
            line(page, &format!("| `{name}` | {message} |"));
        }
    }
}

fn section(page: &mut String, text: &str) {
    line(page, "");
    line(page, text);
}

fn line(page: &mut String, text: &str) {
    let written = writeln!(page, "{}", text.trim_end());
    debug_assert!(written.is_ok(), "a String takes whatever is written");
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
