//! `docs/reference/chart-values.md`: written from the schema and the defaults, so that it cannot say
//! anything else than they do.

use std::fmt::Write as _;
use std::fs;

use serde_json::{Map, Value};
use vaultpilot_e2e::parts;

use crate::golden;
use crate::helm::Chart;

/// Shapes that are shown field by field; the others are as Kubernetes has them.
const OPEN: [&str; 3] = ["image", "podDisruptionBudget", "topologySpread"];

struct Page<'a> {
    shapes: &'a Value,
    text: String,
}

#[test]
fn the_page_of_values_is_up_to_date() {
    let mut text = String::from(
        "# Values of the charts\n\n\
         Written from `values.schema.json` and `values.yaml` of both charts. A key that is not here is refused by\n\
         Helm before anything is sent to the cluster. How they are used: \
         [Install on Kubernetes](../how-to/install-on-kubernetes.md).\n",
    );
    for chart in [Chart::ControlPlane, Chart::Crds] {
        let schema = read(chart, "values.schema.json");
        let values = read(chart, "values.yaml");
        let shapes = schema["$defs"].clone();
        let mut page = Page {
            shapes: &shapes,
            text: String::new(),
        };
        page.chart(&schema, &values);
        let _ = write!(text, "\n## charts/{}\n{}", chart.name(), page.text);
    }
    golden::same(
        &parts::here().join("../docs/reference/chart-values.md"),
        &text,
    );
}

/// A default without a description, or the other way round, is a slip.
#[test]
fn every_default_is_described() {
    for chart in [Chart::ControlPlane, Chart::Crds] {
        let schema = read(chart, "values.schema.json");
        let values = read(chart, "values.yaml");
        let shapes = schema["$defs"].clone();
        let page = Page {
            shapes: &shapes,
            text: String::new(),
        };
        page.compare("", &schema, &values);
    }
}

fn read(chart: Chart, file: &str) -> Value {
    let text = fs::read_to_string(chart.folder().join(file)).unwrap();
    serde_saphyr::from_str(&text).unwrap()
}

impl Page<'_> {
    fn chart(&mut self, schema: &Value, values: &Value) {
        let all = sorted(&schema["properties"]);
        let (sections, plain): (Vec<_>, Vec<_>) = all
            .into_iter()
            .filter(|(key, _)| *key != "global")
            .partition(|(_, one)| self.fields(one).is_some());
        self.table(
            &plain
                .iter()
                .map(|(key, one)| row(key, one, &values[key]))
                .collect::<Vec<_>>(),
        );
        for (key, section) in sections {
            let _ = write!(self.text, "\n### {key}\n\n{}\n", described(section));
            let mut rows = Vec::new();
            self.rows(key, section, &values[key], &mut rows);
            self.table(&rows);
        }
    }

    fn rows(&self, path: &str, schema: &Value, values: &Value, rows: &mut Vec<String>) {
        for (key, one) in sorted(self.fields(schema).unwrap()) {
            let path = format!("{path}.{key}");
            if self.fields(one).is_some() {
                self.rows(&path, one, &values[key], rows);
            } else {
                rows.push(row(&path, one, &values[key]));
            }
        }
    }

    /// The fields of a shape that is shown field by field.
    fn fields<'b>(&'b self, schema: &'b Value) -> Option<&'b Value> {
        match schema["$ref"].as_str() {
            None => schema.get("properties"),
            Some(shape) => {
                let shape = shape.rsplit('/').next()?;
                OPEN.contains(&shape)
                    .then(|| &self.shapes[shape]["properties"])
            }
        }
    }

    fn table(&mut self, rows: &[String]) {
        if !rows.is_empty() {
            let head = "| value | default | meaning |\n| --- | --- | --- |";
            let _ = write!(self.text, "\n{head}\n{}\n", rows.join("\n"));
        }
    }

    fn compare(&self, path: &str, schema: &Value, values: &Value) {
        let fields = self.fields(schema).unwrap();
        for key in values.as_object().into_iter().flat_map(Map::keys) {
            assert!(!fields[key].is_null(), "{path}.{key} is not in the schema");
        }
        for (key, one) in sorted(fields) {
            let path = format!("{path}.{key}");
            let value = &values[key];
            assert!(
                !described_or_empty(one).is_empty(),
                "{path} is not described"
            );
            // `global` is Helm's.
            let said = !value.is_null() || path == ".global";
            assert!(said, "{path} has no default in values.yaml");
            if self.fields(one).is_some() {
                self.compare(&path, one, value);
            }
        }
    }
}

fn sorted(fields: &Value) -> Vec<(&str, &Value)> {
    let mut fields: Vec<_> = fields
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| (key.as_str(), value))
        .collect();
    fields.sort_by_key(|(key, _)| *key);
    fields
}

fn row(path: &str, schema: &Value, default: &Value) -> String {
    let default = if default.is_null() || default == "" {
        String::new()
    } else {
        format!("`{}`", ordered(default))
    };
    format!("| `{path}` | {default} | {} |", described(schema))
}

fn described(schema: &Value) -> &str {
    let text = described_or_empty(schema);
    assert!(!text.is_empty() && !text.contains('|'), "{schema}");
    text
}

fn described_or_empty(schema: &Value) -> &str {
    schema["description"].as_str().unwrap_or_default()
}

/// JSON with its keys in order, whichever map the build has.
fn ordered(value: &Value) -> String {
    match value {
        Value::Object(_) => {
            let fields = sorted(value).into_iter();
            let fields = fields.map(|(key, one)| format!("{key:?}:{}", ordered(one)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
        }
        Value::Array(list) => {
            let list: Vec<_> = list.iter().map(ordered).collect();
            format!("[{}]", list.join(","))
        }
        plain => plain.to_string(),
    }
}
