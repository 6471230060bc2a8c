//! The words for programs in conditions and events. They are stable.

macro_rules! reasons {
    ($($(#[$about:meta])* $name:ident,)+) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Reason {
            $($(#[$about])* $name,)+
        }

        impl Reason {
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)+
                }
            }
        }
    };
}

reasons! {
    /// It is as it was asked for.
    AsAsked,
    /// Nothing hinders.
    NotBlocked,
    /// The operator is at work, and will be done by itself.
    InProgress,
    /// It was not looked at, because something before it does not hold.
    Waiting,
    /// `vaultpilot.io/paused` is set.
    Paused,
    /// The object cannot be read as its kind.
    Undecodable,
    /// The spec contradicts itself or names what cannot be.
    InvalidSpec,
    /// The limits contradict each other.
    InvalidLimits,
    /// The spec asks for what this version does not do.
    UnsupportedField,
    /// The namespace belongs to no tenant.
    NoTenant,
    /// Another tenant has the namespace.
    NamespaceConflict,
    /// The namespace is being deleted.
    NamespaceTerminating,
    /// An object of that name is somebody else's.
    ForeignObject,
    /// A network peer would open what stays shut for every tenant.
    ForbiddenNetwork,
    /// A Service that an endpoint names is not there.
    ServiceNotFound,
    PolicyNotFound,
    /// The policy is there and does not speak about the wallet.
    PolicyDoesNotSelect,
    WalletNotFound,
    WalletNotReady,
    TenantNotFound,
    /// The control API does not answer.
    ControlPlaneUnreachable,
    /// The control API said no.
    ControlPlaneRefused,
    /// The record of that name belongs to another resource.
    AdoptionConflict,
    /// The API that the exposure needs is not in this cluster.
    ApiNotAvailable,
    ClusterInternal,
    RouteNotAccepted,
    RouteAccepted,
    /// A pod cannot start; the message has the pod's own words.
    PodFailing,
    RollingOut,
    Suspended,
    SelfSuspended,
    Frozen,
    FrozenElsewhere,
    EndpointUnreachable,
    EndpointNotReady,
    /// The endpoint answered a call without a credential.
    EndpointOpen,
    /// The endpoint names another resource than it is.
    WrongResource,
    WrongChallenge,
    DiscoverFailed,
    Verified,
    /// A policy does not parse or compile.
    PolicyInvalid,
    StillReferenced,
    WalletsExist,
    StrategiesExist,
    TransactionPending,
    DeletionProtected,
    ForeignObjectsInNamespace,
    Deleting,
    Released,
    Reattached,
    NeverDetached,
    /// A write to the cluster was refused.
    ApplyFailed,
    DriftCorrected,
    Scheduled,
    Finished,
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
