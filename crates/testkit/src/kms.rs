//! AWS KMS for tests: a server of its own, which ends with the test program, however that ends.
//! `e2e/kms/server.py` says what it is and how it is made to misbehave.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "without its server a test has failed"
)]

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Who may do everything, as long as nobody gave it a policy.
pub const ADMIN: &str = "AKIAADMINADMINADMIN0";

#[derive(Debug)]
pub struct KmsServer {
    port: u16,
    child: Child,
}

/// What the next calls meet.
#[derive(Debug, Clone, Copy)]
pub enum KmsFault {
    /// An error with this code.
    Error(&'static str),
    /// So many seconds before the answer.
    Delay(f64),
    /// Something that is no answer of KMS.
    Garbage,
}

impl KmsServer {
    /// Starts one that listens on a free port of the loopback.
    pub fn start() -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../e2e/kms/server.py");
        let mut child = Command::new(python())
            .arg(script)
            .env_remove("PYTHONPATH")
            // It ends when this end is gone, which the kernel sees to even if we are killed.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("Python does not start: {error}"));
        let mut line = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        let port = line
            .trim()
            .parse()
            .unwrap_or_else(|_| panic!("the KMS of tests does not start"));
        Self { port, child }
    }

    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Calls an action as an administrator, in a region.
    pub async fn call(&self, region: &str, action: &str, body: Value) -> Value {
        let credential = format!("{ADMIN}/20260101/{region}/kms/aws4_request");
        let headers = format!(
            "X-Amz-Target: TrentService.{action}\r\n\
             Authorization: AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=0\r\n\
             Content-Type: application/x-amz-json-1.1\r\n"
        );
        self.ask("POST", "/", &headers, &body.to_string()).await
    }

    /// A symmetric key; its ARN.
    pub async fn root_key(&self, region: &str) -> String {
        let (spec, usage) = ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT");
        let key = json!({"KeySpec": spec, "KeyUsage": usage});
        self.key(region, key).await
    }

    /// A key for wallets, which says that it is this tenant's; its ARN.
    pub async fn wallet_key(&self, region: &str, tenant: &str) -> String {
        let tags = [json!({"TagKey": "vaultpilot-tenant", "TagValue": tenant})];
        let spec = "ECC_SECG_P256K1";
        let key = json!({"KeySpec": spec, "KeyUsage": "SIGN_VERIFY", "Tags": tags});
        self.key(region, key).await
    }

    /// A key as it is asked for; its ARN.
    pub async fn key(&self, region: &str, of: Value) -> String {
        let made = self.call(region, "CreateKey", of).await;
        made["KeyMetadata"]["Arn"].as_str().unwrap().to_owned()
    }

    /// An alias of a key; its ARN.
    pub async fn alias(&self, name: &str, key: &str) -> String {
        let alias = json!({"AliasName": format!("alias/{name}"), "TargetKeyId": id(key)});
        self.call(region(key), "CreateAlias", alias).await;
        let account = key.split(":key/").next().unwrap();
        format!("{account}:alias/{name}")
    }

    /// Calls an action that takes a key and nothing else.
    pub async fn tell(&self, key: &str, action: &str) {
        let body = json!({"KeyId": id(key)});
        self.call(region(key), action, body).await;
    }

    /// The next calls of an action with this key go wrong.
    pub async fn fail(&self, key: &str, action: &str, times: u32, fault: KmsFault) {
        let mut told = json!({"key": key, "action": action, "times": times});
        match fault {
            KmsFault::Error(code) => told["error"] = json!(code),
            KmsFault::Delay(seconds) => told["delay"] = json!(seconds),
            KmsFault::Garbage => told["garbage"] = json!(true),
        }
        self.control(&json!({"fault": told})).await;
    }

    /// Whoever shows this access key may do what an IAM policy allows, and nothing else.
    pub async fn allow(&self, access_key: &str, policy: &Value) {
        let told = json!({"access_key": access_key, "document": policy});
        self.control(&json!({"policy": told})).await;
    }

    /// How often an action was called with this key.
    pub async fn calls(&self, key: &str, action: &str) -> u64 {
        let asked = self.asked(key).await;
        asked["calls"][action].as_u64().unwrap_or_default()
    }

    /// How many calls with this key were under way at the same time, at most.
    pub async fn at_once(&self, key: &str) -> u64 {
        self.asked(key).await["at_once"].as_u64().unwrap()
    }

    /// How many signatures of this key had an s in the upper half, as KMS gave them.
    pub async fn upper(&self, key: &str) -> u64 {
        self.asked(key).await["upper"].as_u64().unwrap()
    }

    async fn asked(&self, key: &str) -> Value {
        let path = format!("/control?key={key}");
        self.ask("GET", &path, "", "").await
    }

    async fn control(&self, told: &Value) {
        self.ask("POST", "/control", "", &told.to_string()).await;
    }

    async fn ask(&self, method: &str, path: &str, headers: &str, body: &str) -> Value {
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.0\r\nHost: localhost\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
        );
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let good = head.lines().next().unwrap().contains(" 200 ");
        assert!(good, "{method} {path} {headers}: {answer}");
        serde_json::from_str(body).unwrap()
    }
}

impl Drop for KmsServer {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        self.child.wait().ok();
    }
}

/// The region of an ARN.
fn region(arn: &str) -> &str {
    arn.split(':').nth(3).unwrap()
}

/// Some actions take no ARN here.
fn id(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap()
}

fn python() -> PathBuf {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test has no configuration; this names the Python that has moto"
    )]
    let named = std::env::var_os("VAULTPILOT_MOTO").map(PathBuf::from);
    named.unwrap_or_else(|| panic!("VAULTPILOT_MOTO is not set: run `cargo xtask test`"))
}
