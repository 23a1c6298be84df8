//! What goes wrong with what partners send, from the file in Cleo to what a person sees, and that nothing else waits for it.

use peoplesoft_cleo::partner::PartnerProfile;
use peoplesoft_cleo::simulation::{Faults, INBOX, Set};
use peoplesoft_client::model::{BuildKey, InvoiceId, NewVoucher, PurchaseOrder};
use serde_json::Value;
use sync_core::delivery::Phase;
use x12_edi::document::application_advice::{
    AdviceCode, AdviceError, ApplicationAdvice, DocumentAdvice,
};
use x12_edi::document::segments::TechnicalError;
use x12_edi::document::ship_notice::{Level, ShipNotice};
use x12_edi::value::{Date, Time};

use crate::simulated::Simulated;

impl Simulated {
    /// Somebody else puts a voucher in, as the interface takes it.
    async fn by_hand(&self, mut voucher: NewVoucher, invoice: &str) {
        voucher.invoice = InvoiceId::new(invoice).unwrap();
        voucher.build_key = BuildKey::of(&format!("by hand {invoice}"));
        let integration = self.open().await;
        let builds = integration.peoplesoft().voucher_builds();
        builds.build(&voucher).await.unwrap();
    }

    /// What `holds` shows: flow, document, code, why.
    async fn shown_holds(&self) -> Vec<[String; 4]> {
        let told = self.say(&["holds", "--json"]).await.is(0).json();
        let holds = told["holds"].as_array().unwrap();
        let text = |hold: &Value, name: &str| hold[name].as_str().unwrap().to_owned();
        let one = |hold: &Value| ["flow", "document", "code", "why"].map(|name| text(hold, name));
        holds.iter().map(one).collect()
    }

    /// How many documents of a flow `status` shows in a phase.
    async fn shown_status(&self, flow: &str, phase: Phase) -> u64 {
        let told = self.say(&["status", "--json"]).await.is(0).json();
        let streams = told["streams"].as_array().unwrap();
        let of = streams.iter().find(|stream| stream["flow"] == flow);
        of.map_or(0, |of| of["documents"][phase.name()].as_u64().unwrap_or(0))
    }

    /// The events that `timeline` shows, each as flow, kind and text.
    async fn shown_timeline(&self, key: &str) -> Vec<String> {
        let told = self.say(&["timeline", key, "--json"]).await.is(0).json();
        let events = told["events"].as_array().unwrap();
        let line =
            |event: &Value| format!("{} {} {}", event["flow"], event["kind"], event["event"]);
        events.iter().map(line).collect()
    }

    async fn give_up(&self, flow: &str, document: &str) {
        let words = [
            "release", flow, document, "--as", "abandon", "--by", "jane", "--why", "seen",
        ];
        self.say(&words).await.is(0);
    }

    /// The chains are whole, whatever went through them.
    async fn verifies(&self) {
        self.say(&["audit", "verify"]).await.is(0);
    }

    /// A file of the first partner's with nothing in it but TA1 segments about our interchanges.
    fn place_ta1(&self, partner: &PartnerProfile, number: u32, said: &[(&str, &str)]) {
        let like = self.interchange(partner, number, &[]);
        // The ISA as every file of the partner has it; the acknowledgments; the trailer of no group.
        let mut text = String::from_utf8(like[..106].to_vec()).unwrap();
        let (separator, end) = (text.chars().nth(3).unwrap(), text.chars().nth(105).unwrap());
        let mut add = |elements: &[&str]| {
            text.push_str(&elements.join(&separator.to_string()));
            text.push(end);
        };
        for (about, verdict) in said {
            let (code, note) = verdict.split_once(' ').unwrap();
            add(&["TA1", about, "260420", "0600", code, note]);
        }
        add(&["IEA", "0", &format!("{number:09}")]);
        let name = format!("ta1-{number}.edi");
        self.doubles
            .cleo
            .place(INBOX, &name, text.into_bytes())
            .unwrap();
    }
}

/// The number that a file's interchange has (ISA13).
fn interchange_number(bytes: &[u8]) -> String {
    String::from_utf8(bytes[90..99].to_vec()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invoice_that_somebody_has_entered_by_hand_waits_and_makes_no_second_voucher() {
    let simulated = Simulated::start(10, false, Faults::None).await;
    let order = &simulated.world.orders().unwrap()[0];
    let partner = simulated.partner(order);
    simulated.place(partner, "a.edi", 1, &[simulated.invoice(order, "INV-1")]);
    simulated.sync().await.is_complete();
    let like = simulated.doubles.peoplesoft.staged_vouchers().remove(0);
    simulated.by_hand(like, "INV-9").await;
    simulated.doubles.peoplesoft.run_batches();
    assert_eq!(simulated.doubles.peoplesoft.built_vouchers().len(), 2);

    let late = [
        simulated.invoice(order, "INV-9"),
        simulated.invoice(order, "INV-2"),
    ];
    simulated.place(partner, "b.edi", 2, &late);
    let ran = simulated.sync().await;
    ran.is_complete();
    let key = format!("{}/INV-9", partner.id);
    let holds = simulated.shown_holds().await;
    let [[flow, document, code, why]] = &holds[..] else {
        panic!("{holds:?}");
    };
    assert_eq!(
        (flow.as_str(), code.as_str()),
        ("vouchers", "duplicate-voucher")
    );
    assert_eq!(*document, key);
    let hand = &simulated.doubles.peoplesoft.built_vouchers()[1];
    assert!(why.contains(&hand.key.to_string()), "{why}");
    assert!(why.contains("peoplesoft-cleo release vouchers"), "{why}");
    // Its neighbour in the same file went on, and so did what had waited for PeopleSoft.
    assert_eq!(simulated.doubles.peoplesoft.staged_vouchers().len(), 1);
    assert_eq!(simulated.shown_status("vouchers", Phase::Held).await, 1);
    assert_eq!(
        simulated
            .shown_status("vouchers", Phase::Acknowledged)
            .await,
        1
    );
    let events = simulated.shown_timeline(&key).await;
    assert!(
        events
            .iter()
            .any(|event| event.contains("duplicate-voucher")),
        "{events:?}"
    );

    simulated.give_up("vouchers", &key).await;
    simulated.doubles.peoplesoft.run_batches();
    simulated.sync().await.is_complete();
    let [[_, _, code, _]] = &simulated.shown_holds().await[..] else {
        panic!("it is shown as given up");
    };
    assert_eq!(code, "abandoned");
    let built = simulated.doubles.peoplesoft.built_vouchers();
    let mut invoices: Vec<_> = built
        .iter()
        .map(|built| built.voucher.invoice.to_string())
        .collect();
    invoices.sort();
    assert_eq!(invoices, ["INV-1", "INV-2", "INV-9"]);
    simulated.verifies().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voucher_that_peoplesoft_recycles_is_shown_and_its_neighbours_are_done() {
    let simulated = Simulated::start(10, false, Faults::None).await;
    let order = &simulated.world.orders().unwrap()[0];
    let partner = simulated.partner(order);
    let both = [
        simulated.invoice(order, "INV-1"),
        simulated.invoice(order, "INV-2"),
    ];
    simulated.place(partner, "a.edi", 1, &both);
    simulated.sync().await.is_complete();
    let staged = simulated.doubles.peoplesoft.staged_vouchers();
    assert_eq!(staged.len(), 2);
    // The same invoice once more, before the voucher build has run: it recycles both.
    let first = staged
        .into_iter()
        .find(|one| one.invoice.as_str() == "INV-1");
    simulated.by_hand(first.unwrap(), "INV-1").await;
    simulated.doubles.peoplesoft.run_batches();
    let ran = simulated.sync().await;
    ran.is_complete();
    assert_eq!(ran.of("vouchers").held, 1);

    let holds = simulated.shown_holds().await;
    let [[flow, document, code, why]] = &holds[..] else {
        panic!("{holds:?}");
    };
    assert_eq!(
        (flow.as_str(), code.as_str()),
        ("vouchers", "voucher-recycled")
    );
    assert_eq!(*document, format!("{}/INV-1:voucher", partner.id));
    for built in simulated.doubles.peoplesoft.built_vouchers() {
        let is_twin = built.voucher.invoice.as_str() == "INV-1";
        assert_eq!(why.contains(&built.key.to_string()), is_twin, "{why}");
    }
    assert_eq!(simulated.shown_status("vouchers", Phase::Held).await, 1);
    // Accepted by PeopleSoft, and not yet built: that is where it stands until somebody mends it there.
    assert_eq!(
        simulated.shown_status("vouchers", Phase::Confirmed).await,
        1
    );
    assert_eq!(
        simulated
            .shown_status("vouchers", Phase::Acknowledged)
            .await,
        1
    );
    let events = simulated.shown_timeline(document).await;
    assert!(
        events
            .iter()
            .any(|event| event.contains("voucher-recycled")),
        "{events:?}"
    );
    let events = simulated
        .shown_timeline(&format!("{}/INV-1", partner.id))
        .await;
    assert!(
        events
            .iter()
            .any(|event| event.contains("voucher-recycled")),
        "who asks for the invoice sees it too: {events:?}"
    );

    // Said once; another invoice of the partner goes on beside it; then somebody gives it up.
    simulated.place(partner, "b.edi", 2, &[simulated.invoice(order, "INV-3")]);
    let ran = simulated.sync().await;
    ran.is_complete();
    assert_eq!(ran.of("vouchers").sent, 1);
    assert_eq!(simulated.shown_holds().await.len(), 1);
    simulated.give_up("vouchers", document).await;
    assert_eq!(simulated.shown_status("vouchers", Phase::Held).await, 0);
    simulated.verifies().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn interchange_acknowledgments_are_recorded_and_a_refusal_is_held() {
    let simulated = Simulated::start(12, false, Faults::None).await;
    simulated.sync().await.is_complete();
    // A partner with two orders of the company's common address.
    let mut sent: Vec<(PartnerProfile, String, PurchaseOrder)> = Vec::new();
    for order in simulated.world.orders().unwrap() {
        let partner = simulated.partner(&order).clone();
        let folder = &partner.routes[0].directory;
        for name in simulated.doubles.cleo.files(folder) {
            let bytes = simulated
                .doubles
                .cleo
                .content(folder, &name)
                .unwrap()
                .unwrap();
            let read = x12_edi::parse(&bytes);
            let is_common = read.sets[0].group().unwrap().sender == "ACMECORP";
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let unit = format!("19*{}", order.key.business_unit);
            let id = order.key.po_id.as_str();
            let is_it = text.replace('|', "*").contains(&unit) && text.contains(id);
            if is_common && is_it {
                sent.push((partner.clone(), interchange_number(&bytes), order.clone()));
            }
        }
    }
    let (partner, _, _) = sent
        .iter()
        .find(|(partner, _, _)| {
            sent.iter()
                .filter(|(other, _, _)| other.id == partner.id)
                .count()
                >= 2
        })
        .unwrap()
        .clone();
    let of: Vec<_> = sent
        .iter()
        .filter(|(other, _, _)| other.id == partner.id)
        .collect();
    let (good, bad) = (&of[0].1, &of[1].1);
    simulated.place_ta1(&partner, 1, &[(good, "A 000")]);
    simulated.place_ta1(&partner, 2, &[(bad, "R 024")]);
    simulated.place_ta1(&partner, 3, &[("000999999", "A 000")]);
    simulated.place(
        &partner,
        "d.edi",
        4,
        &[simulated.invoice(&of[0].2, "INV-1")],
    );
    let ran = simulated.sync().await;
    ran.is_complete();
    // The invoice goes on, the acceptance is recorded; the other two wait for a person.
    assert_eq!((ran.of("vouchers").sent, ran.of("notices").sent), (1, 1));
    let mut holds = simulated.shown_holds().await;
    holds.sort();
    let codes: Vec<_> = holds
        .iter()
        .map(|[flow, _, code, _]| (flow.as_str(), code.as_str()))
        .collect();
    let expected = [
        ("notices", "partner-rejected"),
        ("notices", "unmatched-acknowledgment"),
    ];
    let mut sorted = codes.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, expected, "{holds:?}");
    let rejected = holds
        .iter()
        .find(|[_, _, code, _]| code == "partner-rejected")
        .unwrap();
    assert!(
        rejected[3].contains(&format!("interchange {bad}")),
        "{}",
        rejected[3]
    );
    assert!(rejected[3].contains("024"), "{}", rejected[3]);
    assert_eq!(simulated.shown_status("notices", Phase::Held).await, 2);
    // A TA1 says nothing about the documents inside: they still wait for their 997.
    assert_eq!(
        simulated
            .shown_status("purchase-orders", Phase::Acknowledged)
            .await,
        0
    );
    for about in [good, &of[0].2.key.to_string()] {
        let events = simulated.shown_timeline(about).await;
        assert!(
            events.iter().any(|event| event.contains("TA1 A")),
            "{about}: {events:?}"
        );
    }

    // Once somebody has seen the refusal it is recorded, too.
    let key = rejected[1].clone();
    let words = [
        "release",
        "notices",
        &key,
        "--as",
        "accept",
        "--by",
        "jane",
        "--why",
        "sent anew",
    ];
    simulated.say(&words).await.is(0);
    assert_eq!(simulated.sync().await.of("notices").sent, 1);
    let events = simulated.shown_timeline(bad).await;
    assert!(
        events.iter().any(|event| event.contains("TA1 R")),
        "{events:?}"
    );
    simulated.verifies().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_advice_that_refuses_is_held_and_a_shipment_is_told_of() {
    let simulated = Simulated::start(12, false, Faults::None).await;
    simulated.sync().await.is_complete();
    let orders = simulated.world.orders().unwrap();
    let partner = simulated.partner(&orders[0]);
    let mine: Vec<_> = orders
        .iter()
        .filter(|order| simulated.partner(order).id == partner.id)
        .map(|order| simulated.as_850(order))
        .collect();
    let (first, second) = (&mine[0], &mine[1]);
    let day = Date::new(2026, 4, 20).unwrap();
    let advice = |number: &str, code: &str, order: &str| {
        let mut advice = ApplicationAdvice::new("00", number, day);
        let mut about = DocumentAdvice::new(AdviceCode::of(code), "PO", order);
        if code == "TR" {
            let mut error = TechnicalError::default();
            error.code = "024".into();
            error.text = Some("ITEM NOT IN CATALOGUE".into());
            about.errors.push(AdviceError::from(error));
        }
        advice.documents.push(about);
        advice
    };
    let good = advice("ADV-1", "TA", first.number());
    let bad = advice("ADV-2", "TR", second.number());
    let sets: Vec<Set<'_>> = [&good, &bad]
        .into_iter()
        .map(|one| -> Set<'_> { Box::new(move |writer, number| one.write(writer, number)) })
        .collect();
    simulated.place_sets(partner, "AG", 1, &sets);
    let mut notice = ShipNotice::new("SHIP-1", day, Time::new(6, 0).unwrap());
    let shipment = notice.add(Level::shipment());
    let order = notice.add_below(&shipment, Level::of_order(first)).unwrap();
    for line in &first.lines {
        let quantity = line.item.quantity.unwrap();
        notice
            .add_below(&order, Level::of_line(line, quantity))
            .unwrap();
    }
    notice.count_levels();
    let set: Set<'_> = Box::new(|writer, number| notice.write(writer, number));
    simulated.place_sets(partner, "SH", 2, &[set]);
    simulated.place(
        partner,
        "c.edi",
        3,
        &[simulated.invoice(&orders[0], "INV-1")],
    );

    let ran = simulated.sync().await;
    ran.is_complete();
    assert_eq!(
        ran.of("vouchers").sent,
        1,
        "the invoice beside them goes on"
    );
    assert_eq!(
        ran.of("notices").sent,
        2,
        "{:?}",
        simulated.holds("notices").await
    );
    let holds = simulated.shown_holds().await;
    let [[flow, document, code, why]] = &holds[..] else {
        panic!("{holds:?}");
    };
    assert_eq!(
        (flow.as_str(), code.as_str()),
        ("notices", "partner-rejected")
    );
    assert!(why.contains("OTI01 TR"), "{why}");
    assert!(why.contains("ITEM NOT IN CATALOGUE"), "{why}");
    assert!(why.contains("--as accept|abandon"), "{why}");
    assert_eq!(simulated.shown_status("notices", Phase::Held).await, 1);
    // Both are found by the number that they name, and by their own.
    for about in [first.number(), "SHIP-1"] {
        let events = simulated.shown_timeline(about).await;
        assert!(
            events.iter().any(|event| event.contains("856 from")),
            "{about}: {events:?}"
        );
    }
    let events = simulated.shown_timeline("ADV-1").await;
    assert!(
        events.iter().any(|event| event.contains("824 from")),
        "{events:?}"
    );
    // Each group was answered: what an advice says of our order is nothing against the advice.
    let reports = simulated.acknowledged_to(partner);
    let mut groups: Vec<_> = reports
        .iter()
        .map(|report| report.functional_id.to_string())
        .collect();
    groups.sort();
    assert_eq!(groups, ["AG", "IN", "SH"]);

    let words = [
        "release",
        "notices",
        document,
        "--as",
        "accept",
        "--by",
        "jane",
        "--why",
        "item corrected",
    ];
    simulated.say(&words).await.is(0);
    assert_eq!(simulated.sync().await.of("notices").sent, 1);
    assert!(simulated.shown_holds().await.is_empty());
    simulated.verifies().await;
}
