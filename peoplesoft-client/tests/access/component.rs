//! What holds for component interfaces through both doors.

use peoplesoft_client::testing::{FakePeopleSoft, Trouble};
use peoplesoft_client::{CiBuffer, CiDoor, Client, Error, ErrorKind, Profile, Sent, Verdict};
use serde::Deserialize;

use crate::support::{acme, address, gateway, prefixed, profile, suppliers};

/// Every way that a site may have it: each door, with prefixes and without.
fn profiles() -> Vec<Profile> {
    let doors = [CiDoor::Soap, CiDoor::Rest];
    let ways = doors
        .into_iter()
        .flat_map(|door| [(door, false), (door, true)]);
    ways.map(|(door, with_prefix)| {
        profile(|access| {
            access.door = door;
            if with_prefix {
                prefixed(access);
            }
        })
    })
    .collect()
}

fn stored(fake: &FakePeopleSoft) -> Vec<CiBuffer> {
    fake.component("VNDR_ID")
        .unwrap()
        .records()
        .cloned()
        .collect()
}

#[tokio::test]
async fn a_record_is_got_found_made_and_changed() {
    for profile in profiles() {
        let (fake, client, _) = gateway(profile).await;
        fake.put_component(suppliers());
        let ci = client.component_interface("suppliers");
        assert_eq!(ci.name(), "VNDR_ID");

        let got = ci
            .get([("SETID", "SHARE"), ("VENDOR_ID", "0000000042")])
            .await
            .unwrap()
            .unwrap();
        assert_eq!(got.get("NAME1"), Some("Acme & Söhne"));
        let cities: Vec<_> = got
            .rows("VENDOR_ADDR")
            .filter_map(|row| row.get("CITY"))
            .collect();
        assert_eq!(cities, ["Ghent", "Lyon"]);
        let phone = got
            .rows("VENDOR_ADDR")
            .next()
            .unwrap()
            .rows("VENDOR_ADDR_PHN")
            .next()
            .unwrap();
        assert_eq!(phone.get("PHONE"), Some("555"));
        let nobody = ci
            .get([("SETID", "SHARE"), ("VENDOR_ID", "0000000001")])
            .await
            .unwrap();
        assert_eq!(nobody, None);

        let new = CiBuffer::new()
            .with("SETID", "SHARE")
            .with("VENDOR_ID", "NEXT")
            .with("NAME1", "Globex")
            .with_row("VENDOR_ADDR", address("1", "Oslo"));
        let created = ci.create(&new).await.unwrap();
        assert_eq!(created.keys.get("VENDOR_ID"), Some("0000000043"));
        assert_eq!(created.notification.verdict, Verdict::Saved);

        let found = ci.find([("SETID", "SHARE")]).await.unwrap();
        let ids: Vec<_> = found
            .iter()
            .filter_map(|keys| keys.get("VENDOR_ID"))
            .collect();
        assert_eq!(ids, ["0000000042", "0000000043"]);
        assert_eq!(ci.find([("SETID", "NONE")]).await.unwrap(), []);

        let change = CiBuffer::new()
            .with("SETID", "SHARE")
            .with("VENDOR_ID", "0000000043")
            .with("OLD_VENDOR_ID", "17")
            .with_row(
                "VENDOR_ADDR",
                CiBuffer::new()
                    .with("ADDRESS_SEQ_NUM", "1")
                    .with("CITY", "Bergen"),
            )
            .with_row("VENDOR_ADDR", address("2", "Turku"));
        let warned = ci.update(&change).await.unwrap();
        assert_eq!(warned.verdict, Verdict::SavedWithWarnings);
        assert_eq!(
            warned.messages[0].to_string(),
            "This supplier replaces another. (7030,21)"
        );
        let changed = ci.look_up(&change).await.unwrap().unwrap();
        let cities: Vec<_> = changed
            .rows("VENDOR_ADDR")
            .filter_map(|row| row.get("CITY"))
            .collect();
        assert_eq!(cities, ["Bergen", "Turku"]);
        assert_eq!(changed.get("NAME1"), Some("Globex"));

        // An update of data inserts no rows.
        let beyond = CiBuffer::new()
            .with("SETID", "SHARE")
            .with("VENDOR_ID", "0000000043")
            .with_row("VENDOR_ADDR", address("9", "Riga"));
        let refused = ci.update_data(&beyond).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Business);
        assert_eq!(refused.messages()[0].number(), Some(37));
        let known = CiBuffer::new()
            .with("SETID", "SHARE")
            .with("VENDOR_ID", "0000000043")
            .with("NAME1", "Globex AS");
        assert_eq!(
            ci.update_data(&known).await.unwrap().verdict,
            Verdict::Saved
        );
        assert_eq!(stored(&fake).len(), 2);
    }
}

#[tokio::test]
async fn a_record_fills_the_callers_own_type() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Supplier {
        vendor_id: String,
        name1: String,
        vendor_addr: Vec<Address>,
    }
    #[derive(Debug, PartialEq, Deserialize)]
    struct Address {
        address_seq_num: u16,
        city: Option<String>,
    }
    for profile in profiles() {
        let (fake, client, _) = gateway(profile).await;
        fake.put_component(suppliers());
        let ci = client.component_interface("suppliers");
        let got = ci.look_up(&acme()).await.unwrap().unwrap();
        let supplier: Supplier = got.decode().unwrap();
        assert_eq!(
            (&*supplier.vendor_id, &*supplier.name1),
            ("0000000042", "Acme & Söhne")
        );
        assert_eq!(
            supplier.vendor_addr[1],
            Address {
                address_seq_num: 2,
                city: Some("Lyon".to_owned())
            }
        );
    }
}

#[tokio::test]
async fn a_refusal_lists_its_messages() {
    for profile in profiles() {
        let (fake, client, _) = gateway(profile).await;
        fake.put_component(suppliers());
        let ci = client.component_interface("suppliers");
        let incomplete = CiBuffer::new().with("SETID", "SHARE");
        let refused = ci.create(&incomplete).await.unwrap_err();
        assert_eq!(
            (refused.kind(), refused.is_in_doubt()),
            (ErrorKind::Business, false)
        );
        let texts: Vec<_> = refused.messages().iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            [
                "Required field VENDOR_ID is blank. (15,30)",
                "Required field NAME1 is blank. (15,30)"
            ]
        );
        assert!(refused.to_string().contains(
            "the component interface refused: Required field VENDOR_ID is blank. (15,30)"
        ));
        assert!(refused.operation().unwrap().contains("VNDR_ID_C"));
        let twice = ci.create(&acme()).await.unwrap_err();
        assert_eq!(twice.messages()[0].set(), Some(18));
    }
}

/// What a caller does about a create whose answer was lost.
async fn make(client: &Client, record: &CiBuffer) -> Result<bool, Error> {
    let ci = client.component_interface("suppliers");
    match ci.create(record).await {
        Ok(_) => Ok(true),
        Err(error) if error.is_in_doubt() => Ok(ci.look_up(record).await?.is_some()),
        Err(error) => Err(error),
    }
}

#[tokio::test]
async fn a_create_is_not_sent_twice_and_a_lost_answer_is_looked_up() {
    for profile in profiles() {
        let (fake, client, clock) = gateway(profile).await;
        fake.put_component(suppliers());
        let ci = client.component_interface("suppliers");
        // The WSDL is read, where there is one, before anything goes wrong.
        assert!(ci.look_up(&acme()).await.unwrap().is_some());
        fake.clear_requests();
        let globex = CiBuffer::new()
            .with("SETID", "SHARE")
            .with("VENDOR_ID", "0000000077")
            .with("NAME1", "Globex");

        // The connection breaks before the gateway has looked at it: nothing was made.
        fake.trouble_next(Trouble::Cut);
        let lost = ci.create(&globex).await.unwrap_err();
        assert_eq!(
            (lost.kind(), lost.was_sent(), lost.attempts()),
            (ErrorKind::Transport, Sent::Maybe, 1)
        );
        assert!(lost.is_in_doubt());
        assert_eq!(ci.look_up(&globex).await.unwrap(), None);

        // It breaks while the answer comes: it was made.
        fake.trouble_next(Trouble::CutBody);
        assert!(make(&client, &globex).await.unwrap());
        assert_eq!(stored(&fake).len(), 2);

        // A gateway that is away has done nothing that anybody knows of.
        fake.trouble_next(Trouble::Unavailable { retry_after: None });
        assert!(ci.create(&globex).await.unwrap_err().is_in_doubt());
        assert!(clock.slept().is_empty());

        // A read is tried again.
        fake.trouble_next(Trouble::Unavailable { retry_after: None });
        assert!(ci.look_up(&globex).await.unwrap().is_some());
        assert_eq!(clock.slept().len(), 1);
    }
}

#[tokio::test]
async fn what_cannot_be_looked_up_is_said_before_anything_is_sent() {
    let (fake, client, _) = gateway(profile(|_| {})).await;
    let ci = client.component_interface("suppliers");
    let without = CiBuffer::new().with("SETID", "SHARE");
    insta::assert_snapshot!(
        ci.look_up(&without).await.unwrap_err(),
        @"PSFT_EP (CI_VNDR_ID_G): the record has no value for its key VENDOR_ID"
    );
    let unknown = client.component_interface("X_OTHER");
    insta::assert_snapshot!(
        unknown.look_up(&without).await.unwrap_err(),
        @"PSFT_EP (CI_X_OTHER_G): the profile lists no keys of the component interface X_OTHER"
    );
    assert!(fake.requests().is_empty());
}

#[tokio::test]
async fn permission_and_activity_count_here_too() {
    for profile in profiles() {
        let (fake, client, _) = gateway(profile).await;
        fake.put_component(suppliers());
        let ci = client.component_interface("suppliers");
        ci.look_up(&acme()).await.unwrap();
        fake.set_permitted("VNDR_ID", false);
        assert_eq!(
            ci.look_up(&acme()).await.unwrap_err().kind(),
            ErrorKind::OperationRefused
        );
        fake.set_permitted("VNDR_ID", true);
        fake.set_active("VNDR_ID", false);
        assert_eq!(
            ci.look_up(&acme()).await.unwrap_err().kind(),
            ErrorKind::OperationInactive
        );
    }
}
