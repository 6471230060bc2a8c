//! A real cluster as its administrator meets it: through kubectl and helm, and nothing else.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::parts;

/// What a command said.
#[derive(Debug, Clone)]
pub struct Ran {
    pub ok: bool,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// Its output; anything but success fails the test.
    pub fn output(self) -> String {
        assert!(self.ok, "{}{}", self.stdout, self.stderr);
        self.stdout
    }

    /// What it complained of; success fails the test.
    pub fn complaint(self) -> String {
        assert!(!self.ok, "it should have been refused: {}", self.stdout);
        self.stderr
    }
}

#[derive(Debug, Clone)]
pub struct Cluster {
    kubeconfig: PathBuf,
}

impl Cluster {
    /// The cluster `cargo xtask e2e` has brought up, if it has.
    pub fn given() -> Option<Self> {
        let kubeconfig = parts::kubeconfig()?;
        Some(Self { kubeconfig })
    }

    pub fn kubectl(&self, arguments: &[&str]) -> Ran {
        run(self.command(parts::kubectl()).args(arguments), None)
    }

    pub fn helm(&self, arguments: &[&str]) -> Ran {
        run(self.command(parts::helm()).args(arguments), None)
    }

    /// Applies manifests as a person does, with field validation on.
    pub fn apply(&self, yaml: &str) -> Ran {
        let mut kubectl = self.command(parts::kubectl());
        let arguments = ["apply", "--server-side", "--field-manager=e2e", "-f", "-"];
        run(kubectl.args(arguments), Some(yaml))
    }

    /// An object, if it is there. Cluster-scoped ones have no namespace.
    pub fn get(&self, kind: &str, namespace: &str, name: &str) -> Option<Value> {
        let mut arguments = vec!["get", kind, name, "-o", "json", "--ignore-not-found"];
        if !namespace.is_empty() {
            arguments.extend(["-n", namespace]);
        }
        let text = self.kubectl(&arguments).output();
        (!text.trim().is_empty()).then(|| serde_json::from_str(&text).unwrap())
    }

    /// All objects of a kind in a namespace.
    pub fn list(&self, kind: &str, namespace: &str, selector: &str) -> Vec<Value> {
        let text = self
            .kubectl(&["get", kind, "-n", namespace, "-l", selector, "-o", "json"])
            .output();
        let list: Value = serde_json::from_str(&text).unwrap();
        list["items"].as_array().unwrap().clone()
    }

    /// Waits until the object is as it should be; says what it was when it never came to that.
    pub async fn until(
        &self,
        kind: &str,
        namespace: &str,
        name: &str,
        seconds: u64,
        is: impl Fn(&Value) -> bool,
    ) -> Value {
        let deadline = Instant::now() + Duration::from_secs(seconds);
        loop {
            let found = self.get(kind, namespace, name);
            if let Some(object) = found.as_ref().filter(|object| is(object)) {
                return object.clone();
            }
            if Instant::now() > deadline {
                let seen = found.map(|object| object["status"].clone());
                let told = self.told(namespace);
                panic!(
                    "{kind} {namespace}/{name} did not get there in {seconds} s: {seen:#?}\n{told}"
                );
            }
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }

    /// Waits until the object is gone.
    pub async fn until_gone(&self, kind: &str, namespace: &str, name: &str, seconds: u64) {
        let deadline = Instant::now() + Duration::from_secs(seconds);
        while let Some(object) = self.get(kind, namespace, name) {
            assert!(
                Instant::now() < deadline,
                "{kind} {namespace}/{name} is still there: {:#?}",
                object["status"]
            );
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }

    /// Waits for a condition, and gives its reason and message.
    pub async fn condition(
        &self,
        (kind, namespace, name): (&str, &str, &str),
        condition: &str,
        status: &str,
        seconds: u64,
    ) -> (String, String) {
        let object = self
            .until(kind, namespace, name, seconds, |object| {
                let generation = &object["metadata"]["generation"];
                condition_of(object, condition).is_some_and(|found| {
                    found["status"] == status && found["observedGeneration"] == *generation
                })
            })
            .await;
        let found = condition_of(&object, condition).unwrap();
        let text = |field: &str| found[field].as_str().unwrap_or_default().to_owned();
        (text("reason"), text("message"))
    }

    /// Events and pods of a namespace, for a failed test's last words.
    fn told(&self, namespace: &str) -> String {
        if namespace.is_empty() {
            return self.kubectl(&["get", "pods", "-A", "-o", "wide"]).stdout;
        }
        let pods = self.kubectl(&["get", "pods", "-n", namespace, "-o", "wide"]);
        let events = self.kubectl(&["get", "events", "-n", namespace, "--sort-by=.lastTimestamp"]);
        format!("{}\n{}", pods.stdout, events.stdout)
    }

    fn command(&self, program: PathBuf) -> Command {
        let mut command = Command::new(program);
        command.env("KUBECONFIG", &self.kubeconfig);
        command
    }
}

/// A condition of an object.
pub fn condition_of<'a>(object: &'a Value, kind: &str) -> Option<&'a Value> {
    let conditions = object["status"]["conditions"].as_array()?;
    conditions.iter().find(|found| found["type"] == kind)
}

fn run(command: &mut Command, input: Option<&str>) -> Ran {
    let mut child = command
        .stdin(input.map_or_else(Stdio::null, |_| Stdio::piped()))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    if let (Some(text), Some(mut stdin)) = (input, child.stdin.take()) {
        stdin.write_all(text.as_bytes()).unwrap();
    }
    let output = child.wait_with_output().unwrap();
    Ran {
        ok: output.status.success(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
