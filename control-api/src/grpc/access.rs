//! Who may call which method: the whole table. What does not stand here is not answered, and a
//! method of the contract that does not stand here fails a test.

/// Whom a method lets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Whoever gets a connection: what it answers is no secret.
    Open,
    /// A pod of a tenant, for the runtime itself.
    Pod,
    /// A pod of a tenant, for the caller whose context it shows.
    Caller,
    /// The operator: its certificate and its token, both.
    Operator,
}

const RUNTIME: &str = "vaultpilot.v1.RuntimeService";
const STRATEGY: &str = "vaultpilot.v1.StrategyService";
const RESOURCE: &str = "vaultpilot.v1.ResourceService";
const HEALTH: &str = "grpc.health.v1.Health";
const REFLECTION: &str = "grpc.reflection.v1.ServerReflection";

/// Every method that is answered, by service.
pub const TABLE: &[(&str, &str, Access)] = &[
    (RUNTIME, "Authenticate", Access::Pod),
    (RUNTIME, "Tools", Access::Caller),
    (RUNTIME, "Admit", Access::Caller),
    (RUNTIME, "WalletCreate", Access::Caller),
    (RUNTIME, "WalletFetch", Access::Caller),
    (RUNTIME, "WalletList", Access::Caller),
    (RUNTIME, "WalletFreeze", Access::Caller),
    (RUNTIME, "Budget", Access::Caller),
    (RUNTIME, "Policy", Access::Caller),
    (RUNTIME, "Check", Access::Caller),
    (RUNTIME, "Simulate", Access::Caller),
    (RUNTIME, "Transfer", Access::Caller),
    (RUNTIME, "Cancel", Access::Caller),
    (RUNTIME, "Transaction", Access::Caller),
    (RUNTIME, "TransactionList", Access::Caller),
    (RUNTIME, "TransactionWait", Access::Caller),
    (RUNTIME, "Approval", Access::Caller),
    (RUNTIME, "ApprovalList", Access::Caller),
    (RUNTIME, "EventList", Access::Caller),
    (RUNTIME, "Faucet", Access::Caller),
    (RUNTIME, "WatchSnapshot", Access::Pod),
    (RUNTIME, "RecordReads", Access::Pod),
    (STRATEGY, "StrategyLease", Access::Pod),
    (STRATEGY, "StrategyRun", Access::Pod),
    (STRATEGY, "StrategyNext", Access::Pod),
    (RESOURCE, "TenantApply", Access::Operator),
    (RESOURCE, "TenantRelease", Access::Operator),
    (RESOURCE, "WalletApply", Access::Operator),
    (RESOURCE, "WalletRelease", Access::Operator),
    (RESOURCE, "PolicyApply", Access::Operator),
    (RESOURCE, "PolicyRelease", Access::Operator),
    (RESOURCE, "StrategyApply", Access::Operator),
    (RESOURCE, "StrategyRelease", Access::Operator),
    (HEALTH, "Check", Access::Open),
    (HEALTH, "List", Access::Open),
    (HEALTH, "Watch", Access::Open),
    (REFLECTION, "ServerReflectionInfo", Access::Open),
];

/// Whom the method of a path such as `/vaultpilot.v1.RuntimeService/Transfer` lets in.
pub fn access(path: &str) -> Option<Access> {
    let (service, method) = path.strip_prefix('/')?.split_once('/')?;
    let known = TABLE
        .iter()
        .find(|(known, name, _)| *known == service && *name == method);
    known.map(|(_, _, access)| *access)
}
