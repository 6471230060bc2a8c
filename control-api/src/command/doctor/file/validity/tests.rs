use rcgen::{CertificateParams, KeyPair, date_time_ymd};

use super::not_after;

#[test]
fn the_end_is_read_in_both_spellings() {
    let key = KeyPair::generate().unwrap();
    for (year, expected) in [
        (2031, "2031-02-03T00:00:00Z"),
        (2071, "2071-02-03T00:00:00Z"),
    ] {
        let mut params = CertificateParams::new(vec!["a.example".to_owned()]).unwrap();
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(year, 2, 3);
        let certificate = params.self_signed(&key).unwrap();
        let end = not_after(certificate.der()).unwrap();
        assert_eq!(end.to_string(), expected);
    }
}

#[test]
fn nonsense_has_no_end() {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["a.example".to_owned()]).unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let whole = certificate.der().to_vec();
    for cut in 0..whole.len().min(200) {
        assert_eq!(not_after(&whole[..cut].to_vec().into()), None, "{cut}");
    }
    assert_eq!(not_after(&vec![0x30, 0xff, 1, 2].into()), None);
}
