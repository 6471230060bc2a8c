use super::Tally;

fn tally(output: &str) -> Tally {
    let mut tally = Tally::default();
    let mut passed_on = Vec::new();
    tally.follow(output.as_bytes(), &mut passed_on).unwrap();
    assert_eq!(
        passed_on,
        output.as_bytes(),
        "what tests print is passed on as it is"
    );
    tally
}

#[test]
fn many_programs_make_one_count() {
    let tally = tally(
        "running 2 tests\n\
         test one ... ok\n\
         test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 7 filtered out; finished in 0.01s\n\
         test result: FAILED. 10 passed; 3 failed; 4 ignored; 5 measured; 0 filtered out; finished in 1.50s\n",
    );
    assert_eq!(
        tally,
        Tally {
            passed: 12,
            failed: 3,
            skipped: 4
        }
    );
    assert_eq!(tally.to_string(), "12 passed, 3 failed, 4 skipped");
}

#[test]
fn nothing_skipped_is_not_mentioned() {
    let tally =
        tally("test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n");
    assert_eq!(tally.to_string(), "1 passed, 0 failed");
}

#[test]
fn only_result_lines_count() {
    let tally = tally("9 passed; 9 failed\nnote: test result: ok. 1 passed; 0 failed\nno newline");
    assert!(tally.ran_nothing());
}

#[test]
fn output_that_is_not_text_is_passed_on() {
    let mut tally = Tally::default();
    let mut passed_on = Vec::new();
    let output = b"\xff\xfe\ntest result: ok. 1 passed; 0 failed; 0 ignored\n";
    tally.follow(output.as_slice(), &mut passed_on).unwrap();
    assert_eq!(passed_on, output);
    assert_eq!(tally.passed, 1);
}
