//! The control plane goes, and comes back.

use vaultpilot_ports::{ControlPlane as _, Fault};

use crate::call::{key, payment, remote};
use crate::house::TENANT;
use crate::server::ControlPlane;

fn is_away<T: std::fmt::Debug>(answer: Result<T, Fault>) -> bool {
    let fault = answer.unwrap_err();
    let told = matches!(&fault, Fault::Unavailable { retry_after, .. } if !retry_after.is_zero());
    told && fault.code() == "control_plane_unavailable"
}

#[tokio::test]
async fn what_cannot_be_reached_is_unavailable_and_then_is_there_again() {
    let mut server = ControlPlane::start().await;
    let remote = remote(&server).await;
    let tenant = TENANT.parse().unwrap();
    let caller = remote.authenticate(&tenant, &key(), None).await.unwrap();
    remote.tools(&caller).await.unwrap();

    server.go_away().await;
    assert!(is_away(remote.tools(&caller).await));
    assert!(is_away(remote.transfer(&caller, &payment()).await));
    // Still good, so nobody has to be asked.
    assert_eq!(
        remote.authenticate(&tenant, &key(), None).await,
        Ok(caller.clone())
    );

    server.come_back().await;
    remote.tools(&caller).await.unwrap();
    remote.transfer(&caller, &payment()).await.unwrap();
    assert_eq!(server.desk.count("Transfer"), 1);
    assert_eq!(server.desk.count("Authenticate"), 1);
}

#[tokio::test]
async fn a_payment_that_may_have_arrived_is_not_sent_again() {
    let mut server = ControlPlane::start().await;
    let remote = remote(&server).await;
    let tenant = TENANT.parse().unwrap();
    let caller = remote.authenticate(&tenant, &key(), None).await.unwrap();
    *server.desk.house.slow.lock().unwrap() = true;

    let desk = server.desk.clone();
    let request = payment();
    let paying = remote.transfer(&caller, &request);
    let outage = async {
        desk.house.begun.notified().await;
        server.go_away().await;
        server.come_back().await;
    };
    let (paid, ()) = tokio::join!(paying, outage);
    assert!(is_away(paid));
    assert_eq!(desk.count("Transfer"), 1);
}

#[tokio::test]
async fn a_read_that_broke_on_the_way_is_asked_again() {
    let mut server = ControlPlane::start().await;
    let remote = remote(&server).await;
    let tenant = TENANT.parse().unwrap();
    let caller = remote.authenticate(&tenant, &key(), None).await.unwrap();
    remote.tools(&caller).await.unwrap();
    server.go_away().await;
    let back = async {
        tokio::time::sleep(std::time::Duration::from_millis(150)).await;
        server.come_back().await;
    };
    let (tools, ()) = tokio::join!(remote.tools(&caller), back);
    tools.unwrap();
}
