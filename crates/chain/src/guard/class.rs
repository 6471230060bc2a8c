//! Sorts addresses by where they lead.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Public,
    Private,
    Loopback,
    /// Nothing honest stands there.
    Never,
}

pub(super) fn classify(address: IpAddr) -> Class {
    match address {
        IpAddr::V4(v4) => classify_v4(v4),
        IpAddr::V6(v6) => classify_v6(v6),
    }
}

fn classify_v4(address: Ipv4Addr) -> Class {
    match address.octets() {
        // Metadata of Azure and Alibaba, link-local with everybody else's metadata.
        [168, 63, 129, 16] | [100, 100, 100, 200] | [169, 254, ..]
        // This network, multicast and above, protocol assignments, documentation.
        | [0 | 224..=255, ..] | [192, 0, 0 | 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => {
            Class::Never
        }
        [127, ..] => Class::Loopback,
        [10, ..] | [192, 168, ..] | [198, 18..=19, ..] => Class::Private,
        [172, second, ..] if second & 0xf0 == 16 => Class::Private,
        [100, second, ..] if second & 0xc0 == 64 => Class::Private,
        _ => Class::Public,
    }
}

fn classify_v6(address: Ipv6Addr) -> Class {
    if address == Ipv6Addr::LOCALHOST {
        return Class::Loopback;
    }
    match address.segments() {
        // NAT64 leads to the IPv4 address inside.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            let [a, b] = high.to_be_bytes();
            let [c, d] = low.to_be_bytes();
            classify_v4(Ipv4Addr::new(a, b, c, d))
        }
        // Unspecified, IPv4-mapped and IPv4-compatible.
        [0, 0, 0, 0, 0, ..]
        // Local NAT64, Teredo, documentation, 6to4.
        | [0x64, 0xff9b, ..] | [0x2001, 0 | 0xdb8, ..] | [0x2002, ..]
        // Metadata of AWS.
        | [0xfd00, 0xec2, ..] => Class::Never,
        [first, ..] if first & 0xfe00 == 0xfc00 => Class::Private,
        // Everything else outside the global unicast range.
        [first, ..] if first & 0xe000 != 0x2000 => Class::Never,
        _ => Class::Public,
    }
}
