//! Who stands behind a call.

use vaultpilot_core::{Caller, CallerKind, Role, Tool};

use super::{Wire, WireError, at, names, standard};
use crate::pb;

names!(Role as pb::Role { Owner, Approver, Viewer, Agent });

impl Wire<CallerKind> for pb::caller::Kind {
    fn write(value: CallerKind) -> Self {
        match value {
            CallerKind::Agent { key, name } => Self::Agent(pb::Agent {
                key: Wire::write(key),
                name: Wire::write(name),
            }),
            CallerKind::Person { key, name } => Self::Person(pb::Person {
                key: Wire::write(key),
                name: Wire::write(name),
            }),
            CallerKind::Strategy { id, name } => Self::Strategy(pb::StrategyCaller {
                id: Wire::write(id),
                name: Wire::write(name),
            }),
            CallerKind::System => Self::System(pb::System {}),
        }
    }

    fn read(self) -> Result<CallerKind, WireError> {
        Ok(match self {
            Self::Agent(agent) => CallerKind::Agent {
                key: at("agent.key", agent.key.read())?,
                name: at("agent.name", agent.name.read())?,
            },
            Self::Person(person) => CallerKind::Person {
                key: at("person.key", person.key.read())?,
                name: at("person.name", person.name.read())?,
            },
            Self::Strategy(strategy) => CallerKind::Strategy {
                id: at("strategy.id", strategy.id.read())?,
                name: at("strategy.name", strategy.name.read())?,
            },
            Self::System(pb::System {}) => CallerKind::System,
        })
    }
}

impl Wire<Caller> for pb::Caller {
    fn write(value: Caller) -> Self {
        let Caller {
            tenant,
            kind,
            role,
            scopes,
            ip,
        } = value;
        Self {
            tenant: Wire::write(tenant),
            kind: Some(Wire::write(kind)),
            role: Wire::write(role),
            scopes: Wire::write(scopes),
            ip: Wire::write(ip),
        }
    }

    fn read(self) -> Result<Caller, WireError> {
        Ok(Caller {
            tenant: at("tenant", self.tenant.read())?,
            kind: at("kind", crate::required(self.kind))?,
            role: at("role", self.role.read())?,
            scopes: at("scopes", self.scopes.read())?,
            ip: at("ip", self.ip.read())?,
        })
    }
}

standard!(Caller as pb::Caller);

impl Wire<Vec<Tool>> for pb::ToolsResponse {
    fn write(value: Vec<Tool>) -> Self {
        Self {
            tools: Wire::write(value),
        }
    }

    fn read(self) -> Result<Vec<Tool>, WireError> {
        // A tool that a newer control plane knows and this runtime does not is none of its tools.
        let known = self.tools.into_iter().filter_map(|tool| tool.parse().ok());
        Ok(known.collect())
    }
}
