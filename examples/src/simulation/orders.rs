//! Orders that can be sent.

use std::time::Duration;

use fastrand::Rng;
use peoplesoft_client::Decimal;
use peoplesoft_client::model::{
    Buyer, BuyerId, CurrencyCode, DispatchMethod, FreightTermsCode, ItemId, PaymentTermsCode,
    PoStatus, PoType, PostalAddress, PsDate, PsDateTime, PurchaseOrder, PurchaseOrderKey,
    PurchaseOrderLine, PurchaseOrderSchedule, ShipToId, UnitOfMeasure, VendorItemId, VendorKey,
    VendorLocation,
};

use super::words;
use super::world::{World, WorldError};

/// FREIGHT_TERMS of this site; what they mean stands in its configuration.
pub(super) const FREIGHT: &str = "FOB";

/// The order at a place of the world: the same for the same seed, whatever else is in the world.
pub(super) fn order(world: &World, place: usize) -> Result<PurchaseOrder, WorldError> {
    let units = World::BUSINESS_UNITS;
    let unit = units.get(place % units.len()).copied().unwrap_or("US001");
    // Numbers run in each business unit by itself, so that each number exists in several.
    let key = PurchaseOrderKey::new(unit, format!("{:010}", place / units.len() + 1))?;
    let mut rng = Rng::with_seed(
        world
            .size()
            .seed
            .wrapping_mul(0x9e37_79b9)
            .wrapping_add(place as u64),
    );
    let supplier = rng.usize(0..world.size().suppliers);
    build(world, key, supplier, place, &mut rng)
}

pub(super) fn build(
    world: &World,
    key: PurchaseOrderKey,
    supplier: usize,
    place: usize,
    rng: &mut Rng,
) -> Result<PurchaseOrder, WorldError> {
    let changes = world.changes(place);
    let date = PsDate::new(2026, 3, 2)?.plus_days(i32::from(rng.u8(0..28)));
    let vendor = VendorKey::new("SHARE", vendor_id(supplier))?;
    let mut order = PurchaseOrder::new(key, vendor, date, CurrencyCode::new("USD")?);
    order.status = PoStatus::Dispatched;
    order.po_type = Some(PoType::General);
    order.dispatch_method = Some(DispatchMethod::Edx);
    order.vendor_location = Some(VendorLocation::new("MAIN")?);
    order.vendor_address = PostalAddress::named(words::company(supplier));
    let mut buyer = Buyer::new(BuyerId::new(format!("BUYER{}", place % 8))?);
    buyer.name = Some(words::person(place).to_owned());
    buyer.phone = Some(format!("555-01{:02}", place % 100));
    order.buyer = Some(buyer);
    order.payment_terms = Some(PaymentTermsCode::new(
        rng.choice(["N30", "N45", "N60"]).unwrap_or("N30"),
    )?);
    order.freight_terms = Some(FreightTermsCode::new(FREIGHT)?);
    order.change_order_batch = changes;
    let made = PsDateTime::new(date, rng.u8(6..18), rng.u8(0..60), rng.u8(0..60))?;
    // A change happens a day after the end of the month in which everything was made.
    order.last_updated = if changes == 0 {
        made
    } else {
        let end = PsDate::new(2026, 4, 1)?.at_midnight();
        end.plus(Duration::from_secs(
            86_400 * u64::from(changes) + place as u64 % 3600,
        ))
    };
    order.lines = (1..=u32::from(rng.u8(1..5)))
        .map(|number| line(rng, date, number, changes))
        .collect::<Result<_, _>>()?;
    Ok(order)
}

/// VENDOR_ID of a supplier.
pub(super) fn vendor_id(supplier: usize) -> String {
    format!("{:010}", supplier + 1)
}

fn line(
    rng: &mut Rng,
    date: PsDate,
    number: u32,
    changes: u32,
) -> Result<PurchaseOrderLine, WorldError> {
    let (description, unit) = words::goods(rng);
    let mut line = PurchaseOrderLine::new(number, UnitOfMeasure::new(unit)?);
    line.description = Some(description.to_owned());
    line.vendor_item = Some(VendorItemId::new(format!("V-{:05}", rng.u32(1..99_999)))?);
    line.item = Some(ItemId::new(format!("{:09}", rng.u32(1..999_999)))?);
    let price = Decimal::new(i64::from(rng.u32(100..9_999_999)), 4);
    let schedules = if rng.u8(0..5) == 0 { 2 } else { 1 };
    for number in 1..=schedules {
        let quantity = Decimal::from(rng.u32(1..500) + changes);
        let due = date.plus_days(i32::from(rng.u8(7..40)));
        let mut schedule = PurchaseOrderSchedule::new(number, due, quantity, price);
        schedule.ship_to = Some(ShipToId::new(format!("PLANT{}", rng.u8(1..5)))?);
        schedule.ship_to_address = words::address(rng, "RECEIVING", "MILL ROAD");
        line.schedules.push(schedule);
    }
    Ok(line)
}
