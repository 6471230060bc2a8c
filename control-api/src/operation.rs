//! One operation: where it is, who may, and the shapes it speaks.

use axum::routing::MethodRouter;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use vaultpilot_core::Permission;

use crate::Api;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Put,
    Delete,
}

impl Method {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Post => "post",
            Self::Put => "put",
            Self::Delete => "delete",
        }
    }
}

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody who can reach the listener: nothing is told that is not public.
    Open,
    /// Any valid key, also an agent's.
    Authenticated,
    /// People with this permission.
    Person(Permission),
}

type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    pub id: &'static str,
    pub method: Method,
    pub path: &'static str,
    pub summary: &'static str,
    pub access: Access,
    /// Query parameters: name and meaning.
    pub query: &'static [(&'static str, &'static str)],
    pub request: Option<SchemaOf>,
    pub response: Option<SchemaOf>,
    pub content_type: &'static str,
}

impl Operation {
    pub const fn new(id: &'static str, method: Method, path: &'static str) -> Self {
        Self {
            id,
            method,
            path,
            summary: "",
            access: Access::Open,
            query: &[],
            request: None,
            response: None,
            content_type: "application/json",
        }
    }

    #[must_use]
    pub const fn says(mut self, summary: &'static str) -> Self {
        self.summary = summary;
        self
    }

    #[must_use]
    pub const fn needs(mut self, permission: Permission) -> Self {
        self.access = Access::Person(permission);
        self
    }

    #[must_use]
    pub const fn any_key(mut self) -> Self {
        self.access = Access::Authenticated;
        self
    }

    #[must_use]
    pub const fn query(mut self, query: &'static [(&'static str, &'static str)]) -> Self {
        self.query = query;
        self
    }

    #[must_use]
    pub fn takes<T: JsonSchema>(mut self) -> Self {
        self.request = Some(SchemaGenerator::subschema_for::<T>);
        self
    }

    #[must_use]
    pub fn gives<T: JsonSchema>(mut self) -> Self {
        self.response = Some(SchemaGenerator::subschema_for::<T>);
        self
    }

    #[must_use]
    pub const fn content(mut self, content_type: &'static str) -> Self {
        self.content_type = content_type;
        self
    }

    pub(crate) fn handled_by(self, handler: MethodRouter<Api>) -> Route {
        Route {
            operation: self,
            handler,
        }
    }
}

/// An operation and its handler.
pub(crate) struct Route {
    pub operation: Operation,
    pub handler: MethodRouter<Api>,
}
