//! Everything that a profile names is asked for, and nothing is written.

use peoplesoft_client::doctor::{Check, Outcome, Report};
use peoplesoft_client::testing::{FakeComponent, FakePeopleSoft, Output};
use peoplesoft_client::{
    CiAccess, CiDoor, Door, ErrorKind, HttpParameters, OperationAddress, Profile,
};

use crate::support::{Still, operations};

fn component(door: CiDoor, name: &str, keys: &[&str]) -> CiAccess {
    let mut access = CiAccess::default();
    access.door = door;
    access.name = name.to_owned();
    access.keys = keys.iter().map(|key| (*key).to_owned()).collect();
    access
}

/// A profile with something of every kind.
fn profile() -> Profile {
    let mut profile = Profile::default();
    let interfaces = &mut profile.component_interfaces;
    for (name, access) in [
        (
            "by_rest",
            component(CiDoor::Rest, "VNDR_ID", &["SETID", "VENDOR_ID"]),
        ),
        (
            "by_soap",
            component(CiDoor::Soap, "VNDR_ID", &["SETID", "VENDOR_ID"]),
        ),
        ("keyless", component(CiDoor::Rest, "DEPT_CI", &[])),
    ] {
        interfaces.insert(name.to_owned(), access);
    }
    profile.doors.http.parameters = HttpParameters::Document;
    profile.vendor_sync.door = Door::Rest;
    let load = &mut profile.po_acknowledgement.route;
    load.operation = "X_POA_LOAD".to_owned();
    load.message = "X_POA_LOAD".to_owned();
    load.door = Door::Soap;
    let mut address = OperationAddress::default();
    address.alias = "X_ANY.v1".to_owned();
    let operations = &mut profile.doors.operations;
    operations.insert("any".to_owned(), address);
    profile
}

async fn site(profile: Profile) -> FakePeopleSoft {
    let fake = FakePeopleSoft::builder()
        .profile(profile)
        .basic("EDI_USER", "correct horse")
        .now(Still::noon().0)
        .start()
        .await
        .unwrap();
    fake.put_component(FakeComponent::new("VNDR_ID", ["SETID", "VENDOR_ID"]));
    fake
}

async fn examined(fake: &FakePeopleSoft) -> Report {
    let client = fake.client_builder().clock(Still::noon()).build().unwrap();
    client.doctor().await
}

#[tokio::test]
async fn everything_is_asked_and_nothing_is_written() {
    let fake = site(profile()).await;
    let report = examined(&fake).await;
    assert!(report.is_healthy(), "{report}");
    insta::assert_snapshot!(operations(&report));
    // What is not a query was a read of a component interface, or a ping.
    let mut posts = Vec::new();
    for call in fake.received() {
        if call.method != "GET" {
            posts.push(format!(
                "{:?} {} {}",
                call.door,
                call.operation,
                call.body.len()
            ));
        }
        assert!(!call.operation.contains("POST") && !call.operation.contains("PUT"));
    }
    assert_eq!(posts.len(), 2, "{posts:?}");
    assert!(posts[0].starts_with("Soap CI_VNDR_ID_G.V1 "), "{posts:?}");
    // A ping carries no message.
    assert_eq!(posts[1], "Http VOUCHER_BUILD.VERSION_1 0");
    fake.run_batches();
    assert!(fake.staged_vouchers().is_empty() && fake.built_vouchers().is_empty());
    assert!(fake.failed_messages().is_empty());
}

#[tokio::test]
async fn each_fault_names_its_own_fix() {
    let mut profile = profile();
    let wrong = &mut profile.vouchers.lookups;
    wrong.get_mut("by_order").unwrap().query = "EDI_VCHR_MISSING".to_owned();
    let fake = site(profile.clone()).await;
    let mut output = Output::default();
    output.pings = false;
    output.refusal_status = 403;
    fake.set_output(output);
    fake.set_permitted("CI_VNDR_ID_G", false);
    fake.set_active("CIRT_VNDR_ID", false);
    fake.set_active("EDI_VOUCHER_STAGED", false);
    fake.set_active("QAS_QUERYSTATUS_REST_GET", false);
    let missing = FakePeopleSoft::builder()
        .basic("EDI_USER", "correct horse")
        .start()
        .await
        .unwrap();
    let report = examined(&fake).await;
    let wanted = [
        "voucher_build",
        "query_access.poll",
        "component_interfaces",
        "vendor_sync",
    ];
    let shown = operations(&report);
    let mut lines: Vec<&str> = Vec::new();
    let mut keep = false;
    for line in shown.lines() {
        if !line.starts_with("->") {
            keep = wanted.iter().any(|name| line.starts_with(name));
        }
        if keep {
            lines.push(line);
        }
    }
    insta::assert_snapshot!(lines.join("\n"));
    // A query that the site does not have, and a component interface that it does not have.
    let client = missing
        .client_builder()
        .profile(profile)
        .clock(Still::noon())
        .build()
        .unwrap();
    let report = client.doctor().await;
    let found = |name: &str| {
        let mut steps = report.of(Check::Operation);
        let step = steps.find(|step| step.subject.starts_with(name)).unwrap();
        (step.error, step.fix.clone().unwrap())
    };
    insta::assert_debug_snapshot!(
        [
            "vouchers.lookups.by_order",
            "component_interfaces.by_soap: WSDL",
            "component_interfaces.by_rest"
        ]
        .map(found)
    );
}

#[tokio::test]
async fn a_background_query_that_is_not_to_be_had_is_a_warning() {
    let fake = site(Profile::default()).await;
    fake.set_permitted("QAS_QUERYSTATUS_REST_GET", false);
    let report = examined(&fake).await;
    assert!(report.is_healthy());
    let mut steps = report.of(Check::Operation);
    let step = steps.find(|step| step.outcome == Outcome::Warn).unwrap();
    assert_eq!(step.error, Some(ErrorKind::OperationRefused));
    insta::assert_snapshot!(step.fix.as_deref().unwrap(), @"Needed only for queries that run in the background. Add QAS_QUERYSTATUS_REST_GET with full access to a permission list of the user on node PSFT_EP.");
}

#[tokio::test]
async fn without_a_place_for_the_operation_type_nothing_is_sent_for_a_ping() {
    // As headers, without a name for the operation type: the message would be one of the operation.
    let fake = site(Profile::default()).await;
    let report = examined(&fake).await;
    let posted = fake.received();
    assert!(posted.iter().all(|call| call.method == "GET"));
    let mut steps = report.of(Check::Operation);
    let step = steps.find(|step| step.subject.starts_with("voucher_build.route"));
    assert_eq!(step.unwrap().seen, "cannot be probed without posting");

    let mut profile = Profile::default();
    profile.doors.http.names.operation_type = "OperationType".to_owned();
    let fake = site(profile).await;
    let report = examined(&fake).await;
    let mut steps = report.of(Check::Operation);
    let step = steps.find(|step| step.subject.starts_with("voucher_build.route"));
    assert_eq!(
        step.unwrap().seen,
        "cannot be probed without posting; the door answers a ping"
    );
}

#[tokio::test]
async fn the_password_of_a_door_of_its_own_is_told_by_its_ping() {
    let fake = FakePeopleSoft::builder()
        .profile(profile())
        .basic("EDI_USER", "correct horse")
        .node_password("X_NODE", "right")
        .start()
        .await
        .unwrap();
    let wrong = peoplesoft_client::Credentials::node("X_NODE", "wrong".into());
    let client = fake
        .client_builder()
        .credentials_for(Door::Http, wrong)
        .clock(Still::noon())
        .build()
        .unwrap();
    let report = client.doctor().await;
    let mut steps = report.of(Check::Operation);
    let step = steps
        .find(|step| step.subject.starts_with("voucher_build.route"))
        .unwrap();
    assert_eq!(step.error, Some(ErrorKind::Unauthorized));
    // The other doors know the caller.
    let authentication = report.of(Check::Authentication).next().unwrap();
    assert_eq!(authentication.outcome, Outcome::Ok);
}

#[tokio::test]
async fn what_a_site_does_without_is_not_asked_for() {
    let mut profile = Profile::default();
    profile.voucher_build.staged.query = String::new();
    profile.voucher_build.built.query = String::new();
    profile.jobs.query = String::new();
    profile.vouchers.lookups.clear();
    profile.validate().unwrap();
    let fake = site(profile).await;
    let report = examined(&fake).await;
    let shown = operations(&report);
    for absent in [
        "jobs",
        "vouchers.lookups",
        "voucher_build.staged",
        "voucher_build.built",
    ] {
        assert!(!shown.contains(absent), "{absent}: {shown}");
    }
    assert!(shown.contains("payments.lookups.by_key"));
}

#[tokio::test]
async fn a_machine_is_told_the_service_operation() {
    let fake = site(Profile::default()).await;
    fake.set_permitted("EDI_VCHR_BY_KEY", false);
    let report = examined(&fake).await;
    let mut steps = report.of(Check::Operation);
    let failed = steps.find(|step| step.outcome == Outcome::Fail).unwrap();
    let json = serde_json::to_string_pretty(failed).unwrap();
    insta::assert_snapshot!(json);
}
