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
