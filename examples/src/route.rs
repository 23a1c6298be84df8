//! Which partner and which route a document takes. Found, or held: never a default.

use std::collections::HashMap;
use std::sync::Arc;

use crate::hold::{Hold, HoldCode};
use crate::partner::{Document, PartnerProfile, RouteProfile};

/// Finds routes by the keys that PeopleSoft documents carry.
///
/// Finding costs two hash look-ups, whatever the number of partners.
///
/// ```
/// use peoplesoft_cleo::hold::HoldCode;
/// use peoplesoft_cleo::partner::{Document, PartnerProfile};
/// use peoplesoft_cleo::route::Router;
///
/// let partners = vec![PartnerProfile::from_toml(
///     "bolts.toml",
///     r#"
///     id = "bolts"
///     name = "Bolts & Nuts"
///     suppliers = [{ setid = "SHARE", vendor_id = "0000000123" }]
///     routes = [{ document = "purchase_order", format = "json", connection = "bolts-api" }]
///     "#,
/// )?];
/// let router = Router::new(partners);
///
/// let found = router.resolve("US001", "SHARE", "0000000123", "MAIN", Document::PurchaseOrder)?;
/// assert_eq!(found.partner.id.as_str(), "bolts");
/// assert_eq!(found.route.connection, "bolts-api");
///
/// let hold = router.resolve("US001", "SHARE", "123", "MAIN", Document::PurchaseOrder).unwrap_err();
/// assert_eq!(hold.code, HoldCode::NoRoute);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Router {
    partners: Arc<[PartnerProfile]>,
    /// Places in `partners` by VENDOR_SETID, then VENDOR_ID.
    suppliers: HashMap<String, HashMap<String, Vec<usize>>>,
    /// Places in `partners` by CUST_ID.
    customers: HashMap<String, Vec<usize>>,
}

/// The one route of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Route<'a> {
    /// To whom.
    pub partner: &'a PartnerProfile,
    /// By which way.
    pub route: &'a RouteProfile,
}

impl Router {
    /// Indexes the partners.
    pub fn new(partners: impl Into<Arc<[PartnerProfile]>>) -> Self {
        let partners = partners.into();
        let mut suppliers: HashMap<String, HashMap<String, Vec<usize>>> = HashMap::new();
        let mut customers: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, partner) in partners.iter().enumerate() {
            for key in &partner.suppliers {
                let by_id = suppliers.entry(key.setid.clone()).or_default();
                by_id.entry(key.vendor_id.clone()).or_default().push(place);
            }
            for key in &partner.customers {
                customers
                    .entry(key.customer_id.clone())
                    .or_default()
                    .push(place);
            }
        }
        Self {
            partners,
            suppliers,
            customers,
        }
    }

    /// The partners, in the order in which they were given.
    pub fn partners(&self) -> &[PartnerProfile] {
        &self.partners
    }

    fn at<'a>(
        &'a self,
        places: Option<&'a Vec<usize>>,
    ) -> impl Iterator<Item = &'a PartnerProfile> {
        places
            .into_iter()
            .flatten()
            .filter_map(|place| self.partners.get(*place))
    }

    /// The route of a document to a supplier: BUSINESS_UNIT, VENDOR_SETID, VENDOR_ID, VNDR_LOC.
    ///
    /// # Errors
    /// A hold `no-route`, `ambiguous-route` or `inactive-route`.
    pub fn resolve(
        &self,
        business_unit: &str,
        vendor_setid: &str,
        vendor_id: &str,
        location: &str,
        document: Document,
    ) -> Result<Route<'_>, Box<Hold>> {
        let found = self
            .suppliers
            .get(vendor_setid)
            .and_then(|by_id| by_id.get(vendor_id));
        // A partner may name the same supplier twice, with other locations.
        let partners = self.at(found).filter(|partner| {
            partner.suppliers.iter().any(|key| {
                key.setid == vendor_setid && key.vendor_id == vendor_id && key.covers(location)
            })
        });
        choose(partners, business_unit, document, &|code| {
            Hold::new(code, "VENDOR_SETID/VENDOR_ID/VNDR_LOC").found(format_args!(
                "supplier {vendor_setid}/{vendor_id} location {location:?}"
            ))
        })
    }

    /// The route of a document to a customer: BUSINESS_UNIT, SETID if known, CUST_ID.
    ///
    /// # Errors
    /// A hold `no-route`, `ambiguous-route` or `inactive-route`.
    pub fn resolve_customer(
        &self,
        business_unit: &str,
        setid: Option<&str>,
        customer_id: &str,
        document: Document,
    ) -> Result<Route<'_>, Box<Hold>> {
        // Where either side names no set, the id alone decides; two partners are then ambiguous.
        let partners = self.at(self.customers.get(customer_id)).filter(|partner| {
            partner.customers.iter().any(|key| {
                key.customer_id == customer_id
                    && (key.setid.is_none() || setid.is_none() || key.setid.as_deref() == setid)
            })
        });
        choose(partners, business_unit, document, &|code| {
            let set = setid.map(|setid| format!("{setid}/")).unwrap_or_default();
            Hold::new(code, "BILL_TO_CUST_ID").found(format_args!("customer {set}{customer_id}"))
        })
    }
}

/// The one active route of the document among those partners.
fn choose<'a>(
    partners: impl Iterator<Item = &'a PartnerProfile>,
    business_unit: &str,
    document: Document,
    hold: &dyn Fn(HoldCode) -> Hold,
) -> Result<Route<'a>, Box<Hold>> {
    let mut known: Vec<&PartnerProfile> = Vec::new();
    for partner in partners {
        if !known.iter().any(|other| std::ptr::eq(*other, partner)) {
            known.push(partner);
        }
    }
    if known.is_empty() {
        return Err(Box::new(
            hold(HoldCode::NoRoute)
                .expected("a partner profile that names this party")
                .remedy("add the party to `suppliers` or `customers` of the partner's profile"),
        ));
    }
    let fitting: Vec<Route<'a>> = known
        .iter()
        .flat_map(|partner| {
            partner
                .routes
                .iter()
                .map(move |route| Route { partner, route })
        })
        .filter(|found| found.route.document == document && found.route.covers(business_unit))
        .collect();
    let mut active = fitting
        .iter()
        .filter(|found| found.partner.active && found.route.active);
    match (active.next(), active.next()) {
        (Some(found), None) => Ok(*found),
        (Some(first), Some(second)) => Err(Box::new(hold(HoldCode::AmbiguousRoute).expected(
            format_args!(
                "one route for {document} of business unit {business_unit}, not {} and {}",
                name(first),
                name(second)
            ),
        ))),
        (None, _) => {
            Err(Box::new(match fitting.first() {
                Some(found) => {
                    let what = if found.partner.active {
                        "its route"
                    } else {
                        "the partner"
                    };
                    let partner = &found.partner.id;
                    hold(HoldCode::InactiveRoute)
                    .expected(format_args!("an active route, but {what} is off ({})", name(found)))
                    .remedy(format_args!(
                        "set `active = true` for {what} in the profile of {partner} once documents \
                         may be sent"
                    ))
                }
                None => {
                    let ids: Vec<_> = known.iter().map(|partner| partner.id.as_str()).collect();
                    let ids = ids.join(", ");
                    hold(HoldCode::NoRoute)
                    .expected(format_args!(
                        "a route for {document} of business unit {business_unit} in the profile of \
                         {ids}"
                    ))
                    .remedy(format_args!("add the route to the profile of {ids}"))
                }
            }))
        }
    }
}

fn name(found: &Route<'_>) -> String {
    format!(
        "{} to connection {}",
        found.partner.id, found.route.connection
    )
}
