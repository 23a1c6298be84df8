//! Suppliers' invoices into vouchers, against both systems over real HTTP.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::simulated::Simulated;
use peoplesoft_cleo::command::{FlowTally, Tally};
use peoplesoft_cleo::map::purchase_order_to_850;
use peoplesoft_cleo::partner::PartnerProfile;
use peoplesoft_cleo::simulation::{Faults, INBOX, Papers, Set, invoice_of};
use peoplesoft_client::model::PurchaseOrder;
use sync_core::Observer;
use sync_core::delivery::Phase;
use sync_core::engine::Report;
use sync_core::store::{Document, DocumentFilter};
use x12_edi::document::invoice::Invoice;

pub(crate) struct Ran {
    pub(crate) flows: BTreeMap<String, FlowTally>,
    pub(crate) reports: Vec<Report>,
}

impl Ran {
    pub(crate) fn of(&self, flow: &str) -> FlowTally {
        self.flows.get(flow).cloned().unwrap_or_default()
    }

    #[track_caller]
    pub(crate) fn is_complete(&self) {
        assert!(
            self.reports.iter().all(Report::is_complete),
            "{:?}",
            self.reports
        );
    }
}

impl Simulated {
    /// Every flow once, as `sync` does it.
    pub(crate) async fn sync(&self) -> Ran {
        self.sync_flow(None).await
    }

    pub(crate) async fn sync_flow(&self, flow: Option<&str>) -> Ran {
        let integration = self.open().await;
        let tally = Arc::new(Tally::default());
        let observer: Arc<dyn Observer> = Arc::clone(&tally) as _;
        let reports = integration.run_once(flow, observer).await;
        tally.finish();
        Ran {
            flows: tally.flows(),
            reports,
        }
    }

    pub(crate) fn partner(&self, order: &PurchaseOrder) -> &PartnerProfile {
        let vendor = order.vendor.vendor_id.as_str();
        let mut partners = self.config.partners.iter();
        partners
            .find(|partner| partner.suppliers.iter().any(|own| own.vendor_id == vendor))
            .unwrap()
    }

    /// The order as its supplier got it.
    pub(crate) fn as_850(
        &self,
        order: &PurchaseOrder,
    ) -> x12_edi::document::purchase_order::PurchaseOrder {
        let codes = self.config.code_tables();
        let partner = self.partner(order);
        purchase_order_to_850::map(order, partner, &codes.for_partner(partner), false).unwrap()
    }

    pub(crate) fn invoice(&self, order: &PurchaseOrder, number: &str) -> Invoice {
        invoice_of(&self.as_850(order), number).unwrap()
    }

    /// Puts invoices of a partner into Cleo's folder, in one interchange.
    pub(crate) fn place(
        &self,
        partner: &PartnerProfile,
        name: &str,
        number: u32,
        invoices: &[Invoice],
    ) {
        let bytes = self.interchange(partner, number, invoices);
        self.doubles.cleo.place(INBOX, name, bytes).unwrap();
    }

    pub(crate) fn interchange(
        &self,
        partner: &PartnerProfile,
        number: u32,
        invoices: &[Invoice],
    ) -> Vec<u8> {
        let our = self.config.our.as_ref().unwrap();
        let sets: Vec<Set<'_>> = invoices
            .iter()
            .map(|invoice| -> Set<'_> {
                Box::new(move |writer, number| invoice.write(writer, number))
            })
            .collect();
        Papers::new(partner, our)
            .interchange("IN", number, &sets)
            .unwrap()
    }

    pub(crate) async fn documents(&self, flow: &str, phase: Phase) -> Vec<Document> {
        let integration = self.open().await;
        let filter = DocumentFilter {
            phases: vec![phase],
            ..DocumentFilter::default()
        };
        let stream = integration.stream(flow);
        integration
            .store()
            .documents(&stream, &filter)
            .await
            .unwrap()
    }

    /// Code and text of each hold of a flow.
    pub(crate) async fn holds(&self, flow: &str) -> Vec<(String, String)> {
        let held = self.documents(flow, Phase::Held).await;
        held.iter()
            .map(|doc| doc.stop.as_ref().unwrap())
            .map(|stop| (stop.code.to_string(), stop.detail.to_string()))
            .collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invoice_becomes_one_voucher_and_is_done_when_peoplesoft_says_so() {
    let simulated = Simulated::start(10, false, Faults::None).await;
    let order = &simulated.world.orders().unwrap()[0];
    let partner = simulated.partner(order);
    let invoice = simulated.invoice(order, "INV-1");
    simulated.place(partner, "a.edi", 1, std::slice::from_ref(&invoice));

    let ran = simulated.sync().await;
    ran.is_complete();
    assert_eq!(
        (ran.of("inbound").sent, ran.of("vouchers").sent),
        (2, 1),
        "{:?}",
        simulated.holds("vouchers").await
    );
    let staged = simulated.doubles.peoplesoft.staged_vouchers();
    assert_eq!(staged.len(), 1);
    assert_eq!(staged[0].gross_amount, invoice.total.total.unwrap());
    assert_eq!(staged[0].order.as_ref(), Some(&order.key));
    assert!(staged[0].lines.iter().all(|line| line.order.is_some()));
    assert_eq!(
        simulated
            .documents("vouchers", Phase::Confirmed)
            .await
            .len(),
        1
    );

    simulated.doubles.peoplesoft.run_batches();
    simulated.sync().await.is_complete();
    let done = simulated.documents("vouchers", Phase::Acknowledged).await;
    assert_eq!(done.len(), 1);
    assert_eq!(simulated.doubles.peoplesoft.built_vouchers().len(), 1);

    let again = simulated.sync().await;
    assert_eq!(
        (again.of("inbound").sent, again.of("vouchers").sent),
        (0, 0)
    );
    assert_eq!(simulated.doubles.peoplesoft.built_vouchers().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_disagrees_waits_with_both_values_and_the_command_that_releases_it() {
    use peoplesoft_client::Decimal;
    use peoplesoft_client::model::PoStatus;
    let simulated = Simulated::start(40, false, Faults::None).await;
    let orders = simulated.world.orders().unwrap();
    let order = &orders[0];
    let partner = simulated.partner(order);
    let of_partner = |order: &&PurchaseOrder| simulated.partner(order).id == partner.id;
    let foreign = orders.iter().find(|order| !of_partner(order)).unwrap();
    let closed = orders.iter().filter(of_partner).nth(1).unwrap();
    let mut now = closed.clone();
    now.status = PoStatus::Canceled;
    simulated.doubles.peoplesoft.put_order(now);
    // The number of the second order with the same PO_ID in another unit, of the same supplier.
    let mut twin = order.clone();
    twin.key.business_unit = "US009".parse().unwrap();
    let number = |text: &str| format!("INV-{text}");
    let mut invoices = Vec::new();
    let mut add = |name: &str, change: &dyn Fn(&mut Invoice)| {
        let mut invoice = simulated.invoice(order, &number(name));
        change(&mut invoice);
        let total: Decimal = invoice
            .lines
            .iter()
            .map(|line| {
                let item = &line.item;
                peoplesoft_cleo::matching::cents(item.quantity.unwrap() * item.unit_price.unwrap())
            })
            .sum();
        if name != "TOTAL" {
            invoice.total.total = Some(total);
        }
        invoices.push(invoice);
    };
    add("PRICE", &|invoice| {
        let item = &mut invoice.lines[0].item;
        item.unit_price = item.unit_price.map(|price| price + Decimal::ONE);
    });
    add("UNIT", &|invoice| {
        invoice.lines[0].item.unit = Some("ZZ".into())
    });
    add("QUANTITY", &|invoice| {
        let item = &mut invoice.lines[0].item;
        item.quantity = item.quantity.map(|quantity| quantity + Decimal::ONE);
    });
    add("TOTAL", &|invoice| invoice.total.total = Some(Decimal::ONE));
    add("LINE", &|invoice| {
        let item = &mut invoice.lines[0].item;
        item.line_number = Some("77".into());
        item.product_ids.clear();
        item.unit_price = Some(Decimal::new(7, 2));
    });
    add("CURRENCY", &|invoice| {
        invoice.currency.as_mut().unwrap().code = "CAD".into()
    });
    add("NO-ORDER", &|invoice| invoice.beginning.order_number = None);
    add("UNKNOWN", &|invoice| {
        invoice.beginning.order_number = Some("4711".into())
    });
    add("AMBIGUOUS", &|invoice| invoice.references.clear());
    let foreign_850 = simulated.as_850(foreign);
    add("FOREIGN", &|invoice| {
        invoice.beginning.order_number = Some(foreign_850.beginning.number.clone());
        invoice.references[0].value = foreign_850.reference("19").map(Into::into);
    });
    let closed_invoice = simulated.invoice(closed, &number("CLOSED"));
    invoices.push(closed_invoice);
    // Another order of the same number and supplier makes the number ambiguous without its unit.
    let mut other = order.clone();
    other.key.business_unit = if order.key.business_unit.as_str() == "CORP1" {
        "US001"
    } else {
        "CORP1"
    }
    .parse()
    .unwrap();
    simulated.doubles.peoplesoft.put_order(other);
    simulated.place(partner, "a.edi", 1, &invoices);
    simulated.place(partner, "b.edi", 2, &[simulated.invoice(order, "INV-OK")]);
    let mut second = simulated.invoice(order, "INV-OK");
    second.lines.truncate(1);
    second.total.total = Some(Decimal::TEN);
    simulated.place(partner, "c.edi", 3, &[second]);

    let ran = simulated.sync().await;
    ran.is_complete();
    let mut holds = simulated.holds("vouchers").await;
    holds.sort();
    let codes: Vec<_> = holds.iter().map(|(code, _)| code.as_str()).collect();
    assert_eq!(ran.of("vouchers").sent, 1, "{codes:?}");
    insta::assert_snapshot!("vouchers", crate::inbound_documents::texts(&holds));
    drop(twin);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_comes_twice_and_an_invoice_in_another_file_make_no_second_voucher() {
    let simulated = Simulated::start(10, false, Faults::None).await;
    let order = &simulated.world.orders().unwrap()[0];
    let partner = simulated.partner(order);
    let invoice = simulated.invoice(order, "INV-1");
    let bytes = simulated.interchange(partner, 1, std::slice::from_ref(&invoice));
    let cleo = &simulated.doubles.cleo;
    cleo.place(INBOX, "a.edi", bytes.clone()).unwrap();
    cleo.place(INBOX, "again.edi", bytes.clone()).unwrap();
    simulated.place(partner, "other.edi", 2, std::slice::from_ref(&invoice));
    assert_eq!(simulated.sync().await.of("vouchers").sent, 1);
    simulated.doubles.peoplesoft.run_batches();
    // Later, and under yet another name and number.
    cleo.place(INBOX, "later.edi", bytes).unwrap();
    simulated.place(partner, "latest.edi", 3, std::slice::from_ref(&invoice));
    simulated.sync().await.is_complete();
    assert_eq!(simulated.doubles.peoplesoft.built_vouchers().len(), 1);
    assert!(simulated.doubles.peoplesoft.staged_vouchers().is_empty());
    assert!(simulated.holds("vouchers").await.is_empty());

    // The same interchange number with something else in it waits.
    let mut other = invoice.clone();
    other.beginning.number = "INV-2".into();
    simulated.place(partner, "reused.edi", 1, &[other]);
    let ran = simulated.sync().await;
    assert_eq!(ran.of("vouchers").sent, 0);
    let holds = simulated.holds("inbound").await;
    assert_eq!(holds[0].0, "duplicate-interchange");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_that_somebody_accepts_goes_on_and_no_other_disagreement_with_it() {
    use sync_core::store::{Op, StateStore};
    let simulated = Simulated::start(10, false, Faults::None).await;
    let order = &simulated.world.orders().unwrap()[0];
    let partner = simulated.partner(order);
    let mut invoice = simulated.invoice(order, "INV-1");
    let item = &mut invoice.lines[0].item;
    let more = item.quantity.unwrap();
    item.unit_price = item
        .unit_price
        .map(|price| price + peoplesoft_client::Decimal::ONE);
    invoice.total.total = invoice.total.total.map(|total| total + more);
    simulated.place(partner, "a.edi", 1, &[invoice]);
    simulated.sync().await.is_complete();
    assert_eq!(simulated.holds("vouchers").await[0].0, "price-disagrees");
    let key = format!("{}/INV-1", partner.id);
    let decide = |code: &'static str| {
        let key = key.clone();
        let simulated = &simulated;
        async move {
            let integration = simulated.open().await;
            let stream = integration.stream("vouchers");
            let store: &dyn StateStore = &**integration.store();
            let ttl = std::time::Duration::from_secs(30);
            let lease = store.acquire(&stream, "jane", ttl).await.unwrap().unwrap();
            let body = serde_json::json!({ "key": key, "as": "accept", "code": code, "by": "jane", "why": "agreed" });
            let op = Op::Audit {
                kind: "decision".into(),
                body,
            };
            store.commit(&lease, &[op]).await.unwrap();
            store.release(lease).await.unwrap();
        }
    };
    decide("totals-disagree").await;
    assert_eq!(simulated.sync().await.of("vouchers").sent, 0);
    decide("price-disagrees").await;
    assert_eq!(
        simulated.sync().await.of("vouchers").sent,
        1,
        "{:?}",
        simulated.holds("vouchers").await
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_comes_later_lets_its_invoice_go() {
    let simulated = Simulated::start(10, false, Faults::None).await;
    let order = simulated.world.orders().unwrap().remove(0);
    let partner = simulated.partner(&order);
    simulated.doubles.peoplesoft.remove_order(&order.key);
    simulated.place(partner, "a.edi", 1, &[simulated.invoice(&order, "INV-1")]);
    simulated.sync().await.is_complete();
    assert_eq!(simulated.holds("vouchers").await[0].0, "unknown-order");
    simulated.doubles.peoplesoft.put_order(order);
    assert_eq!(simulated.sync().await.of("vouchers").sent, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peoplesoft_that_is_down_keeps_no_file_waiting() {
    use peoplesoft_client::testing::Trouble;
    let simulated = Simulated::start(10, false, Faults::None).await;
    simulated.sync().await.is_complete();
    let order = &simulated.world.orders().unwrap()[0];
    simulated.place(
        simulated.partner(order),
        "a.edi",
        1,
        &[simulated.invoice(order, "INV-1")],
    );
    simulated
        .doubles
        .peoplesoft
        .set_trouble(Some(Trouble::SignOnPage));
    let ran = simulated.sync_flow(Some("inbound")).await;
    assert_eq!(ran.of("inbound").sent, 2);
    let ran = simulated.sync_flow(Some("vouchers")).await;
    assert!(
        ran.reports.iter().any(|report| report.failure.is_some()),
        "{:?}",
        ran.reports
    );
    simulated.doubles.peoplesoft.set_trouble(None);
    assert_eq!(simulated.sync().await.of("vouchers").sent, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voucher_that_the_build_refuses_waits_with_its_reason() {
    let simulated = Simulated::start(10, false, Faults::None).await;
    let order = &simulated.world.orders().unwrap()[0];
    let partner = simulated.partner(order);
    simulated
        .doubles
        .peoplesoft
        .forget_vendor(order.vendor.clone());
    simulated.place(partner, "a.edi", 1, &[simulated.invoice(order, "INV-1")]);
    simulated.sync().await.is_complete();
    simulated.doubles.peoplesoft.run_batches();
    simulated.sync().await.is_complete();
    let holds = simulated.holds("vouchers").await;
    assert_eq!(holds[0].0, "voucher-refused");
    insta::assert_snapshot!("voucher_refused", holds[0].1);
    let integration = simulated.open().await;
    let stream = integration.stream("vouchers");
    let trail = sync_core::audit::verify_store(&**integration.store(), &stream).await;
    assert!(trail.unwrap().is_ok());
    drop(integration);
    // Nothing new is told twice.
    simulated.sync().await.is_complete();
    assert_eq!(simulated.holds("vouchers").await.len(), 1);
}

/// A future that is left after so many times that it was asked.
struct Left<F> {
    future: std::pin::Pin<Box<F>>,
    polls: usize,
}

impl<F: Future> Future for Left<F> {
    type Output = Option<F::Output>;

    fn poll(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Self::Output> {
        if self.polls == 0 {
            return std::task::Poll::Ready(None);
        }
        self.polls -= 1;
        self.future.as_mut().poll(cx).map(Some)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_dies_anywhere_makes_no_second_voucher() {
    let simulated = Simulated::start(20, false, Faults::None).await;
    simulated.sync().await.is_complete();
    let orders = simulated.world.orders().unwrap();
    let mut died = 0;
    for (place, order) in orders.iter().take(14).enumerate() {
        let partner = simulated.partner(order);
        let number = u32::try_from(place + 1).unwrap();
        let invoice = simulated.invoice(order, &format!("INV-{number}"));
        simulated.place(partner, &format!("{number}.edi"), number, &[invoice]);
        simulated.sync_flow(Some("inbound")).await.is_complete();
        let integration = simulated.open().await;
        let run = integration.run_once(Some("vouchers"), Arc::new(sync_core::Silent));
        let left = Left {
            future: Box::pin(run),
            polls: 2 + place,
        };
        died += usize::from(left.await.is_none());
        drop(integration);
        if place % 3 == 0 {
            simulated.doubles.peoplesoft.run_batches();
        }
        simulated.sync_flow(Some("vouchers")).await;
    }
    assert!(died > 5, "only {died} runs died on the way");
    simulated.doubles.peoplesoft.run_batches();
    simulated.sync().await;
    let mut built: Vec<_> = simulated
        .doubles
        .peoplesoft
        .built_vouchers()
        .into_iter()
        .map(|built| built.voucher.invoice.to_string())
        .collect();
    built.sort();
    let mut expected: Vec<_> = (1..=14).map(|number| format!("INV-{number}")).collect();
    expected.sort();
    assert_eq!(built, expected);
    assert!(simulated.doubles.peoplesoft.failed_messages().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_lost_makes_no_second_voucher() {
    use peoplesoft_client::testing::FaultPlan;
    let simulated = Simulated::start(20, false, Faults::None).await;
    simulated.sync().await.is_complete();
    let orders = simulated.world.orders().unwrap();
    for (place, order) in orders.iter().take(8).enumerate() {
        let number = u32::try_from(place + 1).unwrap();
        let invoice = simulated.invoice(order, &format!("INV-{number}"));
        simulated.place(
            simulated.partner(order),
            &format!("{number}.edi"),
            number,
            &[invoice],
        );
    }
    let plan = FaultPlan {
        seed: 5,
        rate_cut: 0.2,
        ..FaultPlan::default()
    };
    simulated.doubles.peoplesoft.set_faults(plan);
    simulated.sync().await;
    simulated.doubles.peoplesoft.set_faults(None);
    simulated.sync().await.is_complete();
    simulated.doubles.peoplesoft.run_batches();
    assert_eq!(simulated.doubles.peoplesoft.built_vouchers().len(), 8);
    assert!(simulated.doubles.peoplesoft.failed_messages().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tenants_never_mix() {
    let one = Simulated::start(10, false, Faults::None).await;
    let other = Simulated::start(10, false, Faults::None).await;
    let order = &one.world.orders().unwrap()[0];
    one.place(
        one.partner(order),
        "a.edi",
        1,
        &[one.invoice(order, "INV-1")],
    );
    one.sync().await.is_complete();
    other.sync().await.is_complete();
    assert_eq!(one.doubles.peoplesoft.staged_vouchers().len(), 1);
    assert!(other.doubles.peoplesoft.staged_vouchers().is_empty());
    assert!(
        other
            .documents("inbound", Phase::Acknowledged)
            .await
            .is_empty()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_suppliers_of_the_simulation_answer_the_same_for_the_same_seed() {
    let mut mails = Vec::new();
    for _ in 0..2 {
        let simulated = Simulated::start(60, false, Faults::None).await;
        simulated.sync().await.is_complete();
        let mail = simulated
            .doubles
            .suppliers_answer(simulated.dir.path(), 7)
            .unwrap();
        assert!(
            mail.invoices > 8 && mail.answers > 8 && mail.acknowledgments >= 60,
            "{mail:?}"
        );
        let again = simulated
            .doubles
            .suppliers_answer(simulated.dir.path(), 7)
            .unwrap();
        assert_eq!(again.files, 0, "everything is answered once");
        let ran = simulated.sync().await;
        ran.is_complete();
        assert!(
            ran.of("vouchers").sent > 0 && ran.of("vouchers").held > 3,
            "{:?}",
            ran.flows
        );
        // One is about what was rejected; every other one finds what it is about.
        assert_eq!(
            ran.of("notices").sent as usize,
            mail.acknowledgments - 1,
            "{:?}",
            ran.flows
        );
        let names = simulated.doubles.cleo.files(INBOX);
        mails.push((mail, names, ran.of("vouchers").sent));
    }
    assert_eq!(mails[0], mails[1]);
}
