//! Behind proxies: where a call really comes from.

use std::net::{IpAddr, SocketAddr};

/// The address of a caller whose connection comes from `peer`. `forwarded` are the values of its
/// `X-Forwarded-For` headers, first to last.
///
/// The header is believed of a trusted peer only, and read from its end: every proxy adds whom it
/// spoke to, and what stands before the first address that is no trusted proxy could be written by
/// anybody. `None` where a trusted proxy tells something that is no address: then nobody knows, and
/// policies that ask for an address deny.
pub fn client_address<'a>(
    peer: IpAddr,
    forwarded: impl DoubleEndedIterator<Item = &'a [u8]>,
    trusts: impl Fn(IpAddr) -> bool,
) -> Option<IpAddr> {
    let mut farthest = peer.to_canonical();
    let hops = forwarded.rev().flat_map(|line| line.rsplit(|b| *b == b','));
    for hop in hops {
        if !trusts(farthest) {
            break;
        }
        farthest = address(hop)?;
    }
    Some(farthest)
}

/// An address as proxies write it: bare, in brackets, or with a port.
fn address(hop: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(hop).ok()?.trim_matches([' ', '\t']);
    let bracketed = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let address = match bracketed {
        Some(inside) => IpAddr::V6(inside.parse().ok()?),
        None => match text.parse::<IpAddr>() {
            Ok(address) => address,
            Err(_) => text.parse::<SocketAddr>().ok()?.ip(),
        },
    };
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests;
