//! Answers in several rounds, as 2026-07-28 has them: the server says what it lacks, the client
//! calls again with it. What the client carries between rounds is sealed.

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ClientCapabilities,
    CreateMessageRequest, CreateMessageRequestParams, ElicitRequest, ElicitRequestParams,
    ErrorData, GetPromptRequestParams, GetPromptResponse, GetPromptResult, InputRequest,
    InputRequests, InputRequiredResult, InputResponses, ListRootsRequest, PromptMessage,
    RequestStateCodec, Role, SamplingMessage,
};
use serde_json::{Map, Value, json};

use crate::tool::text;

const USER: &str = "user_name";
const GREETING: &str = "greeting";
const ROOTS: &str = "client_roots";

/// The rounds of one tool call; `None` for tools that answer at once.
pub(crate) fn call(
    codec: &RequestStateCodec,
    request: &CallToolRequestParams,
    able: &ClientCapabilities,
) -> Option<Result<CallToolResponse, ErrorData>> {
    let given = Given(request.input_responses.as_ref());
    let sealed = request.request_state.as_deref();
    let told = match request.name.as_ref() {
        "test_streaming_elicitation" => form("value", "string").map(|form| ask([form], None)),
        "test_input_required_result_elicitation" => match given.field(USER, "name") {
            Some(name) => Ok(done(&format!("Hello, {name}!"))),
            None => form(USER, "string").map(|form| ask([form], None)),
        },
        "test_input_required_result_sampling" => Ok(once(
            &given,
            sample("capital_question"),
            "Sampling response",
        )),
        "test_input_required_result_list_roots" => Ok(once(&given, roots(), "Client roots")),
        "test_input_required_result_request_state"
        | "test_input_required_result_tampered_state" => confirm(codec, sealed),
        "test_input_required_result_multiple_inputs" => several(codec, sealed, &given),
        "test_input_required_result_multi_round" => rounds(codec, sealed),
        "test_input_required_result_capabilities" => fitting(able, &given),
        _ => return None,
    };
    Some(told)
}

/// A prompt that asks first.
pub(crate) fn prompt(
    request: &GetPromptRequestParams,
) -> Option<Result<GetPromptResponse, ErrorData>> {
    if request.name != "test_input_required_result_prompt" {
        return None;
    }
    let given = Given(request.input_responses.as_ref());
    let Some(context) = given.field("user_context", "context") else {
        let asked = form("user_context", "string");
        return Some(asked.map(|form| required([form], None).into()));
    };
    let message = PromptMessage::new_text(Role::User, format!("With context: {context}"));
    Some(Ok(GetPromptResult::new(vec![message]).into()))
}

/// What a client answered. An answer that is no object counts as none.
struct Given<'a>(Option<&'a InputResponses>);

impl<'a> Given<'a> {
    fn of(&self, key: &str) -> Option<&'a Map<String, Value>> {
        self.0?.get(key)?.as_object()
    }

    fn field(&self, key: &str, name: &str) -> Option<&'a str> {
        self.of(key)?.get("content")?.get(name)?.as_str()
    }
}

type Told = Result<CallToolResponse, ErrorData>;
type Question = (String, InputRequest);

/// One question, and its answer repeated.
fn once(given: &Given<'_>, question: Question, name: &str) -> CallToolResponse {
    match given.of(&question.0) {
        Some(answer) => done(&format!("{name}: {}", Value::from(answer.clone()))),
        None => ask([question], None),
    }
}

fn confirm(codec: &RequestStateCodec, sealed: Option<&str>) -> Told {
    let Some(sealed) = sealed else {
        let state = seal(codec, &json!({ "stage": "confirm" }))?;
        return Ok(ask([form("confirm", "boolean")?], Some(state)));
    };
    unseal(codec, sealed)?;
    Ok(done("Confirmed: state-ok"))
}

fn several(codec: &RequestStateCodec, sealed: Option<&str>, given: &Given<'_>) -> Told {
    if let Some(sealed) = sealed {
        unseal(codec, sealed)?;
        if [USER, GREETING, ROOTS]
            .iter()
            .all(|key| given.of(key).is_some())
        {
            return Ok(done("All inputs received"));
        }
    }
    let state = seal(codec, &json!({ "stage": "gather" }))?;
    let questions = [form(USER, "string")?, sample(GREETING), roots()];
    Ok(ask(questions, Some(state)))
}

fn rounds(codec: &RequestStateCodec, sealed: Option<&str>) -> Told {
    let round = match sealed {
        None => 0,
        Some(sealed) => unseal(codec, sealed)?["round"].as_u64().unwrap_or_default(),
    };
    if round >= 2 {
        return Ok(done("Multi-round flow complete"));
    }
    let next = round + 1;
    let state = seal(codec, &json!({ "round": next }))?;
    Ok(ask([form(&format!("step{next}"), "string")?], Some(state)))
}

/// Only what the client can answer.
fn fitting(able: &ClientCapabilities, given: &Given<'_>) -> Told {
    let mut questions = Vec::new();
    if given.0.is_none() {
        if able.elicitation.is_some() {
            questions.push(form(USER, "string")?);
        }
        if able.sampling.is_some() {
            questions.push(sample(GREETING));
        }
        if able.roots.is_some() {
            questions.push(roots());
        }
    }
    if questions.is_empty() {
        return Ok(done("Nothing more to ask"));
    }
    Ok(ask(questions, None))
}

fn done(words: &str) -> CallToolResponse {
    CallToolResult::success(vec![text(words)]).into()
}

fn ask(questions: impl IntoIterator<Item = Question>, state: Option<String>) -> CallToolResponse {
    required(questions, state).into()
}

fn required(
    questions: impl IntoIterator<Item = Question>,
    state: Option<String>,
) -> InputRequiredResult {
    let questions: InputRequests = questions.into_iter().collect();
    InputRequiredResult::new(Some(questions), state)
}

/// A form with one field, named after its key's last word.
fn form(key: &str, kind: &str) -> Result<Question, ErrorData> {
    let field = match key {
        USER => "name",
        "user_context" => "context",
        "confirm" => "ok",
        _ => "value",
    };
    let schema = json!({
        "type": "object", "properties": { field: { "type": kind } }, "required": [field],
    });
    let requested_schema = serde_json::from_value(schema)
        .map_err(|problem| ErrorData::internal_error(problem.to_string(), None))?;
    let asked = ElicitRequest::new(ElicitRequestParams::FormElicitationParams {
        meta: None,
        message: format!("Please give {field}"),
        requested_schema,
    });
    Ok((key.to_owned(), InputRequest::Elicitation(asked)))
}

fn sample(key: &str) -> Question {
    let messages = vec![SamplingMessage::user_text("What is the capital of France?")];
    let asked = CreateMessageRequest::new(CreateMessageRequestParams::new(messages, 100));
    (key.to_owned(), InputRequest::CreateMessage(asked))
}

fn roots() -> Question {
    let asked = ListRootsRequest::default();
    (ROOTS.to_owned(), InputRequest::ListRoots(asked))
}

fn seal(codec: &RequestStateCodec, state: &Value) -> Result<String, ErrorData> {
    codec
        .seal_json(state)
        .map_err(|problem| ErrorData::internal_error(problem.to_string(), None))
}

/// What comes back from a client is not believed before its seal is checked.
fn unseal(codec: &RequestStateCodec, sealed: &str) -> Result<Value, ErrorData> {
    codec
        .open_json(sealed)
        .map_err(|_| ErrorData::invalid_params("requestState is not one of ours", None))
}
