//! A document takes the one route that fits, or is held with a code that says why not.

#![expect(clippy::panic, reason = "a test fails by panicking")]

use peoplesoft_cleo::hold::HoldCode;
use peoplesoft_cleo::partner::{Document, PartnerProfile};
use peoplesoft_cleo::route::Router;
use proptest::prelude::*;

fn partner(id: &str, text: &str) -> PartnerProfile {
    PartnerProfile::from_toml(
        format!("{id}.toml"),
        &format!("id = \"{id}\"\nname = \"{id}\"\n{text}"),
    )
    .unwrap_or_else(|errors| panic!("{errors}"))
}

fn order_route(more: &str) -> String {
    format!(
        "[[routes]]\ndocument = \"purchase_order\"\nformat = \"json\"\nconnection = \"c\"\n{more}\n"
    )
}

fn supplier(id: &str, vendor: &str, routes: &str) -> PartnerProfile {
    partner(
        id,
        &format!("suppliers = [{{ setid = \"SHARE\", vendor_id = \"{vendor}\" }}]\n{routes}"),
    )
}

#[test]
fn every_reason_not_to_send_has_its_own_code() {
    let router = Router::new(vec![
        supplier("all", "0000000001", &order_route("")),
        supplier(
            "north",
            "0000000002",
            &order_route("business_units = [\"US001\"]"),
        ),
        supplier("off", "0000000003", &order_route("active = false")),
        supplier(
            "away",
            "0000000004",
            &format!("active = false\n{}", order_route("")),
        ),
        supplier("twin-a", "0000000005", &order_route("")),
        supplier("twin-b", "0000000005", &order_route("")),
    ]);
    let code = |unit: &str, setid: &str, vendor: &str| {
        router
            .resolve(unit, setid, vendor, "MAIN", Document::PurchaseOrder)
            .map(|found| found.partner.id.to_string())
            .map_err(|hold| hold.code)
    };
    assert_eq!(code("US001", "SHARE", "0000000001"), Ok("all".to_owned()));
    assert_eq!(code("US001", "SHARE", "0000000002"), Ok("north".to_owned()));
    assert_eq!(code("US002", "SHARE", "0000000002"), Err(HoldCode::NoRoute));
    assert_eq!(
        code("US001", "SHARE", "0000000003"),
        Err(HoldCode::InactiveRoute)
    );
    assert_eq!(
        code("US001", "SHARE", "0000000004"),
        Err(HoldCode::InactiveRoute)
    );
    assert_eq!(
        code("US001", "SHARE", "0000000005"),
        Err(HoldCode::AmbiguousRoute)
    );
    assert_eq!(
        code("US001", "SHARE", "1"),
        Err(HoldCode::NoRoute),
        "leading zeros count"
    );
    assert_eq!(code("US001", "EU", "0000000001"), Err(HoldCode::NoRoute));

    let hold = router
        .resolve(
            "US001",
            "SHARE",
            "0000000005",
            "MAIN",
            Document::PurchaseOrder,
        )
        .unwrap_err();
    assert!(
        hold.expected.contains("twin-a") && hold.expected.contains("twin-b"),
        "{hold}"
    );
    let hold = router
        .resolve(
            "US001",
            "SHARE",
            "0000000001",
            "MAIN",
            Document::BillingInvoice,
        )
        .unwrap_err();
    assert_eq!(hold.code, HoldCode::NoRoute);
    assert!(hold.remedy.contains("profile of all"), "{hold}");
}

#[test]
fn locations_and_customer_sets_tell_partners_apart() {
    let located = |id: &str, location: &str| {
        partner(
            id,
            &format!(
                "suppliers = [{{ setid = \"S\", vendor_id = \"1\", locations = [\"{location}\"] }}]\n{}",
                order_route("")
            ),
        )
    };
    let invoices =
        "[[routes]]\ndocument = \"billing_invoice\"\nformat = \"json\"\nconnection = \"c\"\n";
    let router = Router::new(vec![
        located("east", "EAST"),
        located("west", "WEST"),
        partner(
            "cust-a",
            &format!("customers = [{{ setid = \"A\", customer_id = \"9\" }}]\n{invoices}"),
        ),
        partner(
            "cust-b",
            &format!("customers = [{{ setid = \"B\", customer_id = \"9\" }}]\n{invoices}"),
        ),
    ]);
    let order = |location: &str| router.resolve("U", "S", "1", location, Document::PurchaseOrder);
    assert_eq!(order("WEST").unwrap().partner.id.as_str(), "west");
    assert_eq!(order("MAIN").unwrap_err().code, HoldCode::NoRoute);
    let invoice = |set| router.resolve_customer("U", set, "9", Document::BillingInvoice);
    assert_eq!(invoice(Some("B")).unwrap().partner.id.as_str(), "cust-b");
    assert_eq!(invoice(None).unwrap_err().code, HoldCode::AmbiguousRoute);
    assert_eq!(invoice(Some("C")).unwrap_err().code, HoldCode::NoRoute);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    /// Among hundreds of partners each supplier finds its own, whatever the order of the profiles.
    #[test]
    fn each_supplier_finds_its_own_partner(order in Just((0..300_u32).collect::<Vec<_>>()).prop_shuffle()) {
        let partners: Vec<_> = order
            .iter()
            .map(|number| supplier(&format!("p{number}"), &format!("{number:010}"), &order_route("")))
            .collect();
        let router = Router::new(partners);
        for number in 0..300 {
            let vendor = format!("{number:010}");
            let found = router.resolve("US001", "SHARE", &vendor, "MAIN", Document::PurchaseOrder);
            let found = found.map(|route| route.partner.id.to_string());
            prop_assert_eq!(found.map_err(|hold| hold.code), Ok(format!("p{number}")));
        }
    }
}
