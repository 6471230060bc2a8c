//! Which ports a rule speaks of.

use super::object::{Pod, PolicyPort, Port, Protocol};

/// The comparison of one port of a rule, with a space after it; nothing where the port is named and
/// the pod has none of that name.
pub(super) fn comparison(port: &PolicyPort, target: Option<&Pod>) -> Option<String> {
    let protocol = port.protocol.keyword();
    match (&port.port, port.end_port) {
        (None, _) => Some(format!("meta l4proto {protocol} ")),
        (Some(Port::Number(first)), Some(last)) => {
            Some(format!("{protocol} dport {first}-{last} "))
        }
        (Some(Port::Number(number)), None) => Some(format!("{protocol} dport {number} ")),
        (Some(Port::Name(name)), _) => {
            let number = numbered(target?, name, port.protocol)?;
            Some(format!("{protocol} dport {number} "))
        }
    }
}

pub(super) fn is_named(port: &PolicyPort) -> bool {
    matches!(port.port, Some(Port::Name(_)))
}

fn numbered(pod: &Pod, name: &str, protocol: Protocol) -> Option<u16> {
    pod.ports()
        .find(|port| port.name.as_deref() == Some(name) && port.protocol == protocol)
        .map(|port| port.number)
}
