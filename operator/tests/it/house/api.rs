//! As much of an API server as the operator uses, in memory: get, list by label, server-side apply
//! with ownership of fields, merge patches, deletes with finalizers, and a record of every write.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use http_body_util::BodyExt as _;
use kube::Client;
use kube::client::Body;
use serde_json::{Map, Value, json};
use tower::service_fn;

type Key = (String, String, String);

#[derive(Default)]
struct State {
    /// By plural, namespace and name.
    objects: BTreeMap<Key, Value>,
    /// What each field manager applied last.
    applied: BTreeMap<(Key, String), Value>,
    writes: Vec<String>,
    count: u64,
    has_http_route: bool,
    /// Refuses writes of this plural.
    refuse: Option<(String, u16)>,
}

#[derive(Clone, Default)]
pub(crate) struct FakeApi(Arc<Mutex<State>>);

struct Path {
    plural: String,
    namespace: String,
    name: Option<String>,
    status: bool,
}

impl FakeApi {
    pub(crate) fn client(&self) -> Client {
        let api = self.clone();
        let service = service_fn(move |request: hyper::Request<Body>| {
            let api = api.clone();
            async move {
                let (parts, body) = request.into_parts();
                let bytes = body.collect().await.unwrap().to_bytes();
                let body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
                let query = parts.uri.query().unwrap_or_default().to_owned();
                let (status, answer) =
                    api.answer(parts.method.as_str(), parts.uri.path(), &query, body);
                let answer = Body::from(answer.to_string().into_bytes());
                let response = hyper::Response::builder()
                    .status(status)
                    .body(answer)
                    .unwrap();
                Ok::<_, Infallible>(response)
            }
        });
        Client::new(service, "default")
    }

    /// As somebody else would make it.
    pub(crate) fn put(&self, object: Value) {
        let kind = object["kind"].as_str().unwrap().to_lowercase();
        let plural = match kind.strip_suffix('y') {
            Some(stem) => format!("{stem}ies"),
            None => format!("{kind}s"),
        };
        let text = |key: &str| {
            object["metadata"][key]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        };
        let key = (plural, text("namespace"), text("name"));
        let mut state = self.0.lock().unwrap();
        let mut made = object.clone();
        if let Some(known) = state.objects.get(&key) {
            made["metadata"] = known["metadata"].clone();
            made["status"] = known["status"].clone();
            bump(&mut made);
        } else {
            state.born(&mut made);
        }
        state.objects.insert(key, made);
    }

    pub(crate) fn get(&self, plural: &str, namespace: &str, name: &str) -> Option<Value> {
        let key = (plural.to_owned(), namespace.to_owned(), name.to_owned());
        self.0.lock().unwrap().objects.get(&key).cloned()
    }

    pub(crate) fn edit(
        &self,
        plural: &str,
        namespace: &str,
        name: &str,
        edit: impl Fn(&mut Value),
    ) {
        let key = (plural.to_owned(), namespace.to_owned(), name.to_owned());
        let mut state = self.0.lock().unwrap();
        edit(state.objects.get_mut(&key).unwrap());
    }

    /// `kubectl delete`
    pub(crate) fn delete(&self, plural: &str, namespace: &str, name: &str) {
        let key = (plural.to_owned(), namespace.to_owned(), name.to_owned());
        self.0.lock().unwrap().delete(&key);
    }

    /// Names of all objects of a plural.
    pub(crate) fn names(&self, plural: &str) -> Vec<String> {
        let state = self.0.lock().unwrap();
        let found = state.objects.keys().filter(|key| key.0 == plural);
        found.map(|key| key.2.clone()).collect()
    }

    /// The writes since the last time they were taken.
    pub(crate) fn take_writes(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap().writes)
    }

    pub(crate) fn has_http_route(&self, has: bool) {
        self.0.lock().unwrap().has_http_route = has;
    }

    pub(crate) fn refuse(&self, refuse: Option<(&str, u16)>) {
        let refuse = refuse.map(|(plural, code)| (plural.to_owned(), code));
        self.0.lock().unwrap().refuse = refuse;
    }

    fn answer(&self, method: &str, path: &str, query: &str, body: Value) -> (u16, Value) {
        let mut state = self.0.lock().unwrap();
        if path == "/apis/gateway.networking.k8s.io/v1" {
            return if state.has_http_route {
                let resource = json!({ "name": "httproutes", "kind": "HTTPRoute", "namespaced": true,
                    "singularName": "", "verbs": [] });
                (
                    200,
                    json!({ "kind": "APIResourceList", "groupVersion": "gateway.networking.k8s.io/v1", "resources": [resource] }),
                )
            } else {
                failure(404, "no such API")
            };
        }
        let path = parse(path);
        if path.plural == "httproutes" && !state.has_http_route {
            return failure(404, "no such API");
        }
        let at = |name: &str| (path.plural.clone(), path.namespace.clone(), name.to_owned());
        if method != "GET" {
            let name = path.name.clone().unwrap_or_default();
            let part = if path.status { "/status" } else { "" };
            state
                .writes
                .push(format!("{method} {}/{name}{part}", path.plural));
            if let Some((plural, code)) = &state.refuse
                && *plural == path.plural
            {
                return failure(*code, "refused by the test");
            }
        }
        match (method, &path.name) {
            ("GET", Some(name)) => match state.objects.get(&at(name)) {
                Some(found) => (200, found.clone()),
                None => failure(404, "not found"),
            },
            ("GET", None) => (200, state.list(&path, query)),
            ("POST", None) => state.create(&path, body),
            ("PATCH", Some(name)) => {
                let key = at(name);
                if query.contains("force=") || body["apiVersion"].is_string() {
                    state.server_side_apply(key, query, body, path.status)
                } else {
                    state.merge(&key, &body, path.status)
                }
            }
            ("DELETE", Some(name)) => {
                let key = at(name);
                let uid = &body["preconditions"]["uid"];
                match state.objects.get(&key) {
                    None => failure(404, "not found"),
                    Some(found) if uid.is_string() && *uid != found["metadata"]["uid"] => {
                        failure(409, "another uid")
                    }
                    Some(found) => {
                        let found = found.clone();
                        state.delete(&key);
                        (200, found)
                    }
                }
            }
            other => panic!("the fake API server does not know {other:?}"),
        }
    }
}

impl State {
    fn next(&mut self) -> String {
        self.count += 1;
        self.count.to_string()
    }

    fn born(&mut self, object: &mut Value) {
        let uid = format!("uid-{}", self.next());
        object["metadata"]["uid"] = json!(uid);
        object["metadata"]["resourceVersion"] = json!(self.next());
        object["metadata"]["generation"] = json!(1);
        let minute = self.count % 60;
        object["metadata"]["creationTimestamp"] = json!(format!("2026-03-01T08:{minute:02}:00Z"));
    }

    fn list(&self, path: &Path, query: &str) -> Value {
        let selector = query
            .split('&')
            .find_map(|pair| pair.strip_prefix("labelSelector="))
            .unwrap_or_default();
        let selector = selector
            .replace("%3D", "=")
            .replace("%2C", ",")
            .replace("%2F", "/");
        let selects = |object: &Value| {
            selector
                .split(',')
                .filter(|term| !term.is_empty())
                .all(|term| {
                    let labels = &object["metadata"]["labels"];
                    match term.split_once('=') {
                        Some((key, value)) => labels[key] == value,
                        None => labels[term].is_string(),
                    }
                })
        };
        let here = |key: &Key| {
            key.0 == path.plural && (path.namespace.is_empty() || key.1 == path.namespace)
        };
        let found = self
            .objects
            .iter()
            .filter(|(key, object)| here(key) && selects(object));
        // As the real one: items of a list do not say what they are.
        let items = found.map(|(_, object)| {
            let mut item = object.clone();
            let fields = item.as_object_mut().unwrap();
            fields.remove("apiVersion");
            fields.remove("kind");
            item
        });
        let items: Vec<Value> = items.collect();
        json!({ "kind": "List", "apiVersion": "v1", "metadata": { "resourceVersion": "1" }, "items": items })
    }

    fn create(&mut self, path: &Path, mut body: Value) -> (u16, Value) {
        let name = body["metadata"]["name"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let key = (path.plural.clone(), path.namespace.clone(), name);
        if self.objects.contains_key(&key) {
            return failure(409, "exists");
        }
        body["metadata"]["namespace"] = json!(path.namespace);
        self.born(&mut body);
        self.objects.insert(key, body.clone());
        (201, body)
    }

    fn server_side_apply(
        &mut self,
        key: Key,
        query: &str,
        body: Value,
        status: bool,
    ) -> (u16, Value) {
        let force = query.contains("force=true");
        let manager = query
            .split('&')
            .find_map(|pair| pair.strip_prefix("fieldManager="))
            .unwrap_or_default()
            .to_owned();
        let uid = body["metadata"]["uid"].clone();
        let mut body = body;
        if let Some(meta) = body["metadata"].as_object_mut() {
            meta.remove("uid");
        }
        if status {
            body = json!({ "status": body["status"] });
        }
        let record = (
            key.clone(),
            format!("{manager}{}", if status { "/status" } else { "" }),
        );
        let Some(mut object) = self.objects.get(&key).cloned() else {
            if uid.is_string() || status {
                return failure(if status { 404 } else { 409 }, "not there");
            }
            let mut made = body.clone();
            self.born(&mut made);
            self.applied.insert(record, body);
            self.objects.insert(key, made.clone());
            return (201, made);
        };
        if uid.is_string() && uid != object["metadata"]["uid"] {
            return failure(409, "another uid");
        }
        if !force && conflicts(&body, &object) {
            return failure(409, "fields of another manager");
        }
        let before = object.clone();
        if let Some(old) = self.applied.get(&record) {
            drop_fields(&mut object, old, &body);
        }
        merge_into(&mut object, &body);
        self.applied.insert(record, body);
        self.settle(&before, &mut object);
        self.objects.insert(key, object.clone());
        (200, object)
    }

    fn merge(&mut self, key: &Key, body: &Value, status: bool) -> (u16, Value) {
        let Some(mut object) = self.objects.get(key).cloned() else {
            return failure(404, "not found");
        };
        let version = &body["metadata"]["resourceVersion"];
        if version.is_string() && *version != object["metadata"]["resourceVersion"] {
            return failure(409, "another version");
        }
        let before = object.clone();
        if status {
            merge_into(&mut object, &json!({ "status": body["status"] }));
        } else {
            merge_into(&mut object, body);
        }
        self.settle(&before, &mut object);
        let meta = &object["metadata"];
        let finalizers = meta["finalizers"]
            .as_array()
            .is_some_and(|list| !list.is_empty());
        if meta["deletionTimestamp"].is_string() && !finalizers {
            self.remove(key);
        } else {
            self.objects.insert(key.clone(), object.clone());
        }
        (200, object)
    }

    fn settle(&mut self, before: &Value, object: &mut Value) {
        if before == object {
            return;
        }
        object["metadata"]["resourceVersion"] = json!(self.next());
        if before["spec"] != object["spec"] {
            bump(object);
        }
    }

    fn delete(&mut self, key: &Key) {
        // What is in a namespace goes with it, and it goes last.
        if key.0 == "namespaces" {
            let inside = self.objects.keys().filter(|inside| inside.1 == key.2);
            for inside in inside.cloned().collect::<Vec<_>>() {
                self.delete(&inside);
            }
        }
        let holds = self
            .objects
            .keys()
            .any(|inside| key.0 == "namespaces" && inside.1 == key.2);
        let Some(object) = self.objects.get_mut(key) else {
            return;
        };
        let finalizers = object["metadata"]["finalizers"].as_array();
        if holds || finalizers.is_some_and(|list| !list.is_empty()) {
            if object["metadata"]["deletionTimestamp"].is_null() {
                object["metadata"]["deletionTimestamp"] = json!("2026-03-01T10:00:00Z");
                bump(object);
            }
        } else {
            self.remove(key);
        }
    }

    fn remove(&mut self, key: &Key) {
        self.objects.remove(key);
        self.applied.retain(|(of, _), _| of != key);
        let namespace = ("namespaces".to_owned(), String::new(), key.1.clone());
        let going = self.objects.get(&namespace);
        if going.is_some_and(|going| going["metadata"]["deletionTimestamp"].is_string()) {
            self.delete(&namespace);
        }
    }
}

fn bump(object: &mut Value) {
    let generation = object["metadata"]["generation"]
        .as_i64()
        .unwrap_or_default();
    object["metadata"]["generation"] = json!(generation + 1);
}

fn failure(code: u16, message: &str) -> (u16, Value) {
    let reason = match code {
        403 => "Forbidden",
        404 => "NotFound",
        409 => "Conflict",
        _ => "Invalid",
    };
    let status = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "message": message, "reason": reason, "code": code,
    });
    (code, status)
}

fn parse(path: &str) -> Path {
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let rest = if parts[0] == "api" {
        &parts[2..]
    } else {
        &parts[3..]
    };
    let (namespace, rest) = match rest {
        ["namespaces", namespace, plural, more @ ..] if *plural != "status" => {
            ((*namespace).to_owned(), [&[*plural], more].concat())
        }
        rest => (String::new(), rest.to_vec()),
    };
    Path {
        plural: rest[0].to_owned(),
        namespace,
        name: rest.get(1).map(|name| (*name).to_owned()),
        status: rest.get(2) == Some(&"status"),
    }
}

fn merge_into(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let target = target.as_object_mut().unwrap();
    for (key, value) in patch {
        if value.is_null() {
            target.remove(key);
        } else {
            merge_into(target.entry(key.clone()).or_insert(Value::Null), value);
        }
    }
}

/// Removes what was applied before and is not any more.
fn drop_fields(target: &mut Value, old: &Value, new: &Value) {
    let (Some(target), Some(old)) = (target.as_object_mut(), old.as_object()) else {
        return;
    };
    for (key, value) in old {
        match new.get(key) {
            None => {
                target.remove(key);
            }
            Some(new) => {
                if let Some(target) = target.get_mut(key) {
                    drop_fields(target, value, new);
                }
            }
        }
    }
}

fn conflicts(wanted: &Value, there: &Value) -> bool {
    match (wanted, there) {
        (Value::Object(wanted), Value::Object(there)) => wanted
            .iter()
            .any(|(key, value)| there.get(key).is_some_and(|there| conflicts(value, there))),
        (wanted, there) => wanted != there,
    }
}
