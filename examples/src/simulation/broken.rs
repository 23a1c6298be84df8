//! Orders that cannot be sent, one for each reason.

use fastrand::Rng;
use peoplesoft_client::Decimal;
use peoplesoft_client::model::{
    PoStatus, PurchaseOrder, PurchaseOrderKey, UnitOfMeasure, VendorKey,
};

use super::orders;
use super::world::{World, WorldError};

/// A supplier that no profile names.
const NO_ROUTE: &str = "0000099999";

/// A supplier whose route is switched off.
pub(super) const INACTIVE: &str = "0000099998";

/// Beside the good orders of the first business unit, far above their numbers.
pub(super) fn orders(world: &World) -> Result<Vec<PurchaseOrder>, WorldError> {
    let mut rng = Rng::with_seed(world.size().seed ^ 0x0bad_0bad);
    let mut number = 9_000_000_000_u64;
    let mut next = |change: &dyn Fn(&mut PurchaseOrder) -> Result<(), WorldError>| {
        number += 1;
        let key = PurchaseOrderKey::new("US001", number.to_string())?;
        let supplier = rng.usize(0..world.size().suppliers);
        let mut order = orders::build(world, key, supplier, usize::MAX, &mut rng)?;
        change(&mut order)?;
        Ok::<_, WorldError>(order)
    };
    Ok(vec![
        next(&|order| {
            order.vendor = VendorKey::new("SHARE", NO_ROUTE)?;
            Ok(())
        })?,
        next(&|order| {
            for line in &mut order.lines {
                line.unit_of_measure = UnitOfMeasure::new("BBL")?;
            }
            Ok(())
        })?,
        next(&|order| {
            for line in &mut order.lines {
                line.description = Some("RUBBER SEAL ~ 20*30".to_owned());
            }
            Ok(())
        })?,
        next(&|order| {
            for schedule in order.lines.iter_mut().flat_map(|line| &mut line.schedules) {
                schedule.price = Decimal::new(1_234_567, 5);
            }
            Ok(())
        })?,
        next(&|order| {
            for line in &mut order.lines {
                line.description = None;
                line.vendor_item = None;
                line.item = None;
                line.manufacturer_item = None;
            }
            Ok(())
        })?,
        next(&|order| {
            order.vendor = VendorKey::new("SHARE", INACTIVE)?;
            Ok(())
        })?,
        next(&|order| {
            order.status = PoStatus::Approved;
            Ok(())
        })?,
    ])
}
