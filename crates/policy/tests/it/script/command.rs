//! The commands. A word that is not understood stops the test.

use vaultpilot_core::{
    Address, ApprovalId, Asset, BaseUnits, Effect, Gwei, SignatureKind, Tool, Wei,
};
use vaultpilot_policy::{
    Document, Freeze, GasFacts, GrantedApproval, Layer, document::Span, duplicate_window,
};

use super::{CHAIN, World, agent, decimals, label, native, render, token};

impl World {
    /// Runs one command with the lines that follow it, and gives back what is printed.
    pub(crate) fn run(&mut self, command: &str, input: &[&str]) -> Vec<String> {
        let words: Vec<&str> = command.split_whitespace().collect();
        match words.as_slice() {
            ["spec", name] => self.spec(name, input, None),
            ["spec", name, "at", "platform"] => self.spec(name, input, Some(Layer::Platform)),
            ["document"] => read(&input.join("\n")),
            ["remove", name] => {
                self.quietly(|world| assert!(world.policies.remove(*name).is_some()))
            }
            ["wait", span] => self.quietly(|world| world.wait(duration(span))),
            ["agent", name] => self.quietly(|world| world.caller.kind = agent(name).kind),
            ["address", "unknown"] => self.quietly(|world| world.caller.ip = None),
            ["address", ip] => self.quietly(|world| world.caller.ip = Some(ip.parse().unwrap())),
            ["wallet", "none"] => self.quietly(|world| world.wallet = None),
            ["wallet", name] => self.quietly(|world| world.wallet = Some(label(name))),
            ["balance", unit, "unknown"] => self.quietly(|world| {
                world.balances.remove(&asset(unit));
            }),
            ["balance", unit, amount] => self.quietly(|world| {
                world.balances.insert(asset(unit), units(amount, unit));
            }),
            ["gas", "unknown"] => self.quietly(|world| world.gas = None),
            ["gas", "cost", cost, "fee", fee, "priority", priority] => self.quietly(|world| {
                world.gas = Some(GasFacts {
                    max_cost: wei(cost, 18),
                    max_fee_per_gas: wei(fee, Gwei::DECIMALS),
                    max_priority_fee_per_gas: wei(priority, Gwei::DECIMALS),
                });
            }),
            ["freeze", "platform"] => self.quietly(|world| world.freeze.platform = true),
            ["freeze", "tenant"] => self.quietly(|world| world.freeze.tenant = true),
            ["freeze", "wallet", reason @ ..] => {
                self.quietly(|world| world.freeze.wallet = Some(reason.join(" ")))
            }
            ["thaw"] => self.quietly(|world| world.freeze = Freeze::default()),
            ["dry-run", "seen"] => self.quietly(|world| world.dry_run_seen = Some(true)),
            ["dry-run", "unseen"] => self.quietly(|world| world.dry_run_seen = Some(false)),
            ["dry-run", "unknown"] => self.quietly(|world| world.dry_run_seen = None),
            ["ledger", "silent"] => self.quietly(|world| world.ledger_answers = false),
            ["ledger", "answers"] => self.quietly(|world| world.ledger_answers = true),
            ["granted", "nothing"] => self.quietly(|world| world.approval = None),
            ["granted", "by", who, code] => self.quietly(|world| {
                world.approval = Some(GrantedApproval {
                    id: "apr_01ARZ3NDEKTSV4RRFFQ69G5FAV"
                        .parse::<ApprovalId>()
                        .unwrap(),
                    quorum: 1,
                    code: match *code {
                        "with-code" => true,
                        "without-code" => false,
                        other => panic!("{other}?"),
                    },
                    by: who.split(',').map(str::to_owned).collect(),
                });
            }),
            ["duplicate-window"] => {
                let wallet = self.wallet.as_ref();
                let window = duplicate_window(&self.set(), wallet, self.caller.name());
                vec![window.map_or("none".to_owned(), |window| Span::from(window).to_string())]
            }
            ["admit", tool] => render::decision(&self.admit(tool.parse().unwrap())),
            ["call", tool] => render::decision(&self.decide(tool.parse().unwrap(), &[])),
            ["transfer", payments @ ..] => {
                let effects: Vec<Effect> =
                    payments.split(|word| *word == "and").map(outflow).collect();
                render::decision(&self.decide(Tool::Transfer, &effects))
            }
            ["approve", amount, unit, "for", spender] => {
                let effect = Effect::Allowance {
                    asset: asset(unit),
                    spender: address(spender),
                    amount: units(amount, unit),
                    expires_at: None,
                };
                render::decision(&self.decide(Tool::Transfer, &[effect]))
            }
            ["opaque", "to", contract] => {
                let to = address(contract);
                let effect = Effect::Opaque {
                    chain: CHAIN,
                    to,
                    selector: None,
                };
                render::decision(&self.decide(Tool::Transfer, &[effect]))
            }
            ["sign", "message"] => {
                let effect = Effect::Signature {
                    signature: SignatureKind::Message,
                };
                render::decision(&self.decide(Tool::Transfer, &[effect]))
            }
            _ => panic!("no such command: {command}"),
        }
    }

    fn quietly(&mut self, change: impl FnOnce(&mut Self)) -> Vec<String> {
        change(self);
        vec![]
    }

    fn spec(&mut self, name: &str, input: &[&str], layer: Option<Layer>) -> Vec<String> {
        let head = "apiVersion: vaultpilot.io/v1alpha1\nkind: Policy\n";
        let body = input.join("\n  ");
        let text = format!("{head}metadata: {{ name: {name} }}\nspec:\n  {body}\n");
        let document = match Document::from_yaml(&text) {
            Ok(document) => document,
            Err(error) => return render::error(&error),
        };
        match document.compile(&decimals) {
            Ok(policy) => {
                let policy = match layer {
                    Some(layer) => policy.at_layer(layer),
                    None => policy,
                };
                let line = format!("{} layer", format!("{:?}", policy.layer()).to_lowercase());
                self.policies.insert(name.to_owned(), policy);
                vec![line]
            }
            Err(error) => error
                .problems
                .iter()
                .map(|problem| format!("refused: {problem}"))
                .collect(),
        }
    }
}

fn read(text: &str) -> Vec<String> {
    match Document::from_yaml(text) {
        Ok(document) => vec![format!("policy {}", document.metadata.name)],
        Err(error) => render::error(&error),
    }
}

fn outflow(words: &[&str]) -> Effect {
    let [amount, unit, "to", recipient] = words else {
        panic!("{words:?}?")
    };
    Effect::Outflow {
        asset: asset(unit),
        amount: units(amount, unit),
        recipient: address(recipient),
    }
}

fn asset(word: &str) -> Asset {
    match word {
        "eth" => native(),
        "tok" => token(),
        "mainnet-eth" => Asset::native(vaultpilot_core::ChainId::eip155(1)),
        "unlisted" => Asset::erc20(CHAIN, Address::repeat_byte(0xbb)),
        _ => panic!("no such asset: {word}"),
    }
}

fn units(text: &str, unit: &str) -> BaseUnits {
    BaseUnits::parse(text, if unit == "tok" { 6 } else { 18 }).unwrap()
}

fn wei(text: &str, decimals: u8) -> Wei {
    Wei(u128::try_from(BaseUnits::parse(text, decimals).unwrap().0).unwrap())
}

fn duration(text: &str) -> std::time::Duration {
    text.parse::<Span>().unwrap().duration()
}

pub(crate) fn address(word: &str) -> Address {
    match word {
        "alice" => Address::repeat_byte(0x11),
        "bob" => Address::repeat_byte(0x22),
        "carol" => Address::repeat_byte(0x33),
        _ => panic!("nobody is called {word}"),
    }
}
