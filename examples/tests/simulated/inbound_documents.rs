//! Everything else that suppliers send: answers, acknowledgments, bad sets, strangers, duplicates.

use crate::simulated::{Simulated, visit};
use clap::Parser;
use peoplesoft_cleo::command::{self, Arguments, Output};
use peoplesoft_cleo::config::AfterReading;
use peoplesoft_cleo::partner::PartnerProfile;
use peoplesoft_cleo::simulation::{Faults, INBOX, Papers, Set};
use peoplesoft_client::model::{AcknowledgementAnswer, PurchaseOrder};
use sync_core::audit::verify_store;
use sync_core::delivery::Phase;
use x12_edi::acknowledge::{AcknowledgmentSet, GroupReport, GroupStatus, SetReport, SetStatus};
use x12_edi::document::purchase_order_acknowledgment::PurchaseOrderAcknowledgment;
use x12_edi::document::segments::{LineAcknowledgment, Reference};
use x12_edi::schema::Release;

impl Simulated {
    fn answer(&self, order: &PurchaseOrder) -> PurchaseOrderAcknowledgment {
        let mut answer = PurchaseOrderAcknowledgment::to_order("AD", &self.as_850(order));
        let unit = order.key.business_unit.as_str();
        answer.references.push(Reference::new("19", unit));
        for line in &mut answer.lines {
            line.accept();
        }
        answer
    }

    fn place_answers(
        &self,
        partner: &PartnerProfile,
        number: u32,
        answers: &[PurchaseOrderAcknowledgment],
    ) {
        let sets: Vec<Set<'_>> = answers
            .iter()
            .map(|one| -> Set<'_> { Box::new(move |writer, number| one.write(writer, number)) })
            .collect();
        self.place_sets(partner, "PR", number, &sets);
    }

    pub(crate) fn place_reports(
        &self,
        partner: &PartnerProfile,
        number: u32,
        reports: &[GroupReport],
    ) {
        let sets: Vec<Set<'_>> = reports
            .iter()
            .map(|one| -> Set<'_> {
                Box::new(move |writer, number| {
                    one.write(
                        AcknowledgmentSet::Functional,
                        Release::default(),
                        writer,
                        number,
                    )
                })
            })
            .collect();
        self.place_sets(partner, "FA", number, &sets);
    }

    pub(crate) fn place_sets(
        &self,
        partner: &PartnerProfile,
        group: &str,
        number: u32,
        sets: &[Set<'_>],
    ) {
        let our = self.config.our.as_ref().unwrap();
        let bytes = Papers::new(partner, our)
            .interchange(group, number, sets)
            .unwrap();
        let name = format!("{}-{group}-{number}.edi", partner.id);
        self.doubles.cleo.place(INBOX, &name, bytes).unwrap();
    }

    /// Every functional acknowledgment that was sent to a partner, as it reads.
    pub(crate) fn acknowledged_to(&self, partner: &PartnerProfile) -> Vec<GroupReport> {
        let folder = partner.acknowledgment_route().unwrap().directory;
        let mut reports = Vec::new();
        let root = self.dir.path().join("cleo").join("files").join(folder);
        visit(&root, &mut |path| {
            let bytes = std::fs::read(path).unwrap();
            let read = x12_edi::parse(&bytes);
            assert_eq!(read.all_findings().count(), 0, "{}", path.display());
            reports.extend(read.sets.iter().map(|set| GroupReport::read(set).unwrap()));
        });
        reports
    }

    /// Carries a command out on this configuration; answers its exit code.
    async fn command(&self, words: &[&str]) -> u8 {
        let path = self.dir.path().join("config.toml");
        std::fs::write(&path, self.config.to_toml()).unwrap();
        let mut all = vec!["peoplesoft-cleo"];
        all.extend(words);
        all.extend(["--config", path.to_str().unwrap()]);
        command::run(Arguments::try_parse_from(all).unwrap(), &Output).await
    }
}

fn accepted(functional_id: &str, number: &str) -> GroupReport {
    let mut report = GroupReport::new(functional_id, number);
    (report.included, report.received, report.accepted) = (1, 1, 1);
    report
        .sets
        .push(SetReport::new("850", "0001", SetStatus::Accepted));
    report
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_loaded_as_it_is_and_one_that_needs_a_buyer_waits() {
    let simulated = Simulated::start(30, false, Faults::None).await;
    let orders = simulated.world.orders().unwrap();
    let partner = simulated.partner(&orders[0]);
    let mine: Vec<_> = orders
        .iter()
        .filter(|order| simulated.partner(order).id == partner.id)
        .collect();
    assert!(
        mine.len() >= 3,
        "the seed gives the first partner some orders"
    );
    let plain = simulated.answer(mine[0]);
    let mut dearer = simulated.answer(mine[1]);
    let price = dearer.lines[0].item.unit_price.unwrap() + peoplesoft_client::Decimal::ONE;
    dearer.lines[0].item.unit_price = Some(price);
    let mut other = simulated.answer(mine[2]);
    let mut ack = LineAcknowledgment::default();
    ack.status = "IS".into();
    other.lines[0].statuses = vec![ack.into()];
    let mut unknown = simulated.answer(mine[0]);
    unknown.beginning.order_number = "4711".into();
    simulated.place_answers(partner, 1, &[plain, dearer, other, unknown]);

    let ran = simulated.sync().await;
    ran.is_complete();
    assert_eq!(ran.of("order-acknowledgments").sent, 2);
    simulated.doubles.peoplesoft.run_batches();
    let loaded = simulated.doubles.peoplesoft.loaded_acknowledgements();
    let of = |order: &PurchaseOrder| loaded.iter().find(|one| one.order == order.key).unwrap();
    assert_eq!(of(mine[0]).answer, AcknowledgementAnswer::Accepted);
    assert_eq!(of(mine[1]).answer, AcknowledgementAnswer::Changed);
    assert_eq!(of(mine[1]).lines[0].price, Some(price.normalize()));
    let mut codes: Vec<_> = simulated
        .holds("order-acknowledgments")
        .await
        .into_iter()
        .map(|(code, _)| code)
        .collect();
    codes.sort();
    assert_eq!(codes, ["substituted-item", "unknown-order"]);
    assert_eq!(simulated.sync().await.of("order-acknowledgments").sent, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_is_acknowledged_and_a_rejection_waits_until_somebody_has_seen_it() {
    let simulated = Simulated::start(12, false, Faults::None).await;
    simulated.sync().await.is_complete();
    let mut by_partner = std::collections::BTreeMap::<_, Vec<String>>::new();
    for partner in &simulated.config.partners {
        let folder = &partner.routes[0].directory;
        for name in simulated.doubles.cleo.files(folder) {
            let bytes = simulated
                .doubles
                .cleo
                .content(folder, &name)
                .unwrap()
                .unwrap();
            let read = x12_edi::parse(&bytes);
            let group = read.sets[0].group().unwrap();
            // Each of our ids counts by itself: the acknowledgments here are all to the common one.
            if group.sender == "ACMECORP" {
                by_partner
                    .entry(partner.id.clone())
                    .or_default()
                    .push(group.control_number.unwrap().to_string());
            }
        }
    }
    let (id, numbers) = by_partner
        .iter()
        .find(|(_, numbers)| numbers.len() >= 2)
        .unwrap();
    let partner = simulated
        .config
        .partners
        .iter()
        .find(|one| one.id == *id)
        .unwrap();
    let mut rejected = accepted("PO", &numbers[1]);
    rejected.status = GroupStatus::Rejected;
    rejected.accepted = 0;
    rejected.sets[0].status = SetStatus::Rejected;
    let reports = [
        accepted("PO", &numbers[0]),
        rejected,
        accepted("PO", "999999"),
    ];
    simulated.place_reports(partner, 1, &reports);

    let ran = simulated.sync().await;
    ran.is_complete();
    assert_eq!(ran.of("notices").sent, 1);
    assert_eq!(
        simulated.holds("notices").await.len(),
        2,
        "{:?}",
        simulated.holds("notices").await
    );
    assert_eq!(
        simulated
            .documents("purchase-orders", Phase::Acknowledged)
            .await
            .len(),
        1
    );
    let mut holds = simulated.holds("notices").await;
    holds.sort();
    assert_eq!(holds[0].0, "partner-rejected");
    assert!(
        holds[0].1.contains("set 850 0001 is R: without detail"),
        "{}",
        holds[0].1
    );
    assert_eq!(holds[1].0, "unmatched-acknowledgment");

    let key = format!("{id}/997/ACMECORP/PO/{}", numbers[1]);
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
    assert_eq!(simulated.command(&words).await, command::DONE);
    assert_eq!(simulated.sync().await.of("notices").sent, 1);
    let done = simulated
        .documents("purchase-orders", Phase::Acknowledged)
        .await;
    assert_eq!(done.len(), 2);
    // Groups of acknowledgments are not acknowledged.
    assert!(simulated.acknowledged_to(partner).is_empty());
    let order = &*done[0].key;
    assert_eq!(simulated.command(&["timeline", order]).await, command::DONE);
    assert_eq!(
        simulated
            .command(&["timeline", "nobody/0815", "--json"])
            .await,
        command::FAILED
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_set_is_given_up_and_rejected_while_its_neighbours_go() {
    let simulated = Simulated::start(10, false, Faults::None).await;
    let order = &simulated.world.orders().unwrap()[0];
    let partner = simulated.partner(order);
    let good = simulated.invoice(order, "INV-1");
    let mut bytes = simulated.interchange(
        partner,
        1,
        &[good.clone(), simulated.invoice(order, "INV-2")],
    );
    // The second set loses the date of its BIG.
    let text = String::from_utf8(bytes)
        .unwrap()
        .replace("BIG*20260418*INV-2*", "BIG**INV-2*");
    bytes = text.into_bytes();
    simulated.doubles.cleo.place(INBOX, "a.edi", bytes).unwrap();
    let ran = simulated.sync().await;
    ran.is_complete();
    assert_eq!(
        ran.of("vouchers").sent,
        1,
        "{:?}",
        simulated.holds("vouchers").await
    );
    let dead = simulated.documents("vouchers", Phase::Dead).await;
    assert_eq!(dead.len(), 1);
    assert_eq!(&*dead[0].stop.as_ref().unwrap().code, "invalid-document");
    let reports = simulated.acknowledged_to(partner);
    assert_eq!(reports.len(), 1);
    assert_eq!(reports[0].status, GroupStatus::PartiallyAccepted);
    assert_eq!(
        (
            reports[0].functional_id.as_str(),
            reports[0].control_number.as_str()
        ),
        ("IN", "1")
    );
    let statuses: Vec<_> = reports[0]
        .sets
        .iter()
        .map(|set| set.status.code().to_owned())
        .collect();
    assert_eq!(statuses, ["A", "R"]);
    // The number of the rejected one is free: what the partner sends in its place is a first.
    simulated.place(partner, "b.edi", 2, &[simulated.invoice(order, "INV-2")]);
    assert_eq!(simulated.sync().await.of("vouchers").sent, 1);
    for flow in ["inbound", "vouchers", "functional-acknowledgments"] {
        let integration = simulated.open().await;
        let stream = integration.stream(flow);
        assert!(
            verify_store(&**integration.store(), &stream)
                .await
                .unwrap()
                .is_ok(),
            "{flow}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_that_wants_no_acknowledgments_gets_none() {
    let mut simulated = Simulated::start(10, false, Faults::None).await;
    let order = simulated.world.orders().unwrap().remove(0);
    let id = simulated.partner(&order).id.clone();
    for partner in &mut simulated.config.partners {
        partner.inbound.acknowledge = false;
    }
    let partner = simulated
        .config
        .partners
        .iter()
        .find(|one| one.id == id)
        .unwrap();
    simulated.place(partner, "a.edi", 1, &[simulated.invoice(&order, "INV-1")]);
    let ran = simulated.sync().await;
    assert_eq!(
        (
            ran.of("vouchers").sent,
            ran.of("functional-acknowledgments").sent
        ),
        (1, 0)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_wait_with_their_ids_and_go_on_once_they_are_known() {
    let mut simulated = Simulated::start(10, false, Faults::None).await;
    let order = simulated.world.orders().unwrap().remove(0);
    let partner = simulated.partner(&order).clone();
    let invoice = simulated.invoice(&order, "INV-1");
    simulated.place(&partner, "a.edi", 1, std::slice::from_ref(&invoice));
    let elsewhere = simulated.interchange(&partner, 2, &[invoice]);
    let elsewhere = String::from_utf8(elsewhere)
        .unwrap()
        .replace("ACMECORP       ", "SOMEBODY       ");
    simulated
        .doubles
        .cleo
        .place(INBOX, "b.edi", elsewhere.into_bytes())
        .unwrap();
    simulated
        .doubles
        .cleo
        .place(INBOX, "c.txt", "Dear Sir or Madam")
        .unwrap();
    let known = simulated.config.partners.clone();
    simulated.config.partners.retain(|one| one.id != partner.id);

    let ran = simulated.sync().await;
    assert_eq!(ran.of("vouchers").sent, 0);
    let mut holds = simulated.holds("inbound").await;
    holds.sort();
    insta::assert_snapshot!("strangers", texts(&holds));
    let dead = simulated.documents("inbound", Phase::Dead).await;
    assert!(
        dead[0]
            .stop
            .as_ref()
            .unwrap()
            .detail
            .contains("found \"Dear Sir or \"")
    );

    simulated.config.partners = known;
    let ran = simulated.sync().await;
    assert_eq!(
        ran.of("vouchers").sent,
        1,
        "{:?}",
        simulated.holds("vouchers").await
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_were_read_are_moved_or_removed_as_the_flow_says() {
    for after in [AfterReading::Move, AfterReading::Delete] {
        let mut simulated = Simulated::start(10, false, Faults::None).await;
        let order = simulated.world.orders().unwrap().remove(0);
        let flow = simulated.config.flows.inbound.as_mut().unwrap();
        flow.after = after;
        flow.move_to = (after == AfterReading::Move).then(|| "orders-done".to_owned());
        let partner = simulated.partner(&order);
        let bytes = simulated.interchange(partner, 1, &[simulated.invoice(&order, "INV-1")]);
        simulated
            .doubles
            .cleo
            .place("orders-done", "keep.txt", "x")
            .unwrap();
        simulated
            .doubles
            .cleo
            .place(INBOX, "a.edi", bytes.clone())
            .unwrap();
        simulated.sync().await.is_complete();
        assert!(simulated.doubles.cleo.files(INBOX).is_empty());
        let there = simulated
            .doubles
            .cleo
            .content("orders-done", "a.edi")
            .unwrap();
        assert_eq!(there.is_some(), after == AfterReading::Move);
        // Whatever became of the file, its bytes are in the archive.
        let integration = simulated.open().await;
        let hash = peoplesoft_cleo::flow::inbound::Archive::hash(&bytes);
        assert_eq!(integration.archive().read(&hash).await.unwrap(), bytes);
    }
}

pub(crate) fn texts(holds: &[(String, String)]) -> String {
    let lines: Vec<_> = holds.iter().map(|(_, text)| text.as_str()).collect();
    lines.join("\n\n")
}
