use super::{EndpointGuard, EndpointRefused};

const PUBLIC: EndpointGuard = EndpointGuard::public();
const LOCAL: EndpointGuard = EndpointGuard::local();
const PRIVATE: EndpointGuard = EndpointGuard {
    allow_loopback: false,
    allow_private: true,
};

/// URL, then the answer of each guard.
type Row = (&'static str, [Result<(), EndpointRefused>; 3]);

const YES: Result<(), EndpointRefused> = Ok(());
const ADDRESS: Result<(), EndpointRefused> = Err(EndpointRefused::Address);
const PLAIN: Result<(), EndpointRefused> = Err(EndpointRefused::Plaintext);
const SCHEME: Result<(), EndpointRefused> = Err(EndpointRefused::Scheme);
const UNREADABLE: Result<(), EndpointRefused> = Err(EndpointRefused::Unreadable);

const TABLE: &[Row] = &[
    ("https://rpc.example.com/v2/key", [YES, YES, YES]),
    ("https://user:pass@rpc.example.com", [YES, YES, YES]),
    ("https://93.184.216.34", [YES, YES, YES]),
    ("https://[2606:2800:220:1::1]:8545", [YES, YES, YES]),
    ("http://93.184.216.34", [PLAIN, PLAIN, PLAIN]),
    ("http://rpc.example.com", [PLAIN, PLAIN, YES]),
    ("http://127.0.0.1:8545", [ADDRESS, YES, YES]),
    ("https://127.1.2.3", [ADDRESS, YES, YES]),
    ("http://2130706433", [ADDRESS, YES, YES]),
    ("http://0x7f.1", [ADDRESS, YES, YES]),
    ("http://[::1]:8545", [ADDRESS, YES, YES]),
    ("http://localhost:8545", [ADDRESS, YES, YES]),
    ("http://node.localhost.", [ADDRESS, YES, YES]),
    ("https://10.0.0.1", [ADDRESS, ADDRESS, YES]),
    ("http://172.16.0.1", [ADDRESS, ADDRESS, YES]),
    ("https://172.31.255.255", [ADDRESS, ADDRESS, YES]),
    ("https://172.32.0.1", [YES, YES, YES]),
    ("http://192.168.1.1", [ADDRESS, ADDRESS, YES]),
    ("https://100.64.0.1", [ADDRESS, ADDRESS, YES]),
    ("https://100.128.0.1", [YES, YES, YES]),
    ("https://[fd12:3456::1]", [ADDRESS, ADDRESS, YES]),
    ("https://[64:ff9b::a00:1]", [ADDRESS, ADDRESS, YES]),
    ("https://[64:ff9b::5db8:d822]", [YES, YES, YES]),
    (
        "http://169.254.169.254/latest/meta-data",
        [ADDRESS, ADDRESS, ADDRESS],
    ),
    ("https://169.254.0.1", [ADDRESS, ADDRESS, ADDRESS]),
    ("https://168.63.129.16", [ADDRESS, ADDRESS, ADDRESS]),
    ("https://100.100.100.200", [ADDRESS, ADDRESS, ADDRESS]),
    ("https://[fd00:ec2::254]", [ADDRESS, ADDRESS, ADDRESS]),
    ("https://[fe80::1]", [ADDRESS, ADDRESS, ADDRESS]),
    ("https://[::ffff:127.0.0.1]", [ADDRESS, ADDRESS, ADDRESS]),
    (
        "https://[::ffff:93.184.216.34]",
        [ADDRESS, ADDRESS, ADDRESS],
    ),
    ("https://[::127.0.0.1]", [ADDRESS, ADDRESS, ADDRESS]),
    ("https://[::]", [ADDRESS, ADDRESS, ADDRESS]),
    ("https://[2002:7f00:1::]", [ADDRESS, ADDRESS, ADDRESS]),
    ("https://[2001:db8::1]", [ADDRESS, ADDRESS, ADDRESS]),
    ("https://0.0.0.0", [ADDRESS, ADDRESS, ADDRESS]),
    ("https://224.0.0.1", [ADDRESS, ADDRESS, ADDRESS]),
    ("https://255.255.255.255", [ADDRESS, ADDRESS, ADDRESS]),
    ("https://[ff02::1]", [ADDRESS, ADDRESS, ADDRESS]),
    ("ws://rpc.example.com", [SCHEME, SCHEME, SCHEME]),
    ("file:///etc/passwd", [SCHEME, SCHEME, SCHEME]),
    ("rpc.example.com", [UNREADABLE, UNREADABLE, UNREADABLE]),
    ("https://", [UNREADABLE, UNREADABLE, UNREADABLE]),
];

#[test]
fn every_url_gets_the_answer_in_the_table() {
    for (url, expected) in TABLE {
        let answers = [PUBLIC, LOCAL, PRIVATE].map(|guard| guard.check(url).map(|_| ()));
        assert_eq!(&answers, expected, "{url}");
    }
}

#[tokio::test]
async fn a_name_that_resolves_to_this_machine_is_refused_on_resolution() {
    use reqwest::dns::Resolve;

    let resolve = |guard| {
        super::GuardedResolver {
            guard,
            plaintext: false,
        }
        .resolve("localhost".parse().unwrap())
    };
    assert!(
        resolve(LOCAL)
            .await
            .is_ok_and(|mut addresses| addresses.next().is_some())
    );
    let refused = resolve(PUBLIC).await.err().unwrap();
    assert_eq!(
        refused.downcast_ref::<EndpointRefused>(),
        Some(&EndpointRefused::Address)
    );
}

#[test]
fn a_refusal_does_not_show_the_url() {
    let refused = PUBLIC.check("http://secret.example.com/key").unwrap_err();
    assert!(!refused.to_string().contains("secret"));
}
