use vaultpilot_core::Role;
use vaultpilot_ports::store::ApiKey;
use vaultpilot_testkit::fixture::{api_key, key_id, second};

use super::are_two;

fn by_house(name: &str) -> ApiKey {
    api_key(name).of_role(Role::Owner).build()
}

fn by(maker: &ApiKey, name: &str) -> ApiKey {
    let key = api_key(name).of_role(Role::Owner);
    key.made_by(maker.id).build()
}

/// In both directions: who asks and who answers may be exchanged.
fn two(keys: &[&ApiKey], one: &ApiKey, other: &ApiKey) -> bool {
    let keys: Vec<ApiKey> = keys.iter().map(|key| (*key).clone()).collect();
    let there = are_two(&keys, one.id, other.id, second(9));
    let back = are_two(&keys, other.id, one.id, second(9));
    assert_eq!(there, back);
    there
}

#[test]
fn keys_of_the_house_with_two_names_are_two_people() {
    let (anna, otto, again) = (by_house("anna"), by_house("otto"), by_house("otto"));
    let keys = [&anna, &otto, &again];
    assert!(two(&keys, &anna, &otto));
    assert!(!two(&keys, &anna, &anna));
    assert!(!two(&keys, &otto, &again), "one name");
}

#[test]
fn a_key_is_its_makers_through_any_chain() {
    let (anna, otto) = (by_house("anna"), by_house("otto"));
    let child = by(&anna, "child");
    let grandchild = by(&child, "grandchild");
    let sister = by(&anna, "sister");
    let keys = [&anna, &otto, &child, &grandchild, &sister];
    assert!(!two(&keys, &anna, &child));
    assert!(!two(&keys, &anna, &grandchild));
    assert!(!two(&keys, &sister, &grandchild), "anna made both");
    assert!(two(&keys, &otto, &grandchild));
}

#[test]
fn a_key_made_by_a_namesake_is_the_same_persons() {
    let (anna, again) = (by_house("anna"), by_house("anna"));
    let child = by(&again, "child");
    assert!(!two(&[&anna, &again, &child], &anna, &child));
}

#[test]
fn a_maker_nobody_knows_any_more_is_a_maker() {
    let gone = by_house("gone");
    let (one, other) = (by(&gone, "one"), by(&gone, "other"));
    assert!(!two(&[&one, &other], &one, &other));
}

#[test]
fn rows_that_made_each_other_end_and_are_one_person() {
    let (mut one, mut other) = (by_house("one"), by_house("other"));
    one.made_by = Some(other.id);
    other.made_by = Some(one.id);
    let anna = by_house("anna");
    let keys = [&one, &other, &anna];
    assert!(!two(&keys, &one, &other));
    assert!(two(&keys, &one, &anna));
}

#[test]
fn a_key_younger_than_the_question_does_not_answer_it() {
    let asks = by_house("asks");
    let mut answers = by_house("answers");
    answers.created_at = second(5);
    let keys = [asks.clone(), answers.clone()];
    let at = |at| are_two(&keys, asks.id, answers.id, second(at));
    assert!(!at(4));
    assert!(at(5) && at(6));
    assert!(are_two(&keys, answers.id, asks.id, second(5)));
}

#[test]
fn a_key_nobody_knows_is_nobodys() {
    let anna = by_house("anna");
    let keys = [anna.clone()];
    assert!(!are_two(&keys, anna.id, key_id(), second(9)));
    assert!(!are_two(&keys, key_id(), anna.id, second(9)));
}
