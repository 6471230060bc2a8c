//! The condition types of each kind, and what they mean.

macro_rules! conditions {
    ($($(#[$about:meta])* $kind:ident { $($name:ident: $meaning:literal,)+ })+) => {$(
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $kind {
            $(#[doc = $meaning] $name,)+
        }

        impl $kind {
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// As it is written in `type`.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)+
                }
            }

            /// What it means when it is `True`.
            pub const fn meaning(self) -> &'static str {
                match self {
                    $(Self::$name => $meaning,)+
                }
            }
        }

        impl std::fmt::Display for $kind {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )+};
}

conditions! {
    /// The condition types of a Tenant.
    TenantCondition {
        Ready: "Everything below that applies holds; agents can connect.",
        Reconciling: "The operator is still at work on the newest generation.",
        Stalled: "The operator cannot go on before somebody changes something.",
        Accepted: "The spec makes sense as a whole.",
        NamespaceReady: "The namespace exists and is this tenant's alone.",
        NetworkIsolated: "The network policies are in place, default deny both ways.",
        QuotaApplied: "Resource quota and limit range are in place.",
        KeyManagementReady: "The control API can use the key management that was asked for.",
        RuntimeAvailable: "Enough pods of the runtime are ready.",
        Exposed: "The route that was asked for is accepted.",
        EndpointVerified: "A real MCP call was answered, and an unauthenticated one refused.",
        Suspended: "The tenant is suspended: it pays nothing and answers nobody.",
        Idle: "No pods run, because nobody called for `idleAfter`.",
        DeletionBlocked: "The tenant is being deleted and something is in the way.",
    }
    /// The condition types of a Wallet.
    WalletCondition {
        Ready: "The wallet has an address and can be used.",
        Reconciling: "The operator is still at work on the newest generation.",
        Stalled: "The operator cannot go on before somebody changes something.",
        Accepted: "The spec makes sense as a whole, and what it refers to exists.",
        KeyReady: "The wallet's key exists, wrapped, at the control API.",
        Reattached: "The wallet was deleted once and has the key and the address it had then.",
        Frozen: "The wallet signs nothing.",
        DeletionBlocked: "The wallet is being deleted and something is in the way.",
    }
    /// The condition types of a Strategy.
    StrategyCondition {
        Ready: "The strategy is scheduled or has done all it was asked for.",
        Reconciling: "The operator is still at work on the newest generation.",
        Stalled: "The operator cannot go on before somebody changes something.",
        Accepted: "The spec makes sense as a whole.",
        WalletReady: "The wallet exists and is ready.",
        Suspended: "No run starts: by `suspend`, or after failures in a row.",
        DeletionBlocked: "The strategy is being deleted and something is in the way.",
    }
    /// The condition types of a Policy.
    PolicyCondition {
        Ready: "The policy is in force as it is written.",
        Reconciling: "The operator is still at work on the newest generation.",
        Stalled: "The operator cannot go on before somebody changes something.",
        Accepted: "The control API could compile the policy.",
        DeletionBlocked: "The policy is being deleted and something is in the way.",
    }
}
