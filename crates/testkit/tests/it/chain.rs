//! The fake chain behaves as a chain where a payment can tell the difference.

use vaultpilot_core::{Address, BaseUnits, Bytes, Call, Token, Wei};
use vaultpilot_intent::{Answer, Fees, SignedTx, UnsignedTx};
use vaultpilot_ports::chain::{Nonces, Simulation};
use vaultpilot_ports::{Broadcaster, ChainError, ChainReader, Faucet, TxCodec};
use vaultpilot_testkit::FakeChain;
use vaultpilot_testkit::chain::{Ask, Reach};
use vaultpilot_testkit::fixture::{CHAIN, OTHER_CHAIN, address, eth, second, transfer, wallet};
use vaultpilot_testkit::keys::fake_signature;

const FROM: u64 = 1;
const TO: u64 = 2;

fn payment(nonce: u64, coins: u64) -> UnsignedTx {
    let fees = Fees {
        gas_limit: 21_000,
        max_fee_per_gas: Wei(3_000_000_000),
        max_priority_fee_per_gas: Wei(1_000_000_000),
    };
    let (to, value) = (address(TO), eth(coins));
    let call = Call {
        chain: CHAIN,
        to,
        value,
        data: Bytes::new(),
    };
    UnsignedTx {
        from: address(FROM),
        call,
        nonce,
        fees,
    }
}

fn sign(chain: &FakeChain, tx: &UnsignedTx) -> SignedTx {
    let signature = fake_signature(tx.from, chain.signing_hash(tx));
    let (raw, hash) = chain.seal(tx, &signature).expect("signed by its sender");
    SignedTx {
        nonce: tx.nonce,
        fees: tx.fees,
        hash,
        raw,
        signed_at: second(0),
    }
}

fn rich() -> FakeChain {
    let chain = FakeChain::new();
    chain.fund(address(FROM), Token::Native, eth(100));
    chain
}

async fn nonces(chain: &FakeChain) -> Nonces {
    chain
        .nonces(CHAIN, address(FROM))
        .await
        .expect("the fake answers")
}

#[tokio::test]
async fn a_payment_happens_once() {
    let chain = rich();
    let [second_one, first] = [1, 0].map(|nonce| sign(&chain, &payment(nonce, 10)));
    // The later nonce waits for the earlier one.
    assert_eq!(
        chain.broadcast(CHAIN, &second_one.raw).await,
        Answer::Accepted
    );
    chain.mine();
    assert_eq!(chain.receipt(CHAIN, second_one.hash).await.unwrap(), None);
    assert_eq!(
        nonces(&chain).await,
        Nonces {
            latest: 0,
            pending: 0
        }
    );

    assert_eq!(chain.broadcast(CHAIN, &first.raw).await, Answer::Accepted);
    assert_eq!(
        chain.broadcast(CHAIN, &first.raw).await,
        Answer::AlreadyKnown
    );
    assert_eq!(
        nonces(&chain).await,
        Nonces {
            latest: 0,
            pending: 2
        }
    );
    let head = chain.mine();
    assert_eq!(
        nonces(&chain).await,
        Nonces {
            latest: 2,
            pending: 2
        }
    );
    assert_eq!(
        chain.broadcast(CHAIN, &first.raw).await,
        Answer::AlreadyKnown
    );

    let receipt = chain.receipt(CHAIN, first.hash).await.unwrap().unwrap();
    assert!(receipt.succeeded);
    assert_eq!(
        (receipt.block_number, receipt.block_hash),
        (head.number, head.hash)
    );
    assert_eq!(chain.balance_of(address(TO), Token::Native), eth(20));
    let burnt = receipt.gas_paid().to_base_units();
    let left = eth(80).saturating_sub(burnt).saturating_sub(burnt);
    assert_eq!(chain.balance_of(address(FROM), Token::Native), left);
    assert_eq!(chain.broadcasts().len(), 4);
}

#[tokio::test]
async fn a_block_can_be_unmade() {
    let chain = rich();
    let tx = sign(&chain, &payment(0, 10));
    chain.broadcast(CHAIN, &tx.raw).await;
    let mined = chain.mine();
    chain.mine_blocks(2);
    chain.reorganise(3);
    assert_eq!(chain.receipt(CHAIN, tx.hash).await.unwrap(), None);
    assert_eq!(chain.balance_of(address(FROM), Token::Native), eth(100));
    assert!(
        chain.knows(CHAIN, tx.hash).await.unwrap(),
        "it is back in the pool"
    );
    let again = chain.mine();
    assert_eq!(again.number, mined.number);
    assert_ne!(again.hash, mined.hash);
    assert!(chain.receipt(CHAIN, tx.hash).await.unwrap().is_some());

    chain.reorganise(1);
    assert!(chain.pools(&tx) && chain.forget(tx.hash));
    assert!(!chain.knows(CHAIN, tx.hash).await.unwrap());
}

#[tokio::test]
async fn nodes_refuse_what_nodes_refuse() {
    let chain = rich();
    let tx = sign(&chain, &payment(0, 10));
    assert_eq!(
        chain.broadcast(OTHER_CHAIN, &tx.raw).await,
        Answer::Rejected
    );
    assert_eq!(
        chain.broadcast(CHAIN, &Bytes::from_static(b"junk")).await,
        Answer::Rejected
    );
    let poor = sign(&chain, &payment(0, 100));
    assert_eq!(
        chain.broadcast(CHAIN, &poor.raw).await,
        Answer::Rejected,
        "no coin left for gas"
    );
    chain.broadcast(CHAIN, &tx.raw).await;
    let rival = sign(&chain, &payment(0, 11));
    assert_eq!(
        chain.broadcast(CHAIN, &rival.raw).await,
        Answer::Underpriced
    );
    chain.mine();
    assert_eq!(
        chain.broadcast(CHAIN, &rival.raw).await,
        Answer::NonceTooLow
    );

    let stolen = fake_signature(address(9), chain.signing_hash(&payment(1, 1)));
    assert_eq!(chain.seal(&payment(1, 1), &stolen), None);
}

#[tokio::test]
async fn failures_come_as_scripted() {
    let chain = rich();
    let tx = sign(&chain, &payment(0, 10));
    // The answer is lost, the bytes are not; then the other way round.
    chain.answer_next(Answer::Unclear, Reach::Pool);
    assert_eq!(chain.broadcast(CHAIN, &tx.raw).await, Answer::Unclear);
    assert!(chain.knows(CHAIN, tx.hash).await.unwrap());
    chain.forget(tx.hash);
    chain.answer_next(Answer::Unclear, Reach::Nowhere);
    assert_eq!(chain.broadcast(CHAIN, &tx.raw).await, Answer::Unclear);
    assert!(!chain.knows(CHAIN, tx.hash).await.unwrap());

    let down = || ChainError::Unreachable {
        chain: CHAIN,
        detail: "scripted".to_owned(),
    };
    chain.fail(Ask::Head, down());
    assert_eq!(chain.head(CHAIN).await, Err(down()));
    assert!(chain.fees(CHAIN).await.is_ok());
    chain.heal(Ask::Head);
    assert_eq!(chain.head(CHAIN).await.unwrap().number, 0);
    assert_eq!(chain.asked(Ask::Head), 2);

    chain.broadcast(CHAIN, &tx.raw).await;
    chain.revert(tx.hash).mine();
    let receipt = chain.receipt(CHAIN, tx.hash).await.unwrap().unwrap();
    assert!(!receipt.succeeded);
    assert_eq!(
        chain.balance_of(address(TO), Token::Native),
        BaseUnits::ZERO
    );
}

#[tokio::test]
async fn simulations_follow_the_balances() {
    let token = address(0x70);
    let chain = rich();
    chain.deploy(token, 6, "USDC");
    let treasury = wallet().at_address(address(FROM)).build();
    let pay = transfer(&treasury)
        .in_token(token)
        .to(address(TO))
        .of(BaseUnits::from_u128(5));
    let call = pay.build().call;
    let simulate = async || chain.simulate(address(FROM), &call, 100_000).await.unwrap();
    assert!(!simulate().await.succeeded);
    chain.fund(address(FROM), Token::Erc20(token), BaseUnits::from_u128(5));
    let good = simulate().await;
    assert!(good.succeeded);
    let [moved] = good.movements[..] else {
        panic!("{good:?}")
    };
    assert_eq!((moved.from, moved.to), (address(FROM), address(TO)));
    assert_eq!(
        (moved.amount, moved.asset.token),
        (BaseUnits::from_u128(5), Token::Erc20(token))
    );

    let scripted = Simulation {
        succeeded: true,
        error: None,
        gas_used: 1,
        movements: vec![],
    };
    chain.set_simulation(Some(scripted.clone()));
    assert_eq!(simulate().await, scripted);
    let unknown = chain
        .balance(CHAIN, address(FROM), Token::Erc20(Address::ZERO))
        .await;
    assert_eq!(
        unknown,
        Err(ChainError::NotAToken {
            address: Address::ZERO
        })
    );
}

#[tokio::test]
async fn the_faucet_gives_where_there_is_one() {
    let chain = FakeChain::new();
    Faucet::fund(&chain, CHAIN, address(FROM), eth(1))
        .await
        .unwrap();
    assert_eq!(chain.balance_of(address(FROM), Token::Native), eth(1));
    let mut view = chain.chains().remove(0);
    view.faucet = false;
    let dry = FakeChain::with(view);
    let refused = Faucet::fund(&dry, CHAIN, address(FROM), eth(1)).await;
    assert_eq!(refused, Err(ChainError::NoFaucet { chain: CHAIN }));
}
