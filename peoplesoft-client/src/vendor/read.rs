//! Rows of a message or of a component interface become a supplier.

use super::names::{
    ADDRESS, ADDRESS_ROW, BANK, CONTACT, CONTACT_ROW, ID_NUMBER, LOCATION, LOCATION_ROW, Names,
    PAY, PHONE, VENDOR,
};
use super::view::{Row, View};
use crate::model::{
    AcknowledgementRules, ChartFieldKind, ChartFields, DispatchMethod, EffectiveDated,
    EffectiveRow, Flag, IdNumberKind, PaymentMethod, PsDateTime, Supplier, SupplierAddress,
    SupplierAddressRow, SupplierBankAccount, SupplierContact, SupplierContactRow, SupplierIdNumber,
    SupplierLocation, SupplierLocationRow, VendorClass, VendorKey, VendorLocation,
    VendorPersistence, VendorStatus, Zone,
};
use crate::rowset::Finding;

/// Something of a supplier that a message says is no longer there.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Removed {
    /// The delivered name of the record, such as `VENDOR_ADDR`.
    pub record: &'static str,
    /// What names the row in its list: a number or a location, and its day if it has one.
    pub name: String,
}

/// The fields that are read of each record; others are kept as `extra`.
const VENDOR_FIELDS: [&str; 25] = [
    "NAME1",
    "NAME2",
    "VENDOR_NAME_SHORT",
    "VENDOR_STATUS",
    "VENDOR_CLASS",
    "VENDOR_PERSISTENCE",
    "VNDR_STATUS_PO",
    "WTHD_SW",
    "ADDR_SEQ_NUM_ORDR",
    "PRIM_ADDR_SEQ_NUM",
    "REMIT_ADDR_SEQ_NUM",
    "REMIT_SETID",
    "REMIT_VENDOR",
    "CORPORATE_SETID",
    "CORPORATE_VENDOR",
    "DEFAULT_LOC",
    "REMIT_LOC",
    "CUST_SETID",
    "CUST_ID",
    "AR_NUM",
    "OLD_VENDOR_ID",
    "VNDR_TIN",
    "LAST_ACTIVITY_DT",
    "CREATED_DTTM",
    "LAST_MODIFIED_DATE",
];
const ADDRESS_FIELDS: [&str; 14] = [
    "ADDRESS_SEQ_NUM",
    "EFFDT",
    "EFF_STATUS",
    "NAME1",
    "ADDRESS1",
    "ADDRESS2",
    "ADDRESS3",
    "ADDRESS4",
    "CITY",
    "COUNTY",
    "STATE",
    "POSTAL",
    "COUNTRY",
    "EMAILID",
];
const LOCATION_FIELDS: [&str; 19] = [
    "VNDR_LOC",
    "EFFDT",
    "EFF_STATUS",
    "PYMNT_TERMS_CD",
    "CURRENCY_CD",
    "DISP_METHOD",
    "FREIGHT_TERMS",
    "SHIP_TYPE_ID",
    "BUYER_ID",
    "MATCH_CNTRL_ID",
    "POA_REQUIRED",
    "POA_CO_REQUIRED",
    "POA_TOL_FLAG",
    "POA_SCHED_EARLY",
    "POA_SCHED_LATE",
    "POA_QTY_OVER",
    "POA_QTY_UNDER",
    "POA_PRICE_OVER",
    "POA_PRICE_UNDER",
];
const CONTACT_FIELDS: [&str; 8] = [
    "CNTCT_SEQ_NUM",
    "EFFDT",
    "EFF_STATUS",
    "CONTACT_NAME",
    "CONTACT_TITLE",
    "CONTACT_TYPE",
    "ADDRESS_SEQ_NUM",
    "EMAILID",
];

/// Reads a supplier and what is gone of it. A last change that is not told is `otherwise`.
pub(super) fn supplier<R: Row>(
    row: R,
    names: &Names,
    zone: &Zone,
    otherwise: PsDateTime,
) -> Result<(Supplier, Vec<Removed>), Finding> {
    let view = View {
        row,
        record: VENDOR,
        names,
        zone,
    };
    let mut gone = Vec::new();
    let mut supplier = header(&view, otherwise)?;
    for below in view.below(ADDRESS) {
        if let Some(address) = address(&below, &mut gone)? {
            supplier.addresses.push(address);
        }
    }
    for below in view.below(LOCATION) {
        if let Some(location) = location(&below, &mut gone)? {
            supplier.locations.push(location);
        }
    }
    for below in view.below(ID_NUMBER) {
        let kind = below.code("STD_ID_NUM_QUAL", IdNumberKind::from_text);
        let (Some(kind), Some(number)) = (kind, below.text("STD_ID_NUM")) else {
            continue;
        };
        if below.row.is_gone() {
            gone.push(removed(ID_NUMBER, kind.code()));
        } else {
            supplier
                .id_numbers
                .push(SupplierIdNumber::new(kind, number));
        }
    }
    for below in view.below(CONTACT) {
        if let Some(contact) = contact(&below, &mut gone)? {
            supplier.contacts.push(contact);
        }
    }
    supplier.addresses.sort_by_key(|address| address.number);
    supplier.contacts.sort_by_key(|contact| contact.number);
    supplier
        .locations
        .sort_by(|one, other| one.location.cmp(&other.location));
    Ok((supplier, gone))
}

/// The key of a supplier.
pub(super) fn key<R: Row>(view: &View<'_, R>) -> Result<VendorKey, Finding> {
    let missing = |field: &str| view.finding(field, "", "the key of a supplier");
    Ok(VendorKey {
        setid: view.id("SETID")?.ok_or_else(|| missing("SETID"))?,
        vendor_id: view.id("VENDOR_ID")?.ok_or_else(|| missing("VENDOR_ID"))?,
    })
}

fn removed(record: &'static str, name: impl Into<String>) -> Removed {
    Removed {
        record,
        name: name.into(),
    }
}

fn other_vendor<R: Row>(
    view: &View<'_, R>,
    setid: &str,
    vendor: &str,
    own: &VendorKey,
) -> Result<Option<VendorKey>, Finding> {
    let Some(vendor_id) = view.id(vendor)? else {
        return Ok(None);
    };
    // A supplier without a SetID of its own is shared by the same SetID.
    let setid = view.id(setid)?.unwrap_or_else(|| own.setid.clone());
    Ok(Some(VendorKey { setid, vendor_id }))
}

fn header<R: Row>(view: &View<'_, R>, otherwise: PsDateTime) -> Result<Supplier, Finding> {
    let key = key(view)?;
    let changed = view.date_time("LAST_MODIFIED_DATE")?.unwrap_or(otherwise);
    let remit = other_vendor(view, "REMIT_SETID", "REMIT_VENDOR", &key)?;
    let corporate = other_vendor(view, "CORPORATE_SETID", "CORPORATE_VENDOR", &key)?;
    let mut supplier = Supplier::new(key, view.text("NAME1").unwrap_or_default(), changed);
    supplier.status = view
        .code("VENDOR_STATUS", VendorStatus::from_text)
        .ok_or_else(|| view.finding("VENDOR_STATUS", "", "a translate value"))?;
    supplier.name2 = view.text("NAME2");
    supplier.short_name = view.text("VENDOR_NAME_SHORT");
    supplier.class = view.code("VENDOR_CLASS", VendorClass::from_text);
    supplier.persistence = view.code("VENDOR_PERSISTENCE", VendorPersistence::from_text);
    supplier.open_for_ordering = view.code("VNDR_STATUS_PO", Flag::from_text);
    supplier.withholding = view.code("WTHD_SW", Flag::from_text);
    supplier.order_address = view.number("ADDR_SEQ_NUM_ORDR")?;
    supplier.invoice_address = view.number("PRIM_ADDR_SEQ_NUM")?;
    supplier.remit_address = view.number("REMIT_ADDR_SEQ_NUM")?;
    supplier.remit_vendor = remit;
    supplier.corporate_vendor = corporate;
    supplier.default_location = view.id("DEFAULT_LOC")?;
    supplier.remit_location = view.id("REMIT_LOC")?;
    supplier.customer_setid = view.id("CUST_SETID")?;
    supplier.customer = view.id("CUST_ID")?;
    supplier.our_account = view.text("AR_NUM");
    supplier.old_id = view.text("OLD_VENDOR_ID");
    supplier.tax_id = view.sensitive("VNDR_TIN");
    supplier.last_activity = view.date("LAST_ACTIVITY_DT")?;
    supplier.created = view.date_time("CREATED_DTTM")?;
    supplier.extra = view.extra(&VENDOR_FIELDS);
    Ok(supplier)
}

/// Adds a row, of which no second one may have its day.
fn add<T: EffectiveRow, R: Row>(
    rows: &mut EffectiveDated<T>,
    new: T,
    view: &View<'_, R>,
) -> Result<(), Finding> {
    let date = new.effective_date();
    match rows.insert(new) {
        None => Ok(()),
        Some(_) => Err(view.finding("EFFDT", &date.to_string(), "one row for each day")),
    }
}

fn address<R: Row>(
    view: &View<'_, R>,
    gone: &mut Vec<Removed>,
) -> Result<Option<SupplierAddress>, Finding> {
    let number = view.numbered("ADDRESS_SEQ_NUM")?;
    if view.row.is_gone() {
        gone.push(removed(ADDRESS, number.to_string()));
        return Ok(None);
    }
    let mut address = SupplierAddress::new(number);
    address.description = view.text("DESCR");
    for row in view.below(ADDRESS_ROW) {
        let (date, status) = row.effective()?;
        if row.row.is_gone() {
            gone.push(removed(ADDRESS_ROW, format!("{number} {date}")));
            continue;
        }
        let mut read = SupplierAddressRow::new(date, status);
        read.address.name = row.text("NAME1");
        read.address.address1 = row.text("ADDRESS1");
        read.address.address2 = row.text("ADDRESS2");
        read.address.city = row.text("CITY");
        read.address.state = row.text("STATE");
        read.address.postal = row.text("POSTAL");
        read.address.country = row.text("COUNTRY");
        read.address3 = row.text("ADDRESS3");
        read.address4 = row.text("ADDRESS4");
        read.county = row.text("COUNTY");
        read.email = row.text("EMAILID");
        read.extra = row.extra(&ADDRESS_FIELDS);
        add(&mut address.rows, read, &row)?;
    }
    Ok(Some(address))
}

fn location<R: Row>(
    view: &View<'_, R>,
    gone: &mut Vec<Removed>,
) -> Result<Option<SupplierLocation>, Finding> {
    let code: VendorLocation = view
        .id("VNDR_LOC")?
        .ok_or_else(|| view.finding("VNDR_LOC", "", "a location"))?;
    if view.row.is_gone() {
        gone.push(removed(LOCATION, code.to_string()));
        return Ok(None);
    }
    let mut location = SupplierLocation::new(code);
    location.description = view.text("DESCR");
    for row in view.below(LOCATION_ROW) {
        let (date, status) = row.effective()?;
        if row.row.is_gone() {
            gone.push(removed(
                LOCATION_ROW,
                format!("{} {date}", location.location),
            ));
            continue;
        }
        let mut read = SupplierLocationRow::new(date, status);
        read.payment_terms = row.id("PYMNT_TERMS_CD")?;
        read.currency = row.id("CURRENCY_CD")?;
        read.dispatch_method = row.code("DISP_METHOD", DispatchMethod::from_text);
        read.freight_terms = row.id("FREIGHT_TERMS")?;
        read.ship_via = row.id("SHIP_TYPE_ID")?;
        read.buyer = row.id("BUYER_ID")?;
        read.match_rule = row.id("MATCH_CNTRL_ID")?;
        read.acknowledgement = rules(&row)?;
        read.chart_fields = chart_fields(&row)?;
        read.extra = row.extra(&LOCATION_FIELDS);
        for kind in &ChartFieldKind::DELIVERED {
            read.extra.remove(kind.code());
        }
        let pay = row.below(PAY).into_iter().find(|pay| !pay.row.is_gone());
        read.payment_method =
            pay.and_then(|pay| pay.code("PYMNT_METHOD", PaymentMethod::from_text));
        for bank in row.below(BANK) {
            let number = bank.numbered("BANK_ACCT_SEQ_NBR")?;
            if bank.row.is_gone() {
                gone.push(removed(
                    BANK,
                    format!("{} {date} {number}", location.location),
                ));
            } else {
                read.bank_accounts.push(account(&bank, number));
            }
        }
        read.bank_accounts.sort_by_key(|account| account.number);
        add(&mut location.rows, read, &row)?;
    }
    Ok(Some(location))
}

fn rules<R: Row>(row: &View<'_, R>) -> Result<AcknowledgementRules, Finding> {
    let flag = |field: &str| row.code(field, Flag::from_text);
    Ok(AcknowledgementRules {
        required: flag("POA_REQUIRED"),
        required_for_changes: flag("POA_CO_REQUIRED"),
        tolerances: flag("POA_TOL_FLAG"),
        days_early: row.whole("POA_SCHED_EARLY")?,
        days_late: row.whole("POA_SCHED_LATE")?,
        quantity_over: row.decimal("POA_QTY_OVER")?,
        quantity_under: row.decimal("POA_QTY_UNDER")?,
        price_over: row.decimal("POA_PRICE_OVER")?,
        price_under: row.decimal("POA_PRICE_UNDER")?,
    })
}

fn chart_fields<R: Row>(row: &View<'_, R>) -> Result<ChartFields, Finding> {
    let mut charged = ChartFields::default();
    for kind in &ChartFieldKind::DELIVERED {
        if let Some(value) = row.id(kind.code())? {
            charged.set(kind.clone(), value);
        }
    }
    Ok(charged)
}

fn account<R: Row>(bank: &View<'_, R>, number: u32) -> SupplierBankAccount {
    let mut account = SupplierBankAccount::new(number);
    account.is_default = bank.code("DEFAULT_IND", Flag::from_text);
    account.bank_name = bank.text("BENEFICIARY_BANK");
    account.country = bank.text("COUNTRY");
    account.account_type = bank.text("BANK_ACCT_TYPE");
    account.bank_id = bank.sensitive("BNK_ID_NBR");
    account.branch = bank.sensitive("BRANCH_ID");
    account.account = bank.sensitive("BANK_ACCOUNT_NUM");
    account.iban = bank.sensitive("IBAN_ID");
    account.dfi_id = bank.sensitive("DFI_ID_NUM");
    account
}

fn contact<R: Row>(
    view: &View<'_, R>,
    gone: &mut Vec<Removed>,
) -> Result<Option<SupplierContact>, Finding> {
    let number = view.numbered("CNTCT_SEQ_NUM")?;
    if view.row.is_gone() {
        gone.push(removed(CONTACT, number.to_string()));
        return Ok(None);
    }
    let mut contact = SupplierContact::new(number);
    for row in view.below(CONTACT_ROW) {
        let (date, status) = row.effective()?;
        if row.row.is_gone() {
            gone.push(removed(CONTACT_ROW, format!("{number} {date}")));
            continue;
        }
        let mut read = SupplierContactRow::new(date, status);
        read.name = row.text("CONTACT_NAME");
        read.title = row.text("CONTACT_TITLE");
        read.purpose = row.text("CONTACT_TYPE");
        read.address = row.number("ADDRESS_SEQ_NUM")?;
        read.email = row.text("EMAILID");
        let phone = row
            .below(PHONE)
            .into_iter()
            .find(|phone| !phone.row.is_gone());
        read.phone = phone.and_then(|phone| phone.text("PHONE"));
        read.extra = row.extra(&CONTACT_FIELDS);
        add(&mut contact.rows, read, &row)?;
    }
    Ok(Some(contact))
}
