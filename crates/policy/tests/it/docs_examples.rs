//! Every policy the documentation shows compiles, is a file to apply, and does what is said of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use vaultpilot_core::{Address, Asset, BaseUnits, ChainId, Effect, Tool, asset::Token};
use vaultpilot_policy::{Decision, Document, Layer, Policy};

use crate::script::{World, agent, command::address, label};

const USDC: &str = "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The tokens of the examples have six decimals.
fn six(asset: Asset) -> Option<u8> {
    matches!(asset.token, Token::Erc20(_)).then_some(6)
}

fn compiled(text: &str) -> Policy {
    Document::from_yaml(text).unwrap().compile(&six).unwrap()
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
    found
}

/// The examples by file name, with their text.
fn examples() -> BTreeMap<String, String> {
    let folder = root().join("docs/examples");
    let named = |path: PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, std::fs::read_to_string(&path).unwrap())
    };
    let cluster = folder.join("kubernetes");
    files(&folder, ".yaml")
        .into_iter()
        .filter(|path| !path.starts_with(&cluster))
        .map(named)
        .collect()
}

/// The custom resources of the examples. Whether they are accepted is asked in `vaultpilot-crds`.
fn custom_resources() -> Vec<String> {
    let mut all = Vec::new();
    for path in files(&root().join("docs/examples/kubernetes"), ".yaml") {
        let text = std::fs::read_to_string(&path).unwrap();
        all.extend(text.split("---\n").map(str::to_owned));
    }
    all
}

/// The fenced blocks of a page that are YAML and hold a policy.
fn shown(page: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut block: Option<String> = None;
    for line in page.lines() {
        match (&mut block, line.trim_end()) {
            (None, "```yaml") => block = Some(String::new()),
            (Some(text), "```") => {
                blocks.push(std::mem::take(text));
                block = None;
            }
            (Some(text), _) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, _) => {}
        }
    }
    blocks.retain(|text| text.contains("kind: Policy"));
    blocks
}

#[test]
fn every_example_compiles() {
    let examples = examples();
    assert!(examples.len() >= 6, "{:?}", examples.keys());
    for text in examples.values() {
        compiled(text);
    }
}

#[test]
fn every_policy_on_a_page_is_one_of_the_files() {
    let mut pages = files(&root().join("docs"), ".md");
    pages.push(root().join("README.md"));
    let mut known: Vec<String> = examples().into_values().collect();
    known.push(vaultpilot_policy::DEVNET_GUARD.to_owned());
    known.extend(custom_resources());
    let mut seen = 0;
    for page in pages {
        for block in shown(&std::fs::read_to_string(&page).unwrap()) {
            assert!(
                known.contains(&block),
                "{} shows a policy that is in no file:\n{block}",
                page.display()
            );
            seen += 1;
        }
    }
    assert!(seen >= 6, "the pages show {seen} policies");
}

fn world(names: &[&str]) -> World {
    let examples = examples();
    let mut world = World::new();
    for name in names {
        world
            .policies
            .insert((*name).to_owned(), compiled(&examples[*name]));
    }
    let base = ChainId::eip155(8453);
    let ten = BaseUnits::parse("10", 18).unwrap();
    world.balances = BTreeMap::from([
        (Asset::native(base), ten),
        (Asset::native(ChainId::eip155(1)), ten),
        (usdc(), BaseUnits::parse("100000", 6).unwrap()),
    ]);
    world
}

fn usdc() -> Asset {
    Asset::erc20(ChainId::eip155(8453), USDC.parse::<Address>().unwrap())
}

fn pay(world: &mut World, asset: Asset, amount: &str) -> Decision {
    pay_to(world, asset, amount, address("alice"))
}

fn pay_to(world: &mut World, asset: Asset, amount: &str, recipient: Address) -> Decision {
    let decimals = six(asset).unwrap_or(18);
    let amount = BaseUnits::parse(amount, decimals).unwrap();
    let outflow = Effect::Outflow {
        asset,
        amount,
        recipient,
    };
    world.decide(Tool::Transfer, &[outflow])
}

#[test]
fn the_treasury_pays_asks_and_denies_as_the_page_says() {
    let mut world = world(&["treasury.yaml"]);
    assert_eq!(world.policies["treasury.yaml"].layer(), Layer::Wallet);
    let eth = Asset::native(ChainId::eip155(8453));
    let new = pay(&mut world, eth, "0.01");
    assert!(new.approval().is_some(), "a new recipient: {new:?}");
    let first_paid_at = world.now;
    let known = vaultpilot_policy::RecipientFacts { first_paid_at };
    world.recipients.insert(address("alice"), known);
    world.wait(std::time::Duration::from_hours(24));
    assert!(pay(&mut world, eth, "0.02").is_allow());
    assert!(pay(&mut world, eth, "0.021").approval().is_some());
    assert!(pay(&mut world, eth, "0.051").is_deny());
    assert!(pay(&mut world, usdc(), "100").is_allow());
    assert!(pay(&mut world, usdc(), "100.000001").approval().is_some());
    assert!(pay(&mut world, usdc(), "250.000001").is_deny());
}

#[test]
fn the_support_bot_gets_less_than_its_wallet() {
    let mut world = world(&["treasury.yaml", "tenant-ceiling.yaml", "support-bot.yaml"]);
    assert_eq!(world.policies["support-bot.yaml"].layer(), Layer::Agent);
    let first_paid_at = world.now;
    let known = vaultpilot_policy::RecipientFacts { first_paid_at };
    world.recipients.insert(address("alice"), known);
    world.wait(std::time::Duration::from_hours(24));
    let eth = Asset::native(ChainId::eip155(8453));
    world.caller = agent("support-bot");
    assert!(pay(&mut world, usdc(), "20").is_allow());
    assert!(pay(&mut world, usdc(), "21").is_deny());
    assert!(pay(&mut world, eth, "0.01").is_deny());
    world.caller = agent("bot");
    assert!(pay(&mut world, usdc(), "21").is_allow());
    assert!(pay(&mut world, eth, "0.01").is_allow());
}

#[test]
fn suppliers_are_paid_and_nobody_else() {
    let mut world = world(&["listed-recipients.yaml"]);
    world.wallet = Some(label("suppliers"));
    let eth = Asset::native(ChainId::eip155(1));
    let listed = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
        .parse::<Address>()
        .unwrap();
    assert!(pay_to(&mut world, eth, "1", listed).is_allow());
    assert!(
        pay_to(&mut world, eth, "2", listed)
            .approval()
            .is_some_and(|terms| terms.code)
    );
    assert!(pay(&mut world, eth, "0.1").is_deny());
}

#[test]
fn the_analyst_reads_and_never_pays() {
    let mut world = world(&["read-only.yaml"]);
    world.caller = agent("analyst");
    assert!(world.admit(Tool::GetBalances).is_allow());
    assert!(world.admit(Tool::ListEvents).is_allow());
    assert!(world.admit(Tool::Transfer).is_deny());
    assert!(world.admit(Tool::FreezeWallet).is_deny());
}
