use crate::desk::Desk;

#[tokio::test]
async fn every_shell_gets_a_script_that_knows_the_commands() {
    let desk = Desk::new().unwrap();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let said = desk.run(&["completion", shell]).await;
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{shell}");
        for word in ["approval", "transaction", "doctor", "devnet"] {
            assert!(said.out.contains(word), "{shell} does not know {word}");
        }
    }
}
