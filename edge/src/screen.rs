//! Where words go: standard output is data, standard error is talk.

mod table;

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use serde_json::{Value, json};

use crate::exit::Exit;
use crate::failure::Failure;
use vaultpilot_control_api::Env;

/// Variables that tell that a program, not a person, reads the screen.
const MACHINES: [&str; 8] = [
    "CI",
    "CLAUDECODE",
    "CURSOR_AGENT",
    "GEMINI_CLI",
    "CODEX_SANDBOX",
    "OPENCODE",
    "AI_AGENT",
    "VAULTPILOT_NO_PROMPT",
];

/// Colours by meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Good,
    Bad,
    Careful,
    Faint,
    Strong,
    /// White on red: nobody can overlook it.
    Alarm,
}

/// The terminal, or what stands in its place.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four facts that depend on each other only at birth"
)]
pub struct Screen {
    json: bool,
    colour: bool,
    talk_colour: bool,
    person: bool,
}

impl Screen {
    pub fn new(json: bool, env: &Env) -> Self {
        let (out, talk) = (io::stdout().is_terminal(), io::stderr().is_terminal());
        let plain = env.is_set("NO_COLOR") || env.get("TERM") == Some("dumb");
        let machine = MACHINES.iter().any(|name| env.is_set(name));
        Self {
            json,
            colour: out && !plain && !json,
            talk_colour: talk && !plain,
            person: io::stdin().is_terminal() && talk && !machine && !json,
        }
    }

    /// Whether answers are wanted as JSON.
    pub const fn is_json(&self) -> bool {
        self.json
    }

    /// Whether a person can be asked something.
    pub const fn has_person(&self) -> bool {
        self.person
    }

    /// One line of data.
    ///
    /// # Errors
    /// When nobody reads any more.
    pub fn line(&self, text: impl std::fmt::Display) -> io::Result<()> {
        let mut out = io::stdout().lock();
        writeln!(out, "{text}")?;
        out.flush()
    }

    /// An answer: as JSON where that was asked for, as text for people otherwise.
    ///
    /// # Errors
    /// When nobody reads any more.
    pub fn answer(&self, value: &Value, text: impl FnOnce() -> String) -> io::Result<()> {
        if self.json {
            return self.line(format_args!("{value:#}"));
        }
        let text = text();
        if text.is_empty() {
            Ok(())
        } else {
            self.line(text.trim_end_matches('\n'))
        }
    }

    /// One line of talk.
    pub fn talk(&self, text: impl std::fmt::Display) {
        // With nobody listening there is nobody to tell.
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    /// Text in the colour of its meaning, for standard output.
    pub fn paint(&self, tone: Tone, text: impl std::fmt::Display) -> String {
        painted(self.colour, tone, &text)
    }

    /// Rows under a head, aligned.
    pub fn table<const N: usize>(&self, head: [&str; N], rows: Vec<[String; N]>) -> String {
        let head = head.map(|name| self.paint(Tone::Faint, name.to_uppercase()));
        table::aligned(std::iter::once(head).chain(rows).collect())
    }

    /// Asks a person for one line. `None` when there is nobody to ask, or no answer.
    pub fn ask(&self, question: &str) -> Option<String> {
        if !self.person {
            return None;
        }
        let mut talk = io::stderr().lock();
        write!(talk, "{question} ")
            .and_then(|()| talk.flush())
            .ok()?;
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer).ok()?;
        Some(answer.trim().to_owned()).filter(|answer| !answer.is_empty())
    }

    /// Tells a failure: what, why, and the next command.
    pub fn fail(&self, failure: &Failure) -> Exit {
        let exit = failure.exit();
        if failure.is_silent() {
            return exit;
        }
        let (what, why, next) = (failure.to_string(), failure.why(), failure.next());
        if self.json {
            let error = json!({
                "error": { "what": what, "why": why, "next": next, "code": failure.code(), "exit": exit.code() }
            });
            self.talk(format_args!("{error:#}"));
            return exit;
        }
        self.talk(format_args!(
            "{} {what}",
            painted(self.talk_colour, Tone::Bad, &"error:")
        ));
        if let Some(why) = why {
            self.talk(format_args!("  why:  {}", why.replace('\n', "\n        ")));
        }
        if let Some(next) = next {
            self.talk(format_args!("  next: {next}"));
        }
        exit
    }
}

/// An RFC 3339 instant to the second: what lists have room for.
pub(crate) fn second(instant: &str) -> String {
    match instant.split_once('.') {
        Some((second, rest)) if rest.ends_with('Z') => format!("{second}Z"),
        _ => instant.to_owned(),
    }
}

fn painted(colour: bool, tone: Tone, text: &dyn std::fmt::Display) -> String {
    let code = match tone {
        _ if !colour => return text.to_string(),
        Tone::Good => "32",
        Tone::Bad => "31",
        Tone::Careful => "33",
        Tone::Faint => "2",
        Tone::Strong => "1",
        Tone::Alarm => "1;97;41",
    };
    format!("\u{1b}[{code}m{text}\u{1b}[0m")
}
