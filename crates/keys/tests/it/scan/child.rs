//! This very program once more, with one test to run, which says when somebody may look.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{ChildStdin, ChildStdout, Command, ExitStatus, Stdio};

use hmac::{Hmac, KeyInit as _, Mac as _};
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable as _, Kem, Serializable as _};
use sha2::Sha256;

use super::house::{House, Marked};
use crate::memory::{Canary, Needles};

const READY: &str = "ready ";

/// What a process says of itself when somebody may look.
pub(crate) struct Said {
    /// How many times it drew 32 bytes.
    drawn: u64,
    pub(crate) protection: String,
    /// The public halves of the tenant's key, in digits.
    seals: String,
    imports: String,
}

pub(crate) fn say_ready(marked: &Marked, house: &House) {
    let protection = vaultpilot_secret::protection().as_str();
    let (seals, imports) = (hex::encode(house.kek.seals), hex::encode(house.kek.imports));
    println!("\n{READY}{} {protection} {seals} {imports}", marked.drawn());
}

impl Said {
    /// What keys are sealed to that are brought along.
    pub(crate) fn recipient(&self) -> String {
        let bytes = hex::decode(&self.imports).expect("digits");
        vaultpilot_keys::material::recipient(&bytes.try_into().expect("32 bytes"))
    }

    fn read(line: &str) -> Option<Self> {
        let mut words = line.strip_prefix(READY)?.split_whitespace();
        let mut next = || words.next().map(str::to_owned);
        Some(Self {
            drawn: next()?.parse().ok()?,
            protection: next()?,
            seals: next()?,
            imports: next()?,
        })
    }
}

/// All that this process drew, and the private halves it made of the tenant's seed.
pub(crate) fn needles(seed: u64, said: &Said) -> Needles {
    let drawn: Vec<Canary> = (0..said.drawn).map(|at| Canary::new(seed + at)).collect();
    let halves = [
        (&b"vaultpilot/keys/v2/kek-seals"[..], &said.seals),
        (&b"vaultpilot/keys/v2/kek-imports"[..], &said.imports),
    ];
    let halves: Vec<Canary> = halves
        .map(|(label, public)| {
            // One of the drawn is the seed: the one that the public half comes of.
            let found = drawn.iter().find_map(|seed| half(*seed, label, public));
            found.expect("the seed was drawn")
        })
        .into();
    Needles::of(drawn.into_iter().chain(halves))
}

/// HKDF-Expand, one block; if it is the private half of this public one.
fn half(seed: Canary, label: &[u8], public: &str) -> Option<Canary> {
    let mut bytes = [0; 32];
    seed.write_into(&mut bytes);
    let mut mac = <Hmac<Sha256>>::new_from_slice(&bytes).expect("any length");
    mac.update(label);
    mac.update(&[1]);
    let private: [u8; 32] = mac.finalize().into_bytes().into();
    let key = <X25519HkdfSha256 as Kem>::PrivateKey::from_bytes(&private).expect("any bytes");
    let made = X25519HkdfSha256::sk_to_pk(&key).to_bytes();
    (hex::encode(made) == public).then(|| Canary::of(&private))
}

pub(crate) struct Child {
    process: std::process::Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Child {
    pub(crate) fn start(test: &str) -> Self {
        Self::start_in(test, &std::env::temp_dir())
    }

    pub(crate) fn start_in(test: &str, folder: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().expect("this test"))
            .args(["--exact", test, "--ignored", "--nocapture"])
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("itself once more");
        let input = child.stdin.take().expect("piped");
        let output = BufReader::new(child.stdout.take().expect("piped"));
        Self {
            process: child,
            input,
            output,
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Waits until it stands still.
    pub(crate) fn ready(&mut self) -> Said {
        let mut line = String::new();
        loop {
            line.clear();
            let read = self.output.read_line(&mut line).expect("text");
            assert!(read > 0, "it ended");
            if let Some(said) = Said::read(&line) {
                return said;
            }
        }
    }

    /// Says a text, in one line.
    pub(crate) fn tell(&mut self, text: &str) {
        self.input
            .write_all(hex::encode(text).as_bytes())
            .expect("it listens");
        self.go_on();
    }

    pub(crate) fn go_on(&mut self) {
        self.input.write_all(b"\n").expect("it waits");
    }

    /// It must have gone well.
    pub(crate) fn end(self) {
        let status = self.ended();
        assert!(status.success(), "{status}");
    }

    pub(crate) fn ended(self) -> ExitStatus {
        let Self {
            mut process, input, ..
        } = self;
        drop(input);
        process.wait().expect("its end")
    }
}
